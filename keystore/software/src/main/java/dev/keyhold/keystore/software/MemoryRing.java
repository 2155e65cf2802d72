package dev.keyhold.keystore.software;

import dev.keyhold.keystore.BackendException;

/** A ring that is in memory only. Thread-safe. */
final class MemoryRing implements RingHolder {
  private KeyRing ring = KeyRing.EMPTY;
  private boolean closed;

  @Override
  public void unlock(char[] password) {}

  @Override
  public synchronized KeyRing current() throws BackendException {
    if (closed) {
      throw Engines.closed();
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
