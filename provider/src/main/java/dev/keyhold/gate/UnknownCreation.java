package dev.keyhold.gate;

import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.policy.KeyRef;
import java.time.Duration;
import java.time.Instant;

/**
 * Looks for a key whose creation was not answered. It may have been made, may still be, or never
 * will be: it is not made a second time.
 */
final class UnknownCreation {
  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  /** The time by which the backend's clock may differ from this one. */
  private static final Duration CLOCKS = Duration.ofMinutes(5);

  private final KeyRouter router;
  private final Access access;
  private final KeyRef ref;
  private final KeyRequest request;
  private final Instant begun;

  /** Creates a check for the key of a request that was made at a time. */
  UnknownCreation(KeyRouter router, Access access, KeyRef ref, KeyRequest request, Instant begun) {
    this.router = router;
    this.access = access;
    this.ref = ref;
    this.request = request;
    this.begun = begun;
  }

  /**
   * Looks for the key, for as long as a use of it may take at most.
   *
   * @throws BackendException the failure, with what was found out
   */
  KeyMetadata find(BackendException failure) throws BackendException {
    Duration time = router.facts().deadline(ref.backend());
    time = time.compareTo(LONGEST) < 0 ? time : LONGEST;
    long end = System.nanoTime() + time.toNanos();
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        return itself(router.describe(access, ref), failure);
      } catch (BackendException e) {
        if (e == failure) {
          throw failure.and(
              "a key of that name is there, but it is another one: take another name");
        }
        if (e.reason() != Reason.NOT_FOUND) {
          failure.addSuppressed(e);
          throw failure.and("it could not be looked for: " + e.getMessage());
        }
      }
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw failure.and(
            "it was looked for, and is not there %s ms later".formatted(time.toMillis()));
      }
      try {
        Thread.sleep(Math.min(Math.max(left / 1_000_000, 1), pause.toMillis()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failure;
      }
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
  }

  /** Returns the key, if it can be the one that was asked for; no backend says who made it. */
  private KeyMetadata itself(KeyMetadata found, BackendException failure) throws BackendException {
    boolean older = found.created().filter(made -> made.isBefore(begun.minus(CLOCKS))).isPresent();
    if (older
        || !found.spec().equals(request.spec())
        || !found.purposes().containsAll(request.purposes())
        || !found.state().protects()) {
      throw failure;
    }
    return found;
  }
}
