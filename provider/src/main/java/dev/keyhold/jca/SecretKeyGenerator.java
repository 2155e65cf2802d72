package dev.keyhold.jca;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.routing.Combinator;
import dev.keyhold.routing.KeyRef;
import dev.keyhold.routing.KeyRouter;
import dev.keyhold.routing.Policy;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidParameterException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.crypto.KeyGeneratorSpi;
import javax.crypto.SecretKey;

/**
 * Makes keys at a backend: the one of the alias that a {@link KeyholdGenParameterSpec} names, else
 * the one that {@code generate} names. Without either it refuses, so that the JDK asks the next
 * provider, as it would were Keyhold not there.
 */
final class SecretKeyGenerator extends KeyGeneratorSpi {
  private static final System.Logger LOG = System.getLogger("dev.keyhold");

  private final Instance instance;
  private final KeySpec defaultSpec;
  private final Purpose defaultPurpose;

  private KeyholdGenParameterSpec named;
  private int keySize;

  private SecretKeyGenerator(Instance instance, KeySpec defaultSpec, Purpose defaultPurpose) {
    this.instance = instance;
    this.defaultSpec = defaultSpec;
    this.defaultPurpose = defaultPurpose;
    keySize = defaultSpec.bits();
  }

  static SecretKeyGenerator aes(Instance instance) {
    return new SecretKeyGenerator(instance, KeySpec.AES_256, Purpose.ENCRYPT);
  }

  static SecretKeyGenerator hmac(Instance instance, String algorithm) {
    return new SecretKeyGenerator(instance, KeySpec.hmac(algorithm), Purpose.MAC);
  }

  @Override
  protected void engineInit(AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidAlgorithmParameterException {
    if (!(parameters instanceof KeyholdGenParameterSpec spec)) {
      throw new InvalidAlgorithmParameterException("Keyhold takes a KeyholdGenParameterSpec");
    }
    int bits = spec.keySize().orElse(defaultSpec.bits());
    if (!isSize(bits)) {
      throw new InvalidAlgorithmParameterException(
          defaultSpec.algorithm() + " has no keys of " + bits + " bits");
    }
    named = spec;
    keySize = bits;
  }

  @Override
  protected void engineInit(int bits, SecureRandom random) {
    refuseUnlessConfigured();
    // A size that no backend has is refused when the key is made: here, the JCA would go on to a
    // provider that makes such a key locally.
    named = null;
    keySize = bits;
  }

  @Override
  protected void engineInit(SecureRandom random) {
    engineInit(defaultSpec.bits(), random);
  }

  private boolean isSize(int bits) {
    return defaultSpec.isHmac()
        ? bits >= 112 && bits <= 1024 && bits % 8 == 0
        : bits == 128 || bits == 192 || bits == 256;
  }

  @Override
  protected SecretKey engineGenerateKey() {
    if (named == null) {
      refuseUnlessConfigured();
    }
    // From here on a backend is chosen, and nothing may end in a key made elsewhere.
    try {
      return named == null ? generateUnnamed() : generateNamed();
    } catch (BackendException | RuntimeException e) {
      throw Errors.pastFailover(e);
    }
  }

  private SecretKey generateNamed() throws BackendException {
    KeyRouter router = instance.router();
    Policy policy = router.policy(named.alias());
    if (policy.protectWith().combinator() != Combinator.SINGLE) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "alias " + named.alias() + " has several keys; make each under an alias of its own");
    }
    return generate(policy.soleKey(), named.alias(), purposes());
  }

  private SecretKey generateUnnamed() throws BackendException {
    String backend = instance.router().configuration().generate().orElseThrow();
    UUID id = UUID.randomUUID();
    String suffix =
        HexFormat.of().toHexDigits(id.getMostSignificantBits())
            + HexFormat.of().toHexDigits(id.getLeastSignificantBits());
    String alias = KeyRouter.unnamed(suffix);
    return generate(new KeyRef(backend, alias), alias, Set.of(defaultPurpose));
  }

  private SecretKey generate(KeyRef ref, String alias, Set<Purpose> purposes)
      throws BackendException {
    if (!isSize(keySize)) {
      throw new BackendException(
          Reason.UNSUPPORTED, defaultSpec.algorithm() + " has no keys of " + keySize + " bits");
    }
    KeySpec spec = new KeySpec(defaultSpec.algorithm(), keySize);
    KeyMetadata key = instance.router().create(ref, spec, purposes);
    return SecretKeyHandle.of(instance, alias, key);
  }

  private Set<Purpose> purposes() {
    return named.purposes().isEmpty() ? Set.of(defaultPurpose) : named.purposes();
  }

  /**
   * Throws a RuntimeException where no backend is chosen. A configuration that cannot be read may
   * have chosen one: then this lets it pass, and making the key will fail for good.
   */
  private void refuseUnlessConfigured() {
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
