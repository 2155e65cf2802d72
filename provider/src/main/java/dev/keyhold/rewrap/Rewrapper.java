package dev.keyhold.rewrap;

import dev.keyhold.config.Configuration;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.gate.ObjectGate;
import dev.keyhold.keys.PolicyKeys;
import dev.keyhold.keys.PolicyKeys.Opened;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.kit.BoundedMemory;
import dev.keyhold.object.Combinator;
import dev.keyhold.object.Engine;
import dev.keyhold.object.Header;
import dev.keyhold.object.Header.MalformedHeaderException;
import dev.keyhold.object.HeaderMac;
import dev.keyhold.object.NotOpened;
import dev.keyhold.object.Recipient;
import dev.keyhold.observe.ObjectCounts.Operation;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Policy;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.AEADBadTagException;

/**
 * Protects the top keys of headers anew, for the keys that a policy has now, in the version that
 * they have now. Opens with whatever the policy may open; writes for all of its present keys, or
 * not at all. One serves one run: it asks once which version of a key is current, and remembers
 * what became of a header, since all objects of an epoch have the same. Not thread-safe.
 */
public final class Rewrapper {
  private static final int REMEMBERED = 1024;

  private final KeyRouter router;
  private final ObjectGate gate;
  private final PolicyKeys policyKeys;
  private final Engine.Pool pool;
  private final Policy policy;
  private final boolean always;

  /** The configuration of the policy: its names of backends may mean others in the next one. */
  private final Configuration configuration;

  private final Map<KeyRef, String> versions = new HashMap<>();

  /** The result for each header; empty where the header stays. Headers are no secrets. */
  private final BoundedMemory<ByteBuffer, Optional<byte[]>> done = new BoundedMemory<>(REMEMBERED);

  /** Whether a rewrap would change a header, where it was only asked. */
  private final BoundedMemory<ByteBuffer, Boolean> due = new BoundedMemory<>(REMEMBERED);

  public Rewrapper(
      KeyRouter router,
      ObjectGate gate,
      PolicyKeys policyKeys,
      Engine.Pool pool,
      Policy policy,
      boolean always) {
    this.router = router;
    this.gate = gate;
    this.policyKeys = policyKeys;
    this.pool = pool;
    this.policy = policy;
    this.always = always;
    configuration = router.configuration();
  }

  /**
   * Returns whether a rewrap would change a header. It is opened for that by each of its present
   * keys, with one call for each configured key at most; nothing is wrapped.
   *
   * @param header exactly a header
   */
  public boolean isDue(byte[] header) throws BackendException, AEADBadTagException {
    gate.pass(policy.access(), Operation.REWRAP);
    ByteBuffer key = ByteBuffer.wrap(header.clone());
    Optional<Optional<byte[]>> known = done.get(key);
    if (known.isPresent()) {
      return known.get().isPresent();
    }
    Optional<Boolean> before = due.get(key);
    boolean asked;
    if (before.isPresent()) {
      asked = before.get();
    } else {
      Header parsed = parse(header);
      Opened opened = open(header);
      try {
        asked = isDue(target(parsed), parsed, opened);
      } finally {
        Arrays.fill(opened.topKey(), (byte) 0);
      }
      due.put(key, asked);
    }
    return asked;
  }

  /**
   * Protects the top key of a header anew. The new header was opened with each of its keys before
   * it is returned.
   *
   * @param header exactly a header; not changed
   * @return the new header, of any length; empty if the old one has all present keys in their
   *     present version, and opens
   * @throws AEADBadTagException if the header does not open, as in decryption
   * @throws BackendException if a key is denied or out of reach; with MISCONFIGURED if the policy
   *     does not open objects of this one's mode with its present keys
   */
  public Optional<byte[]> rewrap(byte[] header) throws BackendException, AEADBadTagException {
    gate.pass(policy.access(), Operation.REWRAP);
    ByteBuffer key = ByteBuffer.wrap(header.clone());
    Optional<Optional<byte[]>> known = done.get(key);
    if (known.isPresent()) {
      return known.get().map(byte[]::clone);
    }
    Optional<byte[]> next = protectAnew(header);
    done.put(key, next);
    next.ifPresent(made -> done.put(ByteBuffer.wrap(made.clone()), Optional.empty()));
    return next.map(byte[]::clone);
  }

  private Optional<byte[]> protectAnew(byte[] header) throws BackendException, AEADBadTagException {
    if (router.configuration() != configuration) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "the configuration was read again since this run began; begin another one");
    }
    Header parsed = parse(header);
    Opened opened = open(header);
    byte[] topKey = opened.topKey();
    try {
      Policy target = target(parsed);
      if (!isDue(target, parsed, opened)) {
        return Optional.empty();
      }
      Header wrapped = policyKeys.wrap(target, topKey);
      requireOpens(target, wrapped, topKey);
      byte[] made = wrapped.encode(header.length);
      HeaderMac.put(pool, topKey, made);
      return Optional.of(made);
    } finally {
      Arrays.fill(topKey, (byte) 0);
    }
  }

  private static Header parse(byte[] header) throws AEADBadTagException {
    try {
      return Header.parse(header);
    } catch (MalformedHeaderException e) {
      throw NotOpened.because(e.getMessage());
    }
  }

  private Opened open(byte[] header) throws BackendException, AEADBadTagException {
    Engine engine = pool.take();
    try {
      return policyKeys.opened(policy, header, engine);
    } finally {
      pool.giveBack(engine);
    }
  }

  /**
   * Returns the policy for a header of this mode: the mode is that of the data, and no header can
   * change it.
   */
  private Policy target(Header header) throws BackendException {
    Policy target = policy.inMode(header.dataKeys());
    if (!policy.opensWith().contains(target.protectWith())) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "the object is of mode %s, which a rewrap can't change, and alias %s opens only %s with its"
                  .formatted(
                      header.dataKeys().text(),
                      policy.alias(),
                      policy.protectWith().dataKeys().text())
              + " present keys: list these in key.%s.decrypt-with too, which is about both modes, or decrypt the object and encrypt it anew"
                  .formatted(policy.alias()));
    }
    return target;
  }

  /**
   * Returns whether a header has other keys or versions than the policy's present ones, or wraps of
   * different keys for them.
   */
  private boolean isDue(Policy target, Header header, Opened opened) throws BackendException {
    return hasOthers(target, header)
        || (header.combinator() == Combinator.ANY_OF
            && !policyKeys.allUnwrap(target, header, opened.topKey(), opened.by()));
  }

  private boolean hasOthers(Policy target, Header header) throws BackendException {
    List<KeyRef> keys = target.protectWith().keys();
    Combinator combinator = target.protectWith().combinator();
    if (always || header.combinator() != combinator || header.recipients().size() != keys.size()) {
      return true;
    }
    List<Recipient> others = new ArrayList<>(header.recipients());
    for (KeyRef key : keys) {
      if (!removeCurrent(others, key)) {
        return true;
      }
    }
    return false;
  }

  /** Takes away the recipient that is a key in its present version; false if there is none. */
  private boolean removeCurrent(List<Recipient> recipients, KeyRef key) throws BackendException {
    for (Recipient recipient : recipients) {
      String version = recipient.wrapped().version();
      if (policyKeys.isFor(policy.access(), key, recipient)
          && (version.isEmpty() || version.equals(version(key)))) {
        return recipients.remove(recipient);
      }
    }
    return false;
  }

  /** Returns the version that a key wraps with now. */
  private String version(KeyRef key) throws BackendException {
    String version = versions.get(key);
    if (version == null) {
      version = policyKeys.version(policy.access(), key);
      versions.put(key, version);
    }
    return version;
  }

  /** Makes every key of the new header unwrap it: one that can't would be noticed too late. */
  private void requireOpens(Policy target, Header header, byte[] topKey) throws BackendException {
    byte[] back = policyKeys.unwrapWithAll(target, header);
    boolean same = MessageDigest.isEqual(topKey, back);
    Arrays.fill(back, (byte) 0);
    if (!same) {
      throw new BackendException(
          Reason.UNAVAILABLE,
          "the backends of alias %s unwrap another key than they wrapped; the old header stays"
              .formatted(policy.alias()));
    }
  }
}
