package dev.keyhold.keys;

import dev.keyhold.gate.KeyCall;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyVersion;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.object.Cobblestone;
import dev.keyhold.object.Combinator;
import dev.keyhold.object.Engine;
import dev.keyhold.object.Header;
import dev.keyhold.object.Header.MalformedHeaderException;
import dev.keyhold.object.HeaderMac;
import dev.keyhold.object.NotOpened;
import dev.keyhold.object.Recipient;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Policy;
import dev.keyhold.policy.Shape;
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
public final class TopKeys {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.envelope");

  private final KeyRouter router;

  public TopKeys(KeyRouter router) {
    this.router = router;
  }

  /** Wraps a top key, or its share of it, once for each key of the policy. */
  public Header wrap(Policy policy, byte[] topKey) throws BackendException {
    return wrap(policy, Map.of(), topKey);
  }

  /**
   * The same, with wraps that are bound to more.
   *
   * @param bound further entries of the wrap context
   */
  public Header wrap(Policy policy, Map<String, String> bound, byte[] topKey)
      throws BackendException {
    return wrap(policy, bound, topKey, policy.protectWith().keys().size());
  }

  /** For the keys that are in reach, if they are as many as the policy asks for. */
  public Header wrapForQuorum(Policy policy, byte[] topKey) throws BackendException {
    return wrap(policy, Map.of(), topKey, policy.writeQuorum());
  }

  private Header wrap(Policy policy, Map<String, String> bound, byte[] topKey, int quorum)
      throws BackendException {
    Wrapping.Contexts contexts = (shape, count, i) -> context(policy, bound, shape, count, i);
    return new Wrapping(router, policy.access(), contexts)
        .wrap(policy.protectWith(), topKey, quorum);
  }

  /**
   * Unwraps the top key, with at most one call for each configured key, and checks the header's MAC
   * under it.
   *
   * @return a fresh array; the caller zeroes it
   * @throws AEADBadTagException if no key of the policy opens this header, or it was altered
   * @throws BackendException if a key that might open it is denied or out of reach
   */
  public byte[] open(Policy policy, byte[] headerBytes, Engine engine)
      throws BackendException, AEADBadTagException {
    return open(policy, Map.of(), headerBytes, engine);
  }

  /**
   * The same, of wraps that are bound to more.
   *
   * @param bound further entries of the wrap context
   */
  public byte[] open(Policy policy, Map<String, String> bound, byte[] headerBytes, Engine engine)
      throws BackendException, AEADBadTagException {
    return opened(policy, bound, headerBytes, engine).topKey();
  }

  /**
   * A top key, and by which key it was had.
   *
   * @param topKey the caller zeroes it
   * @param by null of an all-of, which all its keys opened
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Opened(byte[] topKey, KeyRef by) {}

  /** As {@link #open(Policy, byte[], Engine)}, and tells which key it was. */
  public Opened opened(Policy policy, byte[] headerBytes, Engine engine)
      throws BackendException, AEADBadTagException {
    return opened(policy, Map.of(), headerBytes, engine);
  }

  private Opened opened(Policy policy, Map<String, String> bound, byte[] headerBytes, Engine engine)
      throws BackendException, AEADBadTagException {
    Header header;
    try {
      header = Header.parse(headerBytes);
    } catch (MalformedHeaderException e) {
      throw NotOpened.because(e.getMessage());
    }
    Attempt attempt = new Attempt(policy, bound, header, headerBytes, engine, new Asked());
    for (Shape shape : policy.opensWith()) {
      if (shape.dataKeys() == header.dataKeys() && shape.combinator() == header.combinator()) {
        Opened opened =
            shape.combinator() == Combinator.ALL_OF
                ? joinShares(attempt, shape)
                : tryKeys(attempt, shape);
        if (opened != null) {
          return opened;
        }
      }
    }
    throw attempt.asked().explain(policy, header);
  }

  /** One header that is to be opened. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Attempt(
      Policy policy,
      Map<String, String> bound,
      Header header,
      byte[] headerBytes,
      Engine engine,
      Asked asked) {
    WrapContext context(Shape shape, int recipient) {
      return TopKeys.context(policy, bound, shape, header.recipients().size(), recipient);
    }

    /** Returns whether the header was made with this top key; notes it, and zeroes it, if not. */
    boolean isMadeWith(byte[] topKey) {
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
  }

  /** Whether a header is for all keys of a policy as it protects now, one after the other. */
  public boolean isWhole(Policy policy, Header header) throws BackendException {
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
  public String version(KeyRef key) throws BackendException {
    return router.describe(key).currentVersion().map(KeyVersion::id).orElse("");
  }

  /**
   * Whether headers were wrapped by the present versions of a policy's keys, as far as these tell.
   *
   * @param headers for all keys of the policy, one after the other
   */
  public boolean areOfPresentVersions(Policy policy, Header... headers) throws BackendException {
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
  public List<Map.Entry<String, String>> identities(Shape shape) throws BackendException {
    List<Map.Entry<String, String>> identities = new ArrayList<>();
    for (KeyRef key : shape.keys()) {
      identities.add(Map.entry(router.facts().type(key.backend()), router.identity(key)));
    }
    return identities;
  }

  /**
   * Asks one key after the other, until what one unwraps is what the header was made with: whoever
   * has the use of all keys can wrap another key for each, so that one key alone tells nothing.
   */
  private Opened tryKeys(Attempt attempt, Shape shape) {
    List<Integer> order = router.facts().healthyAndNearFirst(shape.keys());
    try (Hedge hedge = new Hedge(router)) {
      for (int turn = 0; turn < order.size(); turn++) {
        int own = order.get(turn);
        KeyRef key = shape.keys().get(own);
        Hedge.Call call = call(attempt, shape, own);
        if (call == null) {
          continue;
        }
        boolean last = turn == order.size() - 1;
        boolean alone = last || !router.facts().isRemote(key.backend());
        Opened opened =
            alone && !hedge.isWaiting()
                ? opened(attempt, key, call)
                : openedInItsShare(attempt, hedge, key, call);
        if (opened != null) {
          return opened;
        }
      }
      return openedByTheRest(attempt, hedge);
    }
  }

  /** The one call to a key about a header; null if there is nothing to ask it. */
  private Hedge.Call call(Attempt attempt, Shape shape, int own) {
    KeyRef key = shape.keys().get(own);
    try {
      int i = place(attempt.header(), key, own);
      if (i < 0 || attempt.asked().again(key)) {
        return null;
      }
      WrappedKey wrapped = attempt.header().recipients().get(i).wrapped();
      WrapContext context = attempt.context(shape, i);
      return () -> unwrap(attempt.policy(), key, wrapped, context);
    } catch (BackendException e) {
      attempt.asked().failed(e);
      return null;
    }
  }

  private static Opened opened(Attempt attempt, KeyRef key, Hedge.Call call) {
    try {
      return opened(attempt, key, call.run());
    } catch (BackendException e) {
      attempt.asked().failed(e);
      return null;
    }
  }

  private static Opened opened(Attempt attempt, Hedge.Answer answer) {
    if (answer.failure() != null) {
      attempt.asked().failed(answer.failure());
      return null;
    }
    return opened(attempt, answer.key(), answer.topKey());
  }

  private static Opened opened(Attempt attempt, KeyRef key, byte[] topKey) {
    boolean split = attempt.asked().foundAltered();
    if (!attempt.isMadeWith(topKey)) {
      return null;
    }
    if (split) {
      LOG.log(
          System.Logger.Level.WARNING,
          "an object of alias {0} is for several keys that unwrap different keys; it opens"
              + " by {1}. Only somebody with the use of these keys can make such a header:"
              + " see who did, and rewrap the object",
          attempt.policy().alias(),
          key);
    }
    return new Opened(topKey, key);
  }

  /** Begins a call, and waits its share of the time for it or one that began before. */
  private static Opened openedInItsShare(
      Attempt attempt, Hedge hedge, KeyRef key, Hedge.Call call) {
    hedge.begin(key, call);
    long end = System.nanoTime() + hedge.share(key).toNanos();
    try {
      while (hedge.isWaiting()) {
        Hedge.Answer answer = hedge.next(Duration.ofNanos(end - System.nanoTime()));
        Opened opened = answer == null ? null : opened(attempt, answer);
        if (opened != null || answer == null || answer.key().equals(key)) {
          return opened;
        }
      }
    } catch (InterruptedException e) {
      interrupted(attempt, hedge, e);
    }
    return null;
  }

  private static Opened openedByTheRest(Attempt attempt, Hedge hedge) {
    try {
      while (hedge.isWaiting()) {
        Opened opened = opened(attempt, hedge.next());
        if (opened != null) {
          return opened;
        }
      }
    } catch (InterruptedException e) {
      interrupted(attempt, hedge, e);
    }
    return null;
  }

  private static void interrupted(Attempt attempt, Hedge hedge, InterruptedException cause) {
    hedge.cancel();
    Thread.currentThread().interrupt();
    attempt
        .asked()
        .failed(
            new BackendException(Reason.UNAVAILABLE, "the calling thread was interrupted", cause));
  }

  /** The recipient that a key is asked about; -1 if none is for it. */
  private int place(Header header, KeyRef key, int own) throws BackendException {
    for (int i : ownFirst(own, header.recipients().size())) {
      Recipient recipient = header.recipients().get(i);
      if (recipient.share() == 0 && isFor(key, recipient)) {
        return i;
      }
    }
    return -1;
  }

  /** Unwraps the share of every key; null if one is missing, or they are not the header's. */
  private Opened joinShares(Attempt attempt, Shape shape) {
    Header header = attempt.header();
    int count = shape.keys().size();
    if (header.recipients().size() != count) {
      return null;
    }
    List<byte[]> shares = new ArrayList<>();
    try {
      List<Integer> places = places(shape, header);
      if (places.size() < count || attempt.asked().anyOf(shape.keys())) {
        return null;
      }
      for (int own = 0; own < count; own++) {
        KeyRef key = shape.keys().get(own);
        int i = places.get(own);
        WrappedKey wrapped = header.recipients().get(i).wrapped();
        if (attempt.asked().again(key)) {
          return null; // a key that the shape lists twice has no two shares
        }
        shares.add(unwrap(attempt.policy(), key, wrapped, attempt.context(shape, i)));
      }
      byte[] topKey = Shares.join(shares);
      return attempt.isMadeWith(topKey) ? new Opened(topKey, null) : null;
    } catch (BackendException e) {
      attempt.asked().failed(e);
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
  public byte[] unwrapWithAll(Policy policy, Header made) throws BackendException {
    Shape shape = policy.protectWith();
    int count = made.recipients().size();
    List<byte[]> parts = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        WrappedKey wrapped = made.recipients().get(i).wrapped();
        WrapContext context = context(policy, Map.of(), shape, count, i);
        parts.add(unwrap(policy, shape.keys().get(i), wrapped, context));
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

  /**
   * Returns whether each key of a policy unwraps this top key from a header of an any-of, so that
   * the object stays readable whichever key is lost.
   *
   * @param opened asked already, and so not asked again; null for none
   * @throws BackendException if a key is denied or out of reach
   */
  public boolean allUnwrap(Policy policy, Header header, byte[] topKey, KeyRef opened)
      throws BackendException {
    Shape shape = policy.protectWith();
    int count = header.recipients().size();
    for (int own = 0; own < shape.keys().size(); own++) {
      KeyRef key = shape.keys().get(own);
      if (key.equals(opened)) {
        continue;
      }
      int i = place(header, key, own);
      if (i < 0 || !unwraps(policy, header, key, i, count, topKey)) {
        return false;
      }
    }
    return true;
  }

  private boolean unwraps(Policy policy, Header header, KeyRef key, int i, int count, byte[] topKey)
      throws BackendException {
    WrapContext context = context(policy, Map.of(), policy.protectWith(), count, i);
    try {
      byte[] part = unwrap(policy, key, header.recipients().get(i).wrapped(), context);
      boolean same = MessageDigest.isEqual(topKey, part);
      Arrays.fill(part, (byte) 0);
      return same;
    } catch (BackendException e) {
      if (e.reason() == Reason.BAD_CIPHERTEXT || e.reason() == Reason.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private byte[] unwrap(Policy policy, KeyRef key, WrappedKey wrapped, WrapContext context)
      throws BackendException {
    return router.pass(policy.access(), key, new KeyCall.Unwrap(wrapped, context));
  }

  /** Whether a recipient is this key, whatever its version. */
  public boolean isFor(KeyRef key, Recipient recipient) throws BackendException {
    return router.facts().type(key.backend()).equals(recipient.kind())
        && router.identity(key).equals(recipient.wrapped().identity());
  }

  private static WrapContext context(
      Policy policy, Map<String, String> bound, Shape shape, int recipients, int index) {
    Map<String, String> owner = new HashMap<>(bound);
    owner.put("keyhold-binding", policy.binding());
    policy.tenant().ifPresent(tenant -> owner.put("keyhold-tenant", tenant));
    return Header.wrapContext(shape.dataKeys(), shape.combinator(), recipients, index, owner);
  }
}
