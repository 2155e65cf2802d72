package dev.keyhold.keystore;

import dev.keyhold.keystore.BackendException.Reason;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the wraps of this process by AES-GCM with random IVs, where the backend counts none: one
 * version of a key must not wrap more than 2^32 times (NIST SP 800-38D, section 8.3). Processes
 * that share a key share the bound too, and a restart begins anew. Thread-safe.
 */
public final class WrapCount {
  /** The most wraps under one version of a key. */
  public static final long MAX = 1L << 32;

  private final long max;
  private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();

  /** Creates a count with the bound of AES-GCM. */
  public WrapCount() {
    this(MAX);
  }

  WrapCount(long max) {
    this.max = max;
  }

  /**
   * Counts a wrap before it is made.
   *
   * @param version of a key, with the key's name
   * @throws BackendException with DENIED if there were too many
   */
  public void add(String version) throws BackendException {
    AtomicLong count = counts.computeIfAbsent(version, v -> new AtomicLong());
    if (count.incrementAndGet() > max) {
      count.set(max); // no overflow, however often it is called
      throw new BackendException(
          Reason.DENIED,
          "this version of the key has wrapped %s times, the most for AES-GCM with random IVs: rotate the key"
              .formatted(max));
    }
  }
}
