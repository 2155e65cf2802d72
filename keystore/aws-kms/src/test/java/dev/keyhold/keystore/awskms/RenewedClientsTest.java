package dev.keyhold.keystore.awskms;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.keyhold.keystore.BackendException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A connection is not used again after it was idle for long, or a request on one got no answer. */
class RenewedClientsTest {
  private static final URI SERVER = URI.create("http://127.0.0.1:9");

  private final AtomicLong clock = new AtomicLong();
  private final RenewedClients clients = new RenewedClients(Duration.ofSeconds(1), clock::get);

  @AfterEach
  void close() {
    clients.close();
  }

  private RenewedClients.Lease after(int seconds) throws BackendException {
    clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    return clients.current(SERVER);
  }

  @Test
  void oneThatIsUsedNowAndThenServesForAMinute() throws Exception {
    RenewedClients.Lease first = after(0);
    for (int i = 0; i < 6; i++) {
      assertSame(first, after(10));
    }
    assertNotSame(first, after(1));
  }

  @Test
  void oneThatWasIdleServesNoMore() throws Exception {
    RenewedClients.Lease first = after(0);
    assertNotSame(first, after(31));
  }

  @Test
  void oneThatFailedServesNoMoreAndIsRenewedOnce() throws Exception {
    RenewedClients.Lease first = after(0);
    clients.retire(first);
    RenewedClients.Lease second = after(0);
    assertNotSame(first, second);
    clients.retire(first); // another request that began with it
    assertSame(second, after(0));
  }
}
