package dev.keyhold.keystore.software;

import java.time.Clock;
import java.util.function.LongSupplier;

/**
 * What tests set otherwise.
 *
 * @param iterations of PBKDF2, for a file that is made
 * @param nanoTime a clock that never goes back, in nanoseconds
 * @param clock the wall clock
 */
record Tuning(int iterations, LongSupplier nanoTime, Clock clock) {
  static final Tuning DEFAULT =
      new Tuning(PasswordKey.DEFAULT_ITERATIONS, System::nanoTime, Clock.systemUTC());
}
