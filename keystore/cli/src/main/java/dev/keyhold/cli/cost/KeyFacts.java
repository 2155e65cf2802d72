package dev.keyhold.cli.cost;

import dev.keyhold.cli.command.Session;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.Residence;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Policy;
import dev.keyhold.policy.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a key that an alias lists.
 *
 * @param key as its backend tells it; empty if that was not asked, or did not tell
 * @param problem why it did not
 */
public record KeyFacts(
    KeyRef ref,
    Optional<KeyMetadata> key,
    Optional<String> problem,
    Optional<Residence> residence) {

  private static final String NOT_THERE = "not there: ";

  /** Whether its backend said that there is no such key. */
  public boolean isAbsent() {
    return problem.filter(text -> text.startsWith(NOT_THERE)).isPresent();
  }

  /** All keys of a policy, former ones last. Asks each key's backend, unless that is not wanted. */
  public static Map<KeyRef, KeyFacts> of(Session session, Policy policy, boolean offline)
      throws BackendException {
    Map<KeyRef, KeyFacts> facts = new LinkedHashMap<>();
    for (Shape shape : policy.opensWith()) {
      for (KeyRef ref : shape.keys()) {
        if (!facts.containsKey(ref)) {
          facts.put(ref, offline ? configured(session.router(), ref) : asked(session, ref));
        }
      }
    }
    return facts;
  }

  private static KeyFacts configured(KeyRouter router, KeyRef ref) {
    return new KeyFacts(ref, Optional.empty(), Optional.empty(), router.facts().residence(ref));
  }

  private static KeyFacts asked(Session session, KeyRef ref) throws BackendException {
    KeyRouter router = session.router();
    try {
      session.unlock(ref.backend());
      KeyMetadata key = router.describe(ref);
      // the URI may tell more than the name: an ARN has a region
      Optional<Residence> residence =
          router
              .facts()
              .nameOf(ref.backend(), key.uri())
              .flatMap(name -> router.facts().residence(new KeyRef(ref.backend(), name)))
              .or(() -> router.facts().residence(ref));
      return new KeyFacts(ref, Optional.of(key), Optional.empty(), residence);
    } catch (BackendException e) {
      String what =
          switch (e.reason()) {
            case UNAVAILABLE -> "not reachable: ";
            case NOT_FOUND -> NOT_THERE;
            case DENIED -> "not shown: ";
            case BAD_CIPHERTEXT, MISCONFIGURED, UNSUPPORTED -> "not asked: ";
          };
      return new KeyFacts(
          ref, Optional.empty(), Optional.of(what + e.getMessage()), router.facts().residence(ref));
    }
  }

  /** What kind of key it is; a KEK, where its backend did not tell. */
  KeySpec spec() {
    return key.map(KeyMetadata::spec).orElse(KeySpec.AES_256);
  }

  String protection() {
    return key.map(told -> told.attributes().protection()).orElse("");
  }

  /** How many versions there are, destroyed ones apart; 1 if it is not known. */
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

  /** What the key is used for itself; empty if it wraps data keys, as far as is known. */
  public Optional<Purpose> directUse() {
    return key.filter(told -> !told.purposes().contains(Purpose.ENCRYPT))
        .flatMap(told -> told.purposes().stream().sorted().findFirst());
  }
}
