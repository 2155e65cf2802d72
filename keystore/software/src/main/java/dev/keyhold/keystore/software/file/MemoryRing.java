package dev.keyhold.keystore.software.file;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.software.engine.Engines;
import dev.keyhold.keystore.software.ring.KeyRing;
import dev.keyhold.keystore.software.ring.StoredKey;
import java.time.Clock;

/**
 * A ring that is in memory only, whose keys go by themselves once their time has come, as a cloud's
 * do: the clock is a test's. Thread-safe.
 */
public final class MemoryRing implements RingHolder {
  private final Clock clock;
  private KeyRing ring = KeyRing.EMPTY;
  private boolean closed;

  public MemoryRing(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void unlock(char[] password) {}

  @Override
  public synchronized KeyRing current() throws BackendException {
    if (closed) {
      throw Engines.closed();
    }
    KeyRing left = ring;
    for (StoredKey key : ring.keys()) {
      if (key.extras()
          .destruction()
          .filter(doom -> !clock.instant().isBefore(doom.time()))
          .isPresent()) {
        left = left.without(key.id());
      }
    }
    if (left != ring) {
      ring = left.succeeding(ring);
    }
    return ring;
  }

  @Override
  public KeyRing fresh() throws BackendException {
    return current();
  }

  @Override
  public synchronized KeyRing update(Change change) throws BackendException {
    ring = change.apply(current()).succeeding(ring);
    return ring;
  }

  @Override
  public String notFound(String key) {
    return "the memory holds no key named " + key + ": have the test make it first";
  }

  @Override
  public synchronized void close() {
    closed = true;
    ring.destroy();
  }
}
