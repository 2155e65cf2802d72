package dev.keyhold.keystore.software.ring;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Takes keys out of use, back into it, and to their end. Stateless. */
public final class LifecycleRules {
  private static final Duration MIN_WAIT = Duration.ofMinutes(1);
  private static final Duration MAX_WAIT = Duration.ofDays(365);

  /** The time by which this host's clock may be behind the file system's. */
  private static final Duration MAX_SKEW = Duration.ofHours(25);

  private LifecycleRules() {}

  public static StoredKey disabled(StoredKey key) throws BackendException {
    return switch (key.state()) {
      case SUSPENDED -> key;
      case ACTIVE -> key.withState(KeyState.SUSPENDED);
      default -> throw denied(key, "only an active key can be disabled");
    };
  }

  public static StoredKey enabled(StoredKey key) throws BackendException {
    return switch (key.state()) {
      case ACTIVE -> key;
      case SUSPENDED -> key.withState(KeyState.ACTIVE);
      case DESTROYED -> throw denied(key, "cancel its destruction first");
      default -> throw denied(key, "only a suspended key can be enabled");
    };
  }

  /** Returns the time at which a key is destroyed that is to be destroyed after a wait. */
  public static Instant destruction(Instant now, Duration wait) throws BackendException {
    if (wait.compareTo(MIN_WAIT) < 0 || wait.compareTo(MAX_WAIT) > 0) {
      throw new BackendException(
          Reason.UNSUPPORTED, "a key is destroyed after 1 minute to 365 days, not after " + wait);
    }
    return now.plus(wait).truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * Schedules the destruction of a key.
   *
   * @param latest the latest time in the file: if this host's clock is behind it, one of them is
   *     wrong, and the destruction will have to be confirmed
   */
  public static StoredKey scheduled(
      StoredKey key, Instant time, Instant now, Optional<Instant> latest) throws BackendException {
    if (key.extras().destruction().isPresent()) {
      throw denied(key, "its destruction is scheduled already: cancel that first");
    }
    boolean plausible = latest.filter(noted -> !ScheduledDestruction.follows(now, noted)).isEmpty();
    ScheduledDestruction destruction =
        new ScheduledDestruction(time, plausible ? Optional.of(now) : Optional.empty());
    return key.withState(KeyState.DESTROYED)
        .withExtras(key.extras().withDestruction(Optional.of(destruction)));
  }

  /**
   * Checks that a key may be destroyed now.
   *
   * @param clockIsRight whether the user has said so
   */
  public static void checkDue(StoredKey key, Instant now, boolean clockIsRight)
      throws BackendException {
    ScheduledDestruction destruction =
        key.extras()
            .destruction()
            .orElseThrow(() -> denied(key, "its destruction is not scheduled: schedule it first"));
    if (now.isBefore(destruction.time())) {
      throw denied(
          key,
          "it is destroyed at %s or later, and it is %s here".formatted(destruction.time(), now));
    }
    if (!clockIsRight && !destruction.isPlausible(now)) {
      throw denied(
          key,
          "this host's clock says %s, and %s; what is destroyed is lost for good, so make sure of the date and give it: keyhold keys purge --today=YYYY-MM-DD ALIAS"
              .formatted(now, doubt(destruction)));
    }
  }

  private static String doubt(ScheduledDestruction destruction) {
    return destruction
        .lastWrite()
        .map(last -> "the key file was last written at %s, by its own account".formatted(last))
        .orElse(
            "since the destruction was scheduled, the key file was written by clocks that don't"
                + " agree, not at all for more than a week, or by a release that notes no times");
  }

  /** Checks that this host's clock is not behind the file, so that a key would go too early. */
  public static void checkClock(StoredKey key, Instant now, Optional<Instant> lastChange)
      throws BackendException {
    if (lastChange.isPresent() && lastChange.get().isAfter(now.plus(MAX_SKEW))) {
      throw denied(
          key,
          "this host's clock says %s, but the key file was changed at %s: set the clock first, or the key would be destroyed too early"
              .formatted(now, lastChange.get()));
    }
  }

  public static StoredKey saved(StoredKey key) throws BackendException {
    if (key.extras().destruction().isEmpty()) {
      throw denied(key, "its destruction is not scheduled");
    }
    return key.withState(KeyState.SUSPENDED)
        .withExtras(key.extras().withDestruction(Optional.empty()));
  }

  private static BackendException denied(StoredKey key, String what) {
    return new BackendException(Reason.DENIED, "the key is " + key.state() + ": " + what);
  }
}
