package dev.keyhold.envelope;

import dev.keyhold.envelope.Header.MalformedHeaderException;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyVersion;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.routing.Combinator;
import dev.keyhold.routing.KeyRef;
import dev.keyhold.routing.KeyRouter;
import dev.keyhold.routing.Policy;
import dev.keyhold.routing.Shape;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.crypto.AEADBadTagException;

/**
 * Protects the top key of an object for the keys of a policy, and gets it back for those. A
 * header's recipients are matched against the policy; nothing that stands in them is followed.
 * Thread-safe.
 */
final class TopKeys {
  private final KeyRouter router;

  TopKeys(KeyRouter router) {
    this.router = router;
  }

  /** Wraps a top key, or its share of it, once for each key of the policy. */
  Header wrap(Policy policy, byte[] topKey) throws BackendException {
    return wrap(policy, Map.of(), topKey);
  }

  /**
   * The same, with wraps that are bound to more.
   *
   * @param bound further entries of the wrap context
   */
  Header wrap(Policy policy, Map<String, String> bound, byte[] topKey) throws BackendException {
    return wrap(policy, bound, topKey, policy.protectWith().keys().size());
  }

  /** For the keys that are in reach, if they are as many as the policy asks for. */
  Header wrapForQuorum(Policy policy, byte[] topKey) throws BackendException {
    return wrap(policy, Map.of(), topKey, router.writeQuorum(policy));
  }

  private Header wrap(Policy policy, Map<String, String> bound, byte[] topKey, int quorum)
      throws BackendException {
    Wrapping.Contexts contexts = (shape, count, i) -> context(policy, bound, shape, count, i);
    return new Wrapping(router, contexts).wrap(policy.protectWith(), topKey, quorum);
  }

  /**
   * Unwraps the top key, with at most one call for each configured key, and checks the header's MAC
   * under it.
   *
   * @return a fresh array; the caller zeroes it
   * @throws AEADBadTagException if no key of the policy opens this header, or it was altered
   * @throws BackendException if a key that might open it is denied or out of reach
   */
  byte[] open(Policy policy, byte[] headerBytes, Engine engine)
      throws BackendException, AEADBadTagException {
    return open(policy, Map.of(), headerBytes, engine);
  }

  /**
   * The same, of wraps that are bound to more.
   *
   * @param bound further entries of the wrap context
   */
  byte[] open(Policy policy, Map<String, String> bound, byte[] headerBytes, Engine engine)
      throws BackendException, AEADBadTagException {
    Header header;
    try {
      header = Header.parse(headerBytes);
    } catch (MalformedHeaderException e) {
      throw NotOpened.because(e.getMessage());
    }
    Asked asked = new Asked();
    for (Shape shape : policy.opensWith()) {
      if (shape.dataKeys() == header.dataKeys() && shape.combinator() == header.combinator()) {
        byte[] topKey =
            shape.combinator() == Combinator.ALL_OF
                ? joinShares(policy, bound, shape, header, asked)
                : tryKeys(policy, bound, shape, header, asked);
        if (topKey != null) {
          return verified(topKey, headerBytes, engine);
        }
      }
    }
    throw asked.explain(policy, header);
  }

  /** Whether a header is for all keys of a policy as it protects now, one after the other. */
  boolean isWhole(Policy policy, Header header) throws BackendException {
    Shape shape = policy.protectWith();
    boolean whole =
        header.dataKeys() == shape.dataKeys()
            && header.combinator() == shape.combinator()
            && header.recipients().size() == shape.keys().size();
    for (int i = 0; whole && i < shape.keys().size(); i++) {
      whole = isFor(shape.keys().get(i), header.recipients().get(i));
    }
    return whole;
  }

  /** The version that a key wraps with now; empty where its backend tells none. */
  String version(KeyRef key) throws BackendException {
    return router.describe(key).currentVersion().map(KeyVersion::id).orElse("");
  }

  /**
   * Whether headers were wrapped by the present versions of a policy's keys, as far as these tell.
   *
   * @param headers for all keys of the policy, one after the other
   */
  boolean areOfPresentVersions(Policy policy, Header... headers) throws BackendException {
    List<KeyRef> keys = policy.protectWith().keys();
    for (int i = 0; i < keys.size(); i++) {
      Set<String> versions = new HashSet<>();
      for (Header header : headers) {
        versions.add(header.recipients().get(i).wrapped().version());
      }
      versions.remove("");
      if (!versions.isEmpty() && !versions.equals(Set.of(version(keys.get(i))))) {
        return false;
      }
    }
    return true;
  }

  /** What headers name the keys of a shape by: kind and identity of each. */
  List<Map.Entry<String, String>> identities(Shape shape) throws BackendException {
    List<Map.Entry<String, String>> identities = new ArrayList<>();
    for (KeyRef key : shape.keys()) {
      identities.add(Map.entry(router.facts().type(key.backend()), router.identity(key)));
    }
    return identities;
  }

  private byte[] tryKeys(
      Policy policy, Map<String, String> bound, Shape shape, Header header, Asked asked) {
    List<Integer> order = router.facts().healthyAndNearFirst(shape.keys());
    try (Hedge hedge = new Hedge(router)) {
      for (int turn = 0; turn < order.size(); turn++) {
        int own = order.get(turn);
        KeyRef key = shape.keys().get(own);
        Hedge.Call call = call(policy, bound, shape, header, own, asked);
        if (call == null) {
          continue;
        }
        boolean last = turn == order.size() - 1;
        boolean alone = last || !router.facts().isRemote(key.backend());
        byte[] topKey =
            alone && !hedge.isWaiting() ? here(key, call, asked) : first(hedge, key, call, asked);
        if (topKey != null) {
          return topKey;
        }
      }
      return firstOfRest(hedge, asked);
    }
  }

  /** The one call to a key about a header; null if there is nothing to ask it. */
  private Hedge.Call call(
      Policy policy, Map<String, String> bound, Shape shape, Header header, int own, Asked asked) {
    KeyRef key = shape.keys().get(own);
    int count = header.recipients().size();
    if (asked.isGivenUp(key)) {
      return null;
    }
    for (int i : ownFirst(own, count)) {
      Recipient recipient = header.recipients().get(i);
      try {
        if (recipient.share() == 0 && isFor(key, recipient)) {
          WrapContext context = context(policy, bound, shape, count, i);
          return asked.again(key, i)
              ? null
              : () -> router.unwrap(key, recipient.wrapped(), context);
        }
      } catch (BackendException e) {
        asked.failed(key, e);
        return null;
      }
    }
    return null;
  }

  private static byte[] here(KeyRef key, Hedge.Call call, Asked asked) {
    try {
      return call.run();
    } catch (BackendException e) {
      asked.failed(key, e);
      return null;
    }
  }

  /** Begins a call, and waits its share of the time for it or one that began before. */
  private static byte[] first(Hedge hedge, KeyRef key, Hedge.Call call, Asked asked) {
    hedge.begin(key, call);
    long end = System.nanoTime() + hedge.share(key).toNanos();
    try {
      while (hedge.isWaiting()) {
        Hedge.Answer answer = hedge.next(Duration.ofNanos(end - System.nanoTime()));
        if (answer == null) {
          return null;
        }
        if (answer.failure() == null) {
          return answer.topKey();
        }
        asked.failed(answer.key(), answer.failure());
        if (answer.key().equals(key)) {
          return null;
        }
      }
      return null;
    } catch (InterruptedException e) {
      interrupted(hedge, asked, e);
      return null;
    }
  }

  private static byte[] firstOfRest(Hedge hedge, Asked asked) {
    try {
      while (hedge.isWaiting()) {
        Hedge.Answer answer = hedge.next();
        if (answer.failure() == null) {
          return answer.topKey();
        }
        asked.failed(answer.key(), answer.failure());
      }
    } catch (InterruptedException e) {
      interrupted(hedge, asked, e);
    }
    return null;
  }

  private static void interrupted(Hedge hedge, Asked asked, InterruptedException cause) {
    hedge.cancel();
    Thread.currentThread().interrupt();
    asked.failed(
        new BackendException(Reason.UNAVAILABLE, "the calling thread was interrupted", cause));
  }

  /** Unwraps the share of every key; null if one is missing. */
  private byte[] joinShares(
      Policy policy, Map<String, String> bound, Shape shape, Header header, Asked asked) {
    int count = shape.keys().size();
    if (header.recipients().size() != count) {
      return null;
    }
    List<byte[]> shares = new ArrayList<>();
    try {
      List<Integer> places = places(shape, header);
      if (places.size() < count || shape.keys().stream().anyMatch(asked::isGivenUp)) {
        return null;
      }
      for (int own = 0; own < count; own++) {
        KeyRef key = shape.keys().get(own);
        int i = places.get(own);
        WrappedKey wrapped = header.recipients().get(i).wrapped();
        try {
          shares.add(router.unwrap(key, wrapped, context(policy, bound, shape, count, i)));
        } catch (BackendException e) {
          asked.failed(key, e);
          return null;
        }
      }
      return Shares.join(shares);
    } catch (BackendException e) {
      asked.failed(e);
      return null;
    } finally {
      shares.forEach(share -> Arrays.fill(share, (byte) 0));
    }
  }

  /** Which recipient of an all-of is for which key; no such place for a key that has none. */
  private List<Integer> places(Shape shape, Header header) throws BackendException {
    List<Integer> places = new ArrayList<>();
    for (int own = 0; own < shape.keys().size(); own++) {
      for (int i : ownFirst(own, header.recipients().size())) {
        Recipient recipient = header.recipients().get(i);
        if (recipient.share() == i + 1
            && !places.contains(i)
            && isFor(shape.keys().get(own), recipient)) {
          places.add(i);
          break;
        }
      }
    }
    return places;
  }

  /**
   * The recipients in the order in which a key tries them: first the one in its own place, since
   * two tokens can have different keys of one name.
   */
  private static int[] ownFirst(int own, int count) {
    return IntStream.concat(
            IntStream.of(own).filter(i -> i < count),
            IntStream.range(0, count).filter(i -> i != own))
        .toArray();
  }

  /**
   * Has every key of the policy unwrap what it wrapped in a header that was just made.
   *
   * @param made with a recipient for each key, one after the other
   * @return the top key if all of them have the same, or the join of all shares; else an array that
   *     is no top key. The caller zeroes it
   */
  byte[] unwrapWithAll(Policy policy, Header made) throws BackendException {
    Shape shape = policy.protectWith();
    int count = made.recipients().size();
    List<byte[]> parts = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        WrappedKey wrapped = made.recipients().get(i).wrapped();
        WrapContext context = context(policy, Map.of(), shape, count, i);
        parts.add(router.unwrap(shape.keys().get(i), wrapped, context));
      }
      if (shape.combinator() == Combinator.ALL_OF) {
        return Shares.join(parts);
      }
      byte[] first = parts.get(0);
      boolean same = parts.stream().allMatch(part -> MessageDigest.isEqual(first, part));
      return same ? first.clone() : new byte[0];
    } finally {
      parts.forEach(part -> Arrays.fill(part, (byte) 0));
    }
  }

  /** Whether a recipient is this key, whatever its version. */
  boolean isFor(KeyRef key, Recipient recipient) throws BackendException {
    return router.facts().type(key.backend()).equals(recipient.kind())
        && router.identity(key).equals(recipient.wrapped().identity());
  }

  private static byte[] verified(byte[] topKey, byte[] headerBytes, Engine engine)
      throws AEADBadTagException {
    boolean good = false;
    try {
      if (topKey.length != Cobblestone.INPUT_KEY) {
        throw NotOpened.because("the unwrapped key has " + topKey.length + " bytes");
      }
      if (!HeaderMac.verify(engine, topKey, headerBytes)) {
        throw NotOpened.because("the header's MAC is wrong");
      }
      good = true;
      return topKey;
    } finally {
      if (!good) {
        Arrays.fill(topKey, (byte) 0);
      }
    }
  }

  private static WrapContext context(
      Policy policy, Map<String, String> bound, Shape shape, int recipients, int index) {
    Map<String, String> owner = new HashMap<>(bound);
    owner.put("keyhold-binding", policy.binding());
    policy.tenant().ifPresent(tenant -> owner.put("keyhold-tenant", tenant));
    return Header.wrapContext(shape.dataKeys(), shape.combinator(), recipients, index, owner);
  }
}
