package dev.keyhold.keystore.software.ring;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The scheduled destruction of a key, with the data that tells whether the clocks by which the file
 * was written since then can be trusted.
 *
 * @param time when the key is destroyed, to the millisecond
 * @param lastWrite when the file was last written, by the clock of the host that wrote it; empty
 *     once two writes that follow each other have times that don't, or where it is not known. It
 *     stays empty then: a later clock that looks right may be the wrong one
 */
public record ScheduledDestruction(Instant time, Optional<Instant> lastWrite) {
  /** The time by which the clocks of hosts that share a file may differ. */
  private static final Duration MAX_SKEW = Duration.ofMinutes(5);

  /** The longest time for which a file may stay unchanged before this host's clock is doubted. */
  private static final Duration MAX_IDLE = Duration.ofDays(7);

  public ScheduledDestruction {
    time = time.truncatedTo(ChronoUnit.MILLIS);
    lastWrite = lastWrite.map(last -> last.truncatedTo(ChronoUnit.MILLIS));
  }

  /** Returns whether a time can follow another one that was noted in the same file. */
  static boolean follows(Instant now, Instant noted) {
    return !now.isBefore(noted.minus(MAX_SKEW));
  }

  /** Returns whether this can be the time, as far as the file tells. */
  boolean isPlausible(Instant now) {
    return lastWrite
        .filter(last -> follows(now, last) && !now.isAfter(last.plus(MAX_IDLE)))
        .isPresent();
  }

  /** Returns a copy as it is to be written now. */
  ScheduledDestruction writtenAt(Instant now) {
    return new ScheduledDestruction(
        time,
        isPlausible(now)
            ? lastWrite.map(last -> now.isAfter(last) ? now : last)
            : Optional.empty());
  }
}
