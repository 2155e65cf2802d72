package dev.keyhold.cli.cost;

import dev.keyhold.admin.AliasPolicy;
import dev.keyhold.admin.KeyAddress;
import dev.keyhold.admin.KeySet;
import dev.keyhold.admin.ManagedKey;
import dev.keyhold.cli.command.Session;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.Residence;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The facts that are known about a key that an alias lists.
 *
 * @param key as its backend tells it; empty if that was not asked, or did not tell
 * @param problem why it did not
 */
public record KeyFacts(
    KeyAddress ref,
    Optional<KeyMetadata> key,
    Optional<String> problem,
    Optional<Residence> residence) {

  private static final String NOT_THERE = "not there: ";

  /** Returns whether its backend said that there is no such key. */
  public boolean isAbsent() {
    return problem.filter(text -> text.startsWith(NOT_THERE)).isPresent();
  }

  /** Returns all keys of a policy, former ones last. Asks each key's backend, if requested. */
  public static Map<KeyAddress, KeyFacts> of(Session session, AliasPolicy policy, boolean offline)
      throws BackendException {
    Map<KeyAddress, KeyFacts> facts = new LinkedHashMap<>();
    for (KeySet shape : policy.opensWith()) {
      for (KeyAddress ref : shape.keys()) {
        if (!facts.containsKey(ref)) {
          ManagedKey key = session.admin().key(ref);
          facts.put(ref, offline ? configured(key) : asked(session, key));
        }
      }
    }
    return facts;
  }

  private static KeyFacts configured(ManagedKey key) {
    return new KeyFacts(key.address(), Optional.empty(), Optional.empty(), key.residence());
  }

  private static KeyFacts asked(Session session, ManagedKey key) throws BackendException {
    try {
      session.unlock(key.address().backend());
      KeyMetadata told = key.describe();
      // the URI may tell more than the name: an ARN has a region
      Optional<Residence> residence =
          session
              .admin()
              .backend(key.address().backend())
              .key(told.uri())
              .flatMap(ManagedKey::residence)
              .or(key::residence);
      return new KeyFacts(key.address(), Optional.of(told), Optional.empty(), residence);
    } catch (BackendException e) {
      String what =
          switch (e.reason()) {
            case UNAVAILABLE -> "not reachable: ";
            case NOT_FOUND -> NOT_THERE;
            case DENIED -> "not shown: ";
            case BAD_CIPHERTEXT, MISCONFIGURED, UNSUPPORTED -> "not asked: ";
          };
      return new KeyFacts(
          key.address(), Optional.empty(), Optional.of(what + e.getMessage()), key.residence());
    }
  }

  /** Returns what kind of key it is; a KEK, where its backend did not tell. */
  KeySpec spec() {
    return key.map(KeyMetadata::spec).orElse(KeySpec.AES_256);
  }

  String protection() {
    return key.map(told -> told.attributes().protection()).orElse("");
  }

  /** Returns the number of versions, without destroyed ones; 1 if it is not known. */
  long versions() {
    return Math.max(
        1,
        key.map(
                told ->
                    told.versions().stream()
                        .filter(version -> version.state() != KeyState.DESTROYED)
                        .count())
            .orElse(1L));
  }

  /** Returns what the key is used for itself; empty if it wraps data keys, as far as is known. */
  public Optional<Purpose> directUse() {
    return key.filter(told -> !told.purposes().contains(Purpose.ENCRYPT))
        .flatMap(told -> told.purposes().stream().sorted().findFirst());
  }
}
