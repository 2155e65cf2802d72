package dev.keyhold.keys;

import dev.keyhold.gate.KeyCall;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.object.Combinator;
import dev.keyhold.object.Header;
import dev.keyhold.object.Recipient;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Wraps a top key for the keys of a shape: for all, or for as many as are in reach. Each wrap is
 * bound to the number of recipients, so when one turns out to be out of reach, those that were made
 * before are made again for fewer. Thread-safe.
 */
final class RecipientWraps {
  private final KeyRouter router;
  private final Access access;
  private final Contexts contexts;

  /** Returns the context that the wrap for a recipient is bound to. */
  @FunctionalInterface
  interface Contexts {
    WrapContext of(Shape shape, int recipients, int index);
  }

  RecipientWraps(KeyRouter router, Access access, Contexts contexts) {
    this.router = router;
    this.access = access;
    this.contexts = contexts;
  }

  /**
   * Returns a header without its MAC.
   *
   * @param quorum for how many keys at least; all of an all-of are needed whatever it is
   * @throws BackendException of the first key that is denied, misconfigured or the like; where
   *     fewer than the quorum are in reach, with UNAVAILABLE
   */
  Header wrap(Shape shape, byte[] topKey, int quorum) throws BackendException {
    boolean shared = shape.combinator() == Combinator.ALL_OF;
    List<byte[]> shares = shared ? Shares.split(topKey, shape.keys().size()) : List.of();
    List<KeyRef> present = new ArrayList<>(shape.keys());
    List<BackendException> failures = new ArrayList<>();
    try {
      while (true) {
        KeyRef missing = null;
        Recipient[] recipients = new Recipient[present.size()];
        for (int i : unhealthyFirst(present)) {
          KeyRef key = present.get(i);
          boolean spare = !shared && present.size() > quorum;
          try {
            WrapContext context = contexts.of(shape, present.size(), i);
            byte[] secret = shared ? shares.get(i) : topKey;
            WrappedKey wrapped =
                spare && router.facts().isRemote(key.backend())
                    ? wrapInItsShare(key, context, secret)
                    : wrap(key, context, secret);
            int share = shared ? i + 1 : 0;
            recipients[i] = new Recipient(router.facts().headerType(key.backend()), share, wrapped);
          } catch (BackendException e) {
            requireBearable(e, failures, spare);
            missing = key;
            break;
          }
        }
        if (missing == null) {
          return new Header(shape.dataKeys(), shape.combinator(), Arrays.asList(recipients));
        }
        present.remove(missing);
      }
    } finally {
      shares.forEach(share -> Arrays.fill(share, (byte) 0));
    }
  }

  private WrappedKey wrap(KeyRef key, WrapContext context, byte[] secret) throws BackendException {
    return router.pass(access, key, new KeyCall.Wrap(context, secret));
  }

  /**
   * Wraps by a key that the quorum does not need, and waits for it no longer than its share of the
   * deadline. The call itself continues, so that the backend's breaker counts its outcome.
   */
  private WrappedKey wrapInItsShare(KeyRef key, WrapContext context, byte[] secret)
      throws BackendException {
    Duration share = Hedge.share(router.facts().deadline(key.backend()));
    byte[] copy = secret.clone();
    FutureTask<WrappedKey> call =
        new FutureTask<>(
            () -> {
              try {
                return wrap(key, context, copy);
              } finally {
                Arrays.fill(copy, (byte) 0);
              }
            });
    router.runApart(call);
    try {
      return call.get(share.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      call.cancel(true);
      Thread.currentThread().interrupt();
      throw new BackendException(Reason.UNAVAILABLE, "the calling thread was interrupted", e);
    } catch (TimeoutException e) {
      throw new BackendException(
          Reason.UNAVAILABLE,
          "wrap with key %s at backend %s: no answer within %s ms, its share of the deadline"
              .formatted(key.key(), key.backend(), share.toMillis()),
          e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BackendException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /**
   * Returns the order in which the keys are asked: the keys of unhealthy backends first, so that a
   * wrap that will fail does so before other keys are used, immediately where a breaker is open.
   */
  private List<Integer> unhealthyFirst(List<KeyRef> keys) {
    if (keys.size() == 1) {
      return List.of(0);
    }
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      if (router.facts().isLeftAlone(keys.get(i).backend())) {
        order.add(0, i);
      } else {
        order.add(i);
      }
    }
    return order;
  }

  private static void requireBearable(
      BackendException failure, List<BackendException> earlier, boolean enoughWithoutIt)
      throws BackendException {
    boolean outage =
        failure.reason() == Reason.UNAVAILABLE
            && !(failure.getCause() instanceof InterruptedException);
    if (!outage || !enoughWithoutIt) {
      earlier.forEach(failure::addSuppressed);
      throw failure;
    }
    earlier.add(failure);
  }
}
