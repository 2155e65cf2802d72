package dev.keyhold.keys;

import dev.keyhold.gate.KeyCall;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyVersion;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.object.Combinator;
import dev.keyhold.object.Engine;
import dev.keyhold.object.Header;
import dev.keyhold.object.Header.MalformedHeaderException;
import dev.keyhold.object.NotOpened;
import dev.keyhold.object.Recipient;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Policy;
import dev.keyhold.policy.Shape;
import java.security.MessageDigest;
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
 * Wraps the top key of an object for the keys of a policy, and unwraps it with them. The recipients
 * of a header are only matched against the policy: their content never decides which key or backend
 * is called. Thread-safe.
 */
public final class PolicyKeys {
  private final KeyRouter router;

  public PolicyKeys(KeyRouter router) {
    this.router = router;
  }

  /** Wraps a top key, or its share of it, once for each key of the policy. */
  public Header wrap(Policy policy, byte[] topKey) throws BackendException {
    return wrap(policy, Map.of(), topKey);
  }

  /**
   * Wraps a top key as {@link #wrap(Policy, byte[])}, bound to further entries.
   *
   * @param bound further entries of the wrap context
   */
  public Header wrap(Policy policy, Map<String, String> bound, byte[] topKey)
      throws BackendException {
    return wrap(policy, bound, topKey, policy.protectWith().keys().size());
  }

  /**
   * Wraps a top key for the keys that can be reached, if they are as many as the policy requires.
   */
  public Header wrapForQuorum(Policy policy, byte[] topKey) throws BackendException {
    return wrap(policy, Map.of(), topKey, policy.writeQuorum());
  }

  private Header wrap(Policy policy, Map<String, String> bound, byte[] topKey, int quorum)
      throws BackendException {
    RecipientWraps.Contexts contexts = (shape, count, i) -> context(policy, bound, shape, count, i);
    return new RecipientWraps(router, policy.access(), contexts)
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
   * Opens a header as {@link #open(Policy, byte[], Engine)}, whose wraps are bound to further
   * entries.
   *
   * @param bound further entries of the wrap context
   */
  public byte[] open(Policy policy, Map<String, String> bound, byte[] headerBytes, Engine engine)
      throws BackendException, AEADBadTagException {
    return opened(policy, bound, headerBytes, engine).topKey();
  }

  /**
   * A top key, and the key that unwrapped it.
   *
   * @param topKey the caller zeroes it
   * @param by null of an all-of, which all its keys opened
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Opened(byte[] topKey, KeyRef by) {}

  /**
   * Does what {@link #open(Policy, byte[], Engine)} does, and tells which key opened the header.
   */
  public Opened opened(Policy policy, byte[] headerBytes, Engine engine)
      throws BackendException, AEADBadTagException {
    return opened(policy, Map.of(), headerBytes, engine);
  }

  private Opened opened(Policy policy, Map<String, String> bound, byte[] headerBytes, Engine engine)
      throws BackendException, AEADBadTagException {
    try {
      Header header = Header.parse(headerBytes);
      return new HeaderOpening(router, this, policy, bound, header, headerBytes, engine).run();
    } catch (MalformedHeaderException e) {
      throw NotOpened.because(e.getMessage());
    }
  }

  /**
   * Returns whether a header is for all keys of a policy as it protects now, one after the other.
   */
  public boolean isWhole(Policy policy, Header header) throws BackendException {
    Shape shape = policy.protectWith();
    boolean whole =
        header.dataKeys() == shape.dataKeys()
            && header.combinator() == shape.combinator()
            && header.recipients().size() == shape.keys().size();
    for (int i = 0; whole && i < shape.keys().size(); i++) {
      whole = isFor(policy.access(), shape.keys().get(i), header.recipients().get(i));
    }
    return whole;
  }

  /** Returns the version that a key wraps with now; empty where its backend tells none. */
  public String version(Access access, KeyRef key) throws BackendException {
    return router.describe(access, key).currentVersion().map(KeyVersion::id).orElse("");
  }

  /**
   * Returns whether headers were wrapped by the present versions of a policy's keys, as far as
   * these tell.
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
      if (!versions.isEmpty() && !versions.equals(Set.of(version(policy.access(), keys.get(i))))) {
        return false;
      }
    }
    return true;
  }

  /** Returns what headers name the keys of a policy by: kind and identity of each. */
  public List<Map.Entry<String, String>> identities(Policy policy) throws BackendException {
    List<Map.Entry<String, String>> identities = new ArrayList<>();
    for (KeyRef key : policy.protectWith().keys()) {
      identities.add(
          Map.entry(
              router.facts().headerType(key.backend()), router.identity(policy.access(), key)));
    }
    return identities;
  }

  /**
   * Makes every key of the policy unwrap what it wrapped in a header that was just made.
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
      int i = place(policy.access(), header, key, own);
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

  /** Returns the recipient that a key is asked about; -1 if none is for it. */
  int place(Access access, Header header, KeyRef key, int own) throws BackendException {
    for (int i : ownFirst(own, header.recipients().size())) {
      Recipient recipient = header.recipients().get(i);
      if (recipient.share() == 0 && isFor(access, key, recipient)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Returns the recipients in the order in which a key tries them: first the one in its own place,
   * since two tokens can have different keys of one name.
   */
  static int[] ownFirst(int own, int count) {
    return IntStream.concat(
            IntStream.of(own).filter(i -> i < count),
            IntStream.range(0, count).filter(i -> i != own))
        .toArray();
  }

  byte[] unwrap(Policy policy, KeyRef key, WrappedKey wrapped, WrapContext context)
      throws BackendException {
    return router.pass(policy.access(), key, new KeyCall.Unwrap(wrapped, context));
  }

  /** Returns whether a recipient is this key, whatever its version. */
  public boolean isFor(Access access, KeyRef key, Recipient recipient) throws BackendException {
    return router.facts().headerType(key.backend()).equals(recipient.kind())
        && router.identity(access, key).equals(recipient.wrapped().identity());
  }

  static WrapContext context(
      Policy policy, Map<String, String> bound, Shape shape, int recipients, int index) {
    return bound.isEmpty()
        ? WrapContexts.of(policy, shape, recipients, index)
        : freshContext(policy, bound, shape, recipients, index);
  }

  static WrapContext freshContext(
      Policy policy, Map<String, String> bound, Shape shape, int recipients, int index) {
    Map<String, String> owner = new HashMap<>(bound);
    owner.put("keyhold-binding", policy.binding());
    policy.tenant().ifPresent(tenant -> owner.put("keyhold-tenant", tenant));
    return Header.wrapContext(shape.dataKeys(), shape.combinator(), recipients, index, owner);
  }
}
