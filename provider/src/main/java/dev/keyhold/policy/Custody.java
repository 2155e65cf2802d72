package dev.keyhold.policy;

import dev.keyhold.keystore.Keeper;
import dev.keyhold.object.Combinator;
import java.util.Collection;
import java.util.Optional;

/** The custody constraint of an alias: which keepers must take part in opening its new objects. */
public enum Custody {
  /** No requirement: the default. */
  CLOUD_OK,
  /** No object opens without a module of the owner's. */
  OWN_HSM,
  /** No object opens without a module of the owner's, nor without a cloud service. */
  BOTH;

  /**
   * Returns what is wrong with a route.
   *
   * @param combinator how many of the keys it takes
   * @param keepers of its keys
   * @return empty if nothing is
   */
  public Optional<String> violation(Combinator combinator, Collection<Keeper> keepers) {
    boolean all = combinator == Combinator.ALL_OF;
    boolean own =
        all
            ? keepers.contains(Keeper.OWN_MODULE)
            : keepers.stream().allMatch(Keeper.OWN_MODULE::equals);
    boolean both = all && own && keepers.contains(Keeper.CLOUD);
    return switch (this) {
      case CLOUD_OK -> Optional.empty();
      case OWN_HSM ->
          own
              ? Optional.empty()
              : Optional.of(
                  "asks that nothing opens without an HSM of your own, but the keys of this alias"
                      + " do: route it to pkcs11 backends alone, or to all-of(...) with one");
      case BOTH ->
          both
              ? Optional.empty()
              : Optional.of(
                  "asks that nothing opens without an HSM of your own and a cloud KMS: route it to"
                      + " all-of(...) with one of each");
    };
  }
}
