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
