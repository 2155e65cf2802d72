package dev.keyhold.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.observe.BreakerState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BreakerTest {
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5); // it may overflow
  private final List<BreakerState> told = new ArrayList<>();
  private final Breaker breaker = new Breaker(3, Duration.ofSeconds(1), clock::get, told::add);

  @BeforeEach
  void startsClosed() {
    assertTrue(breaker.permits());
    assertFalse(breaker.isOpen());
  }

  private void pass(long millis) {
    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private void failThreeTimes() {
    for (int i = 0; i < 3; i++) {
      assertTrue(breaker.permits());
      breaker.failed("connection refused by 10.0.0.7:443");
    }
  }

  @Test
  void failuresThatAreNotInARowDoNotOpenIt() {
    for (int i = 0; i < 10; i++) {
      breaker.failed("down");
      breaker.failed("down");
      breaker.answered();
    }
    assertTrue(breaker.permits());
    assertEquals(List.of(), told);
  }

  @Test
  void itSaysTheLastFailureAndWhenItAsksAgain() {
    failThreeTimes();
    pass(400);
    assertFalse(breaker.permits());
    assertTrue(breaker.refuses());
    assertEquals(
        "the backend failed 3 times in a row, the last time with: connection refused by"
            + " 10.0.0.7:443; the next use after 600 ms asks it again",
        breaker.refusal());
  }

  @ParameterizedTest
  @ValueSource(longs = {5_000, 40_000, 100_000, 86_400_000})
  void howeverLongTheOutageWasTheNextTestComesAfterOnePause(long outage) {
    failThreeTimes();
    for (long passed = 0; passed < outage; passed += outage / 5) {
      pass(outage / 5);
      assertTrue(breaker.permits());
      assertFalse(breaker.permits());
      breaker.failed("down");
    }
    pass(999);
    assertFalse(breaker.permits());
    pass(1);
    assertFalse(breaker.refuses());
    assertTrue(breaker.permits());
    breaker.answered();
    assertFalse(breaker.isOpen());
    assertEquals(BreakerState.CLOSED, told.get(told.size() - 1));
  }

  @Test
  void aTestThatHangsHoldsUpNoOther() {
    failThreeTimes();
    pass(1000);
    assertTrue(breaker.permits()); // it hangs
    for (int i = 0; i < 5; i++) {
      assertFalse(breaker.permits());
      pass(1000);
      assertTrue(breaker.permits());
    }
    breaker.answered();
    assertTrue(breaker.permits());
    assertTrue(breaker.permits());
    breaker.failed("the one that hung"); // one failure alone
    assertTrue(breaker.permits());
  }

  @Test
  void aTestThatTellsNothingLeavesItOpen() {
    failThreeTimes();
    pass(1000);
    assertTrue(breaker.permits());
    breaker.endedWithoutAnswer();
    assertTrue(breaker.isOpen());
    assertFalse(breaker.permits());
    pass(1000);
    assertTrue(breaker.permits());
    assertEquals(
        List.of(
            BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.OPEN, BreakerState.HALF_OPEN),
        told);
  }
}
