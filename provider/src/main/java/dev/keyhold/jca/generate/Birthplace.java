package dev.keyhold.jca.generate;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.instance.KeyholdProviders;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.object.Combinator;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Policy;
import java.security.InvalidParameterException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * The place where a generator makes a key: the backend of the alias that a {@link
 * KeyholdGenParameterSpec} names, else the one that {@code generate} names, else none.
 */
final class Birthplace {
  private static final System.Logger LOG = System.getLogger("dev.keyhold");

  private final ProviderInstance instance;

  Birthplace(ProviderInstance instance) {
    this.instance = instance;
  }

  /** A key to be made, and how the application will know it. */
  record Place(KeyRef ref, String alias) {}

  /**
   * Chooses a place.
   *
   * @param named null if no spec names the alias
   */
  Place of(KeyholdGenParameterSpec named) throws BackendException {
    KeyRouter router = instance.router();
    KeyholdProviders.warnOfOthers(instance);
    if (named == null) {
      String backend = router.configuration().generate().orElseThrow();
      if (!router.facts().renames(backend)) {
        throw new BackendException(
            Reason.UNSUPPORTED,
            "a name at backend %s is permanent, so that a key without an alias would never get one: name it by a KeyholdGenParameterSpec, or make it by keyhold keys create ALIAS"
                .formatted(backend));
      }
      UUID id = UUID.randomUUID();
      String suffix =
          HexFormat.of().toHexDigits(id.getMostSignificantBits())
              + HexFormat.of().toHexDigits(id.getLeastSignificantBits());
      String alias = KeyRouter.unnamed(suffix);
      return new Place(new KeyRef(backend, alias), alias);
    }
    Policy policy = router.policy(named.alias());
    if (policy.protectWith().combinator() != Combinator.SINGLE) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "alias " + named.alias() + " has several keys; make each under an alias of its own");
    }
    return new Place(policy.soleKey(), named.alias());
  }

  /**
   * Throws a RuntimeException where no backend is chosen. A configuration that cannot be read may
   * have chosen one: then this throws nothing, and making the key will fail without another
   * provider being asked.
   */
  void refuseUnlessChosen() {
    if (instance.isUnconfigured()) {
      throw refusal();
    }
    Optional<String> generate;
    try {
      generate = instance.configuration().generate();
    } catch (BackendException e) {
      LOG.log(System.Logger.Level.DEBUG, "a generator without a usable configuration", e);
      return;
    }
    if (generate.isEmpty()) {
      throw refusal();
    }
  }

  private static InvalidParameterException refusal() {
    return new InvalidParameterException(
        "Keyhold makes a key where a KeyholdGenParameterSpec names its alias, or where the"
            + " configuration says generate = <backend>");
  }
}
