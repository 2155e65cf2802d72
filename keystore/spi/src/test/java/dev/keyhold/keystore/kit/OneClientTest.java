package dev.keyhold.keystore.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class OneClientTest {
  private final List<Object> made = new ArrayList<>();
  private final List<Object> closed = new ArrayList<>();

  private Object make() {
    Object client = new Object();
    made.add(client);
    return client;
  }

  @Test
  void theClientIsMadeOnceAndClosedOnce() throws Exception {
    OneClient<Object> client = new OneClient<>(this::make, closed::add);
    assertTrue(made.isEmpty());
    assertSame(client.get(), client.get());
    client.close();
    client.close();
    assertEquals(1, made.size());
    assertEquals(made, closed);
    BackendException failure = assertThrows(BackendException.class, client::get);
    assertEquals(Reason.UNAVAILABLE, failure.reason());
    assertTrue(client.isClosed());
  }

  @Test
  void oneThatWasNeverUsedMakesNoneAtItsEnd() {
    OneClient<Object> client = new OneClient<>(this::make, closed::add);
    client.close();
    assertThrows(BackendException.class, client::get);
    assertTrue(made.isEmpty());
    assertTrue(closed.isEmpty());
  }

  @Test
  void afterAFailureTheNextCallTriesAgain() throws Exception {
    boolean[] fails = {true};
    OneClient<Object> client =
        new OneClient<>(
            () -> {
              if (fails[0]) {
                throw new BackendException(Reason.MISCONFIGURED, "no region");
              }
              return make();
            },
            closed::add);
    assertThrows(BackendException.class, client::get);
    fails[0] = false;
    assertSame(client.get(), made.get(0));
  }

  @Test
  void aThreadThatWaitsForTheClientCanBeInterrupted() throws Exception {
    CountDownLatch making = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    OneClient<Object> client =
        new OneClient<>(
            () -> {
              making.countDown();
              try {
                go.await();
              } catch (InterruptedException e) {
                throw Interrupts.waitingFor("the test", e);
              }
              return make();
            },
            closed::add);
    FutureTask<Object> first = new FutureTask<>(client::get);
    new Thread(first).start();
    making.await();
    FutureTask<Boolean> second =
        new FutureTask<>(
            () -> {
              Thread.currentThread().interrupt();
              assertThrows(BackendException.class, client::get);
              return Thread.currentThread().isInterrupted();
            });
    new Thread(second).start();
    assertTrue(second.get(), "the thread stays interrupted");
    go.countDown();
    assertSame(first.get(), client.get());
    assertFalse(client.isClosed());
  }
}
