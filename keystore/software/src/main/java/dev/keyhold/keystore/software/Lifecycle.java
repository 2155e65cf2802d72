package dev.keyhold.keystore.software;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Takes keys out of use, back into it, and to their end. Stateless. */
final class Lifecycle {
  private static final Duration MIN_WAIT = Duration.ofMinutes(1);
  private static final Duration MAX_WAIT = Duration.ofDays(365);

  /** By how much the clocks of hosts that share a file may differ. */
  private static final Duration MAX_SKEW = Duration.ofHours(25);

  /** For how long a file may stay as it is before this host's clock is doubted. */
  private static final Duration MAX_IDLE = Duration.ofDays(31);

  private Lifecycle() {}

  static StoredKey disabled(StoredKey key) throws BackendException {
    return switch (key.state()) {
      case SUSPENDED -> key;
      case ACTIVE -> key.withState(KeyState.SUSPENDED);
      default -> throw denied(key, "only an active key can be disabled");
    };
  }

  static StoredKey enabled(StoredKey key) throws BackendException {
    return switch (key.state()) {
      case ACTIVE -> key;
      case SUSPENDED -> key.withState(KeyState.ACTIVE);
      case DESTROYED -> throw denied(key, "cancel its destruction first");
      default -> throw denied(key, "only a suspended key can be enabled");
    };
  }

  /** When a key that is to go after a wait is destroyed. */
  static Instant destruction(Instant now, Duration wait) throws BackendException {
    if (wait.compareTo(MIN_WAIT) < 0 || wait.compareTo(MAX_WAIT) > 0) {
      throw new BackendException(
          Reason.UNSUPPORTED, "a key is destroyed after 1 minute to 365 days, not after " + wait);
    }
    return now.plus(wait).truncatedTo(ChronoUnit.MILLIS);
  }

  static StoredKey scheduled(StoredKey key, Instant time) throws BackendException {
    if (key.extras().destruction().isPresent()) {
      throw denied(key, "its destruction is scheduled already: cancel that first");
    }
    return key.withState(KeyState.DESTROYED)
        .withExtras(key.extras().withDestruction(Optional.of(time)));
  }

  /**
   * Checks that a key may be destroyed now.
   *
   * @param lastChange of the file that holds it, as far as that is known
   * @param clockIsRight whether the user has said so
   */
  static void checkDue(
      StoredKey key, Instant now, Optional<Instant> lastChange, boolean clockIsRight)
      throws BackendException {
    Instant time =
        key.extras()
            .destruction()
            .orElseThrow(() -> denied(key, "its destruction is not scheduled: schedule it first"));
    if (now.isBefore(time)) {
      throw denied(key, "it is destroyed at " + time + " or later, and it is " + now + " here");
    }
    if (clockIsRight || lastChange.isEmpty()) {
      return;
    }
    Instant last = lastChange.get();
    if (last.isAfter(now.plus(MAX_SKEW)) || last.isBefore(now.minus(MAX_IDLE))) {
      throw denied(
          key,
          "this host's clock says %s, and the key file was last changed at %s; what is destroyed is lost for good, so make sure of the date and give it: keyhold keys purge --today=YYYY-MM-DD ALIAS"
              .formatted(now, last));
    }
  }

  /** Checks that this host's clock is not behind the file, so that a key would go too early. */
  static void checkClock(StoredKey key, Instant now, Optional<Instant> lastChange)
      throws BackendException {
    if (lastChange.isPresent() && lastChange.get().isAfter(now.plus(MAX_SKEW))) {
      throw denied(
          key,
          "this host's clock says %s, but the key file was changed at %s: set the clock first, or the key would be destroyed too early"
              .formatted(now, lastChange.get()));
    }
  }

  static StoredKey saved(StoredKey key) throws BackendException {
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
