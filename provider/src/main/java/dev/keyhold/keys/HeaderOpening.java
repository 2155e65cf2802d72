package dev.keyhold.keys;

import dev.keyhold.gate.KeyRouter;
import dev.keyhold.keys.PolicyKeys.Opened;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.object.Cobblestone;
import dev.keyhold.object.Combinator;
import dev.keyhold.object.Engine;
import dev.keyhold.object.Header;
import dev.keyhold.object.HeaderMac;
import dev.keyhold.object.Recipient;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Policy;
import dev.keyhold.policy.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.crypto.AEADBadTagException;

/**
 * One header that is to be opened by the keys of a policy. Each key is asked once at most. Used
 * once, by one thread.
 */
final class HeaderOpening {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.envelope");

  private final KeyRouter router;
  private final PolicyKeys keys;
  private final Policy policy;
  private final Map<String, String> bound;
  private final Header header;
  private final byte[] headerBytes;
  private final Engine engine;
  private final Asked asked = new Asked();

  HeaderOpening(
      KeyRouter router,
      PolicyKeys keys,
      Policy policy,
      Map<String, String> bound,
      Header header,
      byte[] headerBytes,
      Engine engine) {
    this.router = router;
    this.keys = keys;
    this.policy = policy;
    this.bound = bound;
    this.header = header;
    this.headerBytes = headerBytes;
    this.engine = engine;
  }

  /**
   * Asks the keys of the policy.
   *
   * @throws AEADBadTagException if no key of the policy opens this header, or it was altered
   * @throws BackendException if a key that might open it is denied or out of reach
   */
  Opened run() throws BackendException, AEADBadTagException {
    for (Shape shape : policy.opensWith()) {
      if (shape.dataKeys() == header.dataKeys() && shape.combinator() == header.combinator()) {
        Opened opened =
            shape.combinator() == Combinator.ALL_OF ? joinShares(shape) : tryKeys(shape);
        if (opened != null) {
          return opened;
        }
      }
    }
    throw asked.explain(policy, header);
  }

  /** Returns whether the header was made with this top key; notes it, and zeroes it, if not. */
  private boolean isMadeWith(byte[] topKey) {
    boolean good = false;
    try {
      if (topKey.length != Cobblestone.INPUT_KEY) {
        asked.altered("the unwrapped key has " + topKey.length + " bytes");
      } else if (!HeaderMac.verify(engine, topKey, headerBytes)) {
        asked.altered("the header's MAC is wrong");
      } else {
        good = true;
      }
      return good;
    } finally {
      if (!good) {
        Arrays.fill(topKey, (byte) 0);
      }
    }
  }

  /**
   * Tries the keys one after the other until one unwraps the top key under which the header's MAC
   * is right. Anyone who may use all keys can wrap another top key for each recipient, so a
   * successful unwrap alone proves nothing.
   */
  private Opened tryKeys(Shape shape) {
    List<Integer> order = router.facts().healthyAndNearFirst(shape.keys());
    try (Hedge hedge = new Hedge(router)) {
      for (int turn = 0; turn < order.size(); turn++) {
        int own = order.get(turn);
        KeyRef key = shape.keys().get(own);
        Hedge.Call call = call(shape, own);
        if (call == null) {
          continue;
        }
        boolean last = turn == order.size() - 1;
        boolean alone = last || !router.facts().isRemote(key.backend());
        Opened opened =
            alone && !hedge.isWaiting() ? opened(key, call) : openedInItsShare(hedge, key, call);
        if (opened != null) {
          return opened;
        }
      }
      return openedByTheRest(hedge);
    }
  }

  /** Returns the one call to a key about a header; null if there is nothing to ask it. */
  private Hedge.Call call(Shape shape, int own) {
    KeyRef key = shape.keys().get(own);
    try {
      int i = keys.place(policy.access(), header, key, own);
      if (i < 0 || asked.again(key)) {
        return null;
      }
      WrappedKey wrapped = header.recipients().get(i).wrapped();
      WrapContext context = context(shape, i);
      return () -> keys.unwrap(policy, key, wrapped, context);
    } catch (BackendException e) {
      asked.failed(e);
      return null;
    }
  }

  private Opened opened(KeyRef key, Hedge.Call call) {
    try {
      return opened(key, call.run());
    } catch (BackendException e) {
      asked.failed(e);
      return null;
    }
  }

  private Opened opened(Hedge.Answer answer) {
    if (answer.failure() != null) {
      asked.failed(answer.failure());
      return null;
    }
    return opened(answer.key(), answer.topKey());
  }

  private Opened opened(KeyRef key, byte[] topKey) {
    boolean split = asked.foundAltered();
    if (!isMadeWith(topKey)) {
      return null;
    }
    if (split) {
      LOG.log(
          System.Logger.Level.WARNING,
          "an object of alias {0} is for several keys that unwrap different keys; it opens"
              + " by {1}. Only somebody with the use of these keys can make such a header:"
              + " see who did, and rewrap the object",
          policy.alias(),
          key);
    }
    return new Opened(topKey, key);
  }

  /** Begins a call, and waits its share of the time for it or one that began before. */
  private Opened openedInItsShare(Hedge hedge, KeyRef key, Hedge.Call call) {
    hedge.begin(key, call);
    long end = System.nanoTime() + hedge.share(key).toNanos();
    try {
      while (hedge.isWaiting()) {
        Hedge.Answer answer = hedge.next(Duration.ofNanos(end - System.nanoTime()));
        Opened opened = answer == null ? null : opened(answer);
        if (opened != null || answer == null || answer.key().equals(key)) {
          return opened;
        }
      }
    } catch (InterruptedException e) {
      interrupted(hedge, e);
    }
    return null;
  }

  private Opened openedByTheRest(Hedge hedge) {
    try {
      while (hedge.isWaiting()) {
        Opened opened = opened(hedge.next());
        if (opened != null) {
          return opened;
        }
      }
    } catch (InterruptedException e) {
      interrupted(hedge, e);
    }
    return null;
  }

  private void interrupted(Hedge hedge, InterruptedException cause) {
    hedge.cancel();
    Thread.currentThread().interrupt();
    asked.failed(
        new BackendException(Reason.UNAVAILABLE, "the calling thread was interrupted", cause));
  }

  /** Unwraps the share of every key; null if one is missing, or they are not the header's. */
  private Opened joinShares(Shape shape) {
    int count = shape.keys().size();
    if (header.recipients().size() != count) {
      return null;
    }
    List<byte[]> shares = new ArrayList<>();
    try {
      List<Integer> places = places(shape);
      if (places.size() < count || asked.anyOf(shape.keys())) {
        return null;
      }
      for (int own = 0; own < count; own++) {
        KeyRef key = shape.keys().get(own);
        int i = places.get(own);
        WrappedKey wrapped = header.recipients().get(i).wrapped();
        if (asked.again(key)) {
          return null; // a key that the shape lists twice has no two shares
        }
        shares.add(keys.unwrap(policy, key, wrapped, context(shape, i)));
      }
      byte[] topKey = Shares.join(shares);
      return isMadeWith(topKey) ? new Opened(topKey, null) : null;
    } catch (BackendException e) {
      asked.failed(e);
      return null;
    } finally {
      shares.forEach(share -> Arrays.fill(share, (byte) 0));
    }
  }

  /**
   * Returns which recipient of an all-of is for which key; no such place for a key that has none.
   */
  private List<Integer> places(Shape shape) throws BackendException {
    List<Integer> places = new ArrayList<>();
    for (int own = 0; own < shape.keys().size(); own++) {
      for (int i : PolicyKeys.ownFirst(own, header.recipients().size())) {
        Recipient recipient = header.recipients().get(i);
        if (recipient.share() == i + 1
            && !places.contains(i)
            && keys.isFor(policy.access(), shape.keys().get(own), recipient)) {
          places.add(i);
          break;
        }
      }
    }
    return places;
  }

  private WrapContext context(Shape shape, int recipient) {
    return PolicyKeys.context(policy, bound, shape, header.recipients().size(), recipient);
  }
}
