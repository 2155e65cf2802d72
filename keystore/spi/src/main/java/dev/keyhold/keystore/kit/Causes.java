package dev.keyhold.keystore.kit;

import java.util.Optional;

/** Looks through the causes of a failure, of which there may be a cycle. Stateless. */
public final class Causes {
  private static final int MAX_DEPTH = 20;

  private Causes() {}

  /** Returns the failure itself or the first of its causes that is of a type. */
  public static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
    Throwable current = failure;
    for (int depth = 0; current != null && depth < MAX_DEPTH; depth++) {
      if (type.isInstance(current)) {
        return Optional.of(type.cast(current));
      }
      current = current.getCause();
    }
    return Optional.empty();
  }

  /** Returns the last of the causes of a failure, or the failure itself. */
  public static Throwable root(Throwable failure) {
    Throwable current = failure;
    for (int depth = 0; current.getCause() != null && depth < MAX_DEPTH; depth++) {
      current = current.getCause();
    }
    return current;
  }
}
