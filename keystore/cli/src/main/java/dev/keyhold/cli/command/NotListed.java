package dev.keyhold.cli.command;

import dev.keyhold.gate.KeyRouter;
import dev.keyhold.jca.keystore.BackendKeys;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.policy.KeyRef;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys of a backend that have a name and are no alias's.
 *
 * @param uncovered how many have a name that no line of the configuration covers
 * @param hidden the names that the configuration routes to other keys
 */
public record NotListed(int uncovered, List<String> hidden) {
  private static final int SHOWN = 3;

  public static NotListed of(KeyRouter router, String backend, List<KeyMetadata> keys)
      throws BackendException {
    int uncovered = 0;
    List<String> hidden = new ArrayList<>();
    for (KeyMetadata key : keys) {
      if (!BackendKeys.hasName(key) || isNamed(router, backend, key)) {
        continue;
      }
      if (!router.isRouted(key.name())) {
        uncovered++;
      } else if (!router
          .policy(key.name())
          .protectWith()
          .keys()
          .contains(new KeyRef(backend, key.name()))) {
        hidden.add(key.name());
      }
    }
    return new NotListed(uncovered, hidden);
  }

  /** Whether a line names the key, by its name or by its URI's. */
  private static boolean isNamed(KeyRouter router, String backend, KeyMetadata key) {
    return router.lineNaming(new KeyRef(backend, key.name())).isPresent()
        || router
            .facts()
            .nameOf(backend, key.uri())
            .flatMap(name -> router.lineNaming(new KeyRef(backend, name)))
            .isPresent();
  }

  boolean isEmpty() {
    return uncovered == 0 && hidden.isEmpty();
  }

  /** Which keys these are and why, each kind by itself. */
  public List<String> reasons(String ofBackend) {
    List<String> reasons = new ArrayList<>();
    if (uncovered > 0) {
      reasons.add(
          "%s%s, whose names no line key.<alias> of the configuration covers"
              .formatted(Numbers.keys(uncovered), ofBackend));
    }
    if (!hidden.isEmpty()) {
      String more = hidden.size() > SHOWN ? ", …" : "";
      reasons.add(
          "%s%s, whose names the configuration routes to other keys: %s%s"
              .formatted(
                  Numbers.keys(hidden.size()),
                  ofBackend,
                  String.join(", ", hidden.subList(0, Math.min(SHOWN, hidden.size()))),
                  more));
    }
    return reasons;
  }
}
