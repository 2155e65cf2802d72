package dev.keyhold.keystore.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenConnectionTest {
  private static final Path LIBRARY = Path.of("/hsm/lib.so");

  private final TestClock clock = new TestClock();
  private final List<Path> opened = new ArrayList<>();
  private final Deque<Exception> failures = new ArrayDeque<>();
  private int copies;

  private final TokenConnection connection =
      new TokenConnection(
          LIBRARY,
          path -> {
            opened.add(path);
            Exception failure = failures.poll();
            if (failure instanceof BackendException e) {
              throw e;
            }
            if (failure instanceof TokenUnreachableException e) {
              throw e;
            }
            return new FakeToken();
          },
          path -> Path.of("/copy/" + ++copies),
          clock);

  @Test
  void connectsOnce() throws Exception {
    assertSame(connection.token(), connection.token());
    assertEquals(List.of(LIBRARY), opened);
  }

  @Test
  void reopensOnTheSameLibraryWhenOnlySessionsWereLost() throws Exception {
    FakeToken first = (FakeToken) connection.token();
    first.health = Token.Health.SESSIONS_LOST;
    assertNotSame(first, connection.token());
    assertTrue(first.closed);
    assertEquals(List.of(LIBRARY, LIBRARY), opened);
  }

  @Test
  void rebuildsOnACopyAtMostOncePerPauseButForTheSpareOnes() throws Exception {
    kill();
    for (int i = 0; i <= TokenConnection.SPARE_COPIES; i++) {
      kill();
    }
    int made = 1 + TokenConnection.SPARE_COPIES;
    BackendException e = Expect.failure(Reason.UNAVAILABLE, connection::token);
    assertTrue(e.getMessage().contains("tried again in 30 s"), e.getMessage());
    assertEquals(made, copies);
    clock.advance(TokenConnection.PAUSE);
    kill();
    assertEquals(made + 1, copies);
    Expect.failure(Reason.UNAVAILABLE, connection::token);
    clock.advance(TokenConnection.LONGEST_PAUSE.multipliedBy(2));
    kill();
    connection.token();
    assertEquals(made + 3, copies);
  }

  @Test
  void waitsLongerWhileCopiesDoNotHelp() throws Exception {
    kill();
    for (int i = 0; i < 20; i++) {
      failures.add(unreachable(true, Reason.MISCONFIGURED));
    }
    // what was connected once may come back, so that it is no fault of the configuration
    Expect.failure(Reason.UNAVAILABLE, connection::token);
    assertEquals(1, copies);
    clock.advance(TokenConnection.PAUSE);
    Expect.failure(Reason.UNAVAILABLE, connection::token);
    assertEquals(2, copies);
    clock.advance(TokenConnection.PAUSE);
    Expect.failure(Reason.UNAVAILABLE, connection::token);
    assertEquals(2, copies);
    clock.advance(TokenConnection.LONGEST_PAUSE);
    Expect.failure(Reason.UNAVAILABLE, connection::token);
    assertEquals(3, copies);
    clock.advance(Duration.ofDays(1));
    failures.clear();
    connection.token();
    assertEquals(4, copies);
  }

  @Test
  void triesALibraryAgainThatCouldNotBeInitialised() throws Exception {
    failures.add(unreachable(false, Reason.UNAVAILABLE));
    failures.add(unreachable(false, Reason.UNAVAILABLE));
    Expect.failure(Reason.UNAVAILABLE, connection::token);
    Expect.failure(Reason.UNAVAILABLE, connection::token);
    connection.token();
    assertEquals(List.of(LIBRARY, LIBRARY, LIBRARY), opened);
  }

  @Test
  void looksForAMissingTokenOnACopyToo() {
    failures.add(unreachable(true, Reason.MISCONFIGURED));
    failures.add(unreachable(true, Reason.MISCONFIGURED));
    Expect.failure(Reason.MISCONFIGURED, connection::token);
    Expect.failure(Reason.MISCONFIGURED, connection::token);
    assertEquals(List.of(LIBRARY, Path.of("/copy/1")), opened);
  }

  @Test
  void neverRebuildsForAWrongPin() {
    for (int i = 0; i < 3; i++) {
      failures.add(new BackendException(Reason.MISCONFIGURED, "wrong PIN"));
      Expect.failure(Reason.MISCONFIGURED, connection::token);
    }
    assertEquals(0, copies);
  }

  @Test
  void staysOnACopyWhereOnlyThePinWasWrong() throws Exception {
    failures.add(unreachable(true, Reason.MISCONFIGURED));
    failures.add(new BackendException(Reason.MISCONFIGURED, "wrong PIN"));
    Expect.failure(Reason.MISCONFIGURED, connection::token);
    connection.token();
    assertEquals(List.of(LIBRARY, Path.of("/copy/1"), Path.of("/copy/1")), opened);
  }

  @Test
  void refusesAfterClose() throws Exception {
    FakeToken token = (FakeToken) connection.token();
    connection.close();
    assertTrue(token.closed);
    Expect.failure(Reason.UNAVAILABLE, connection::token);
  }

  @Test
  void endsWhenInterrupted() {
    Thread.currentThread().interrupt();
    Expect.failure(Reason.UNAVAILABLE, connection::token);
    assertTrue(Thread.interrupted());
    assertEquals(List.of(), opened);
  }

  private void kill() throws BackendException {
    ((FakeToken) connection.token()).health = Token.Health.DEAD;
  }

  private static TokenUnreachableException unreachable(boolean loaded, Reason reason) {
    return new TokenUnreachableException(loaded, new BackendException(reason, "no token"));
  }
}
