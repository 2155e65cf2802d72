package dev.keyhold.keystore.software.file;

import dev.keyhold.keystore.encoding.PasswordDerivation;
import java.time.Clock;
import java.util.function.LongSupplier;

/**
 * The settings that only tests change.
 *
 * @param derivation for a file that is made
 * @param nanoTime a clock that never goes back, in nanoseconds
 * @param clock the wall clock
 */
public record Tuning(PasswordDerivation derivation, LongSupplier nanoTime, Clock clock) {
  public static final Tuning DEFAULT =
      new Tuning(PasswordDerivation.CURRENT, System::nanoTime, Clock.systemUTC());
}
