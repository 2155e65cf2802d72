package dev.keyhold.keystore.software;

import java.time.Clock;
import java.util.function.LongSupplier;

/**
 * What tests set otherwise.
 *
 * @param iterations of PBKDF2, for a file that is made
 * @param wrapLimit how many AES-GCM wraps one key version may do
 * @param nanoTime a clock that never goes back, in nanoseconds
 * @param clock the wall clock
 */
record Tuning(int iterations, long wrapLimit, LongSupplier nanoTime, Clock clock) {
  /** NIST SP 800-38D, section 8.3: at most 2^32 invocations with random 96-bit IVs under a key. */
  static final long GCM_LIMIT = 1L << 32;

  static final Tuning DEFAULT =
      new Tuning(PasswordKey.DEFAULT_ITERATIONS, GCM_LIMIT, System::nanoTime, Clock.systemUTC());
}
