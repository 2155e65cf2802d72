package dev.keyhold.cli.command;

import dev.keyhold.admin.Administration;
import dev.keyhold.admin.KeyAddress;
import dev.keyhold.admin.ManagedKey;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys of a backend that have a name and are no alias's.
 *
 * @param uncovered how many have a name that no line of the configuration covers
 * @param hidden the names that the configuration routes to other keys
 */
public record NotListed(int uncovered, List<String> hidden) {
  private static final int SHOWN = 3;

  public static NotListed of(Administration admin, String backend, List<KeyMetadata> keys)
      throws BackendException {
    int uncovered = 0;
    List<String> hidden = new ArrayList<>();
    for (KeyMetadata key : keys) {
      if (!ManagedKey.hasName(key) || isNamed(admin, backend, key)) {
        continue;
      }
      if (!admin.isRouted(key.name())) {
        uncovered++;
      } else if (!admin
          .policy(key.name())
          .protectWith()
          .keys()
          .contains(new KeyAddress(backend, key.name()))) {
        hidden.add(key.name());
      }
    }
    return new NotListed(uncovered, hidden);
  }

  /** Returns whether a line names the key, by its name or by its URI's. */
  private static boolean isNamed(Administration admin, String backend, KeyMetadata key)
      throws BackendException {
    Optional<ManagedKey> known = admin.backend(backend).key(key.uri());
    return admin.lineNaming(new KeyAddress(backend, key.name())).isPresent()
        || (known.isPresent() && admin.lineNaming(known.get().address()).isPresent());
  }

  boolean isEmpty() {
    return uncovered == 0 && hidden.isEmpty();
  }

  /** Returns which keys these are and why, each kind by itself. */
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
