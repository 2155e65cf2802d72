package dev.keyhold.cli.explain;

import dev.keyhold.admin.Administration;
import dev.keyhold.admin.ManagedBackend;
import dev.keyhold.cli.command.Entry;
import dev.keyhold.cli.command.KeyView;
import dev.keyhold.cli.cost.KeyFacts;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Keeper;
import dev.keyhold.keystore.Residence;

/**
 * A key of an alias as {@code explain --json} shows it; the names of the components are those of
 * the JSON. What is not known is null.
 *
 * @param key backend and name, as the configuration writes them
 * @param residence what is lost together with it
 * @param keeper {@code own-module}, {@code cloud} or {@code other}
 * @param module as configured; verified by nobody
 * @param certificate as configured; verified by nobody
 * @param problem why its backend did not tell of it
 * @param told what its backend told
 */
record ExplainedKey(
    String key,
    String backend,
    String backendType,
    String residence,
    String keeper,
    String module,
    String certificate,
    String problem,
    KeyView told) {

  static ExplainedKey of(String alias, KeyFacts facts, Administration admin)
      throws BackendException {
    String backend = facts.ref().backend();
    ManagedBackend place = admin.backend(backend);
    String type = place.type();
    return new ExplainedKey(
        facts.ref().toString(),
        backend,
        type,
        facts.residence().map(Residence::toString).orElse(null),
        keeper(place.keeper()),
        place.module().orElse(null),
        place.certificate().orElse(null),
        facts.problem().orElse(null),
        facts.key().map(key -> KeyView.of(new Entry(alias, backend, type, key))).orElse(null));
  }

  private static String keeper(Keeper keeper) {
    return switch (keeper) {
      case OWN_MODULE -> "own-module";
      case CLOUD -> "cloud";
      case OTHER -> "other";
    };
  }

  /** Returns the keeper of the key as text. */
  String keptBy() {
    return switch (keeper) {
      case "own-module" -> "its owner, in a module of his own";
      case "cloud" -> "the operator of the cloud service";
      default -> "neither a module of the owner's nor a cloud service";
    };
  }
}
