package dev.keyhold.jca.generate;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.Callers;
import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import java.security.InvalidAlgorithmParameterException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Map;
import java.util.Set;
import javax.crypto.KeyGeneratorSpi;
import javax.crypto.SecretKey;

/**
 * Makes keys at a backend: the one of the alias that a {@link KeyholdGenParameterSpec} names, else
 * the one that {@code generate} names. Without either it refuses, so that the JDK asks the next
 * provider, as it would without Keyhold.
 */
public final class SecretKeyGenerator extends KeyGeneratorSpi {
  private final ProviderInstance instance;
  private final Birthplace birthplace;
  private final KeySpec defaultSpec;
  private final Purpose defaultPurpose;

  private KeyholdGenParameterSpec named;
  private int keySize;

  private SecretKeyGenerator(
      ProviderInstance instance, KeySpec defaultSpec, Purpose defaultPurpose) {
    this.instance = instance;
    birthplace = new Birthplace(instance);
    this.defaultSpec = defaultSpec;
    this.defaultPurpose = defaultPurpose;
    keySize = defaultSpec.bits();
  }

  public static SecretKeyGenerator aes(ProviderInstance instance) {
    return new SecretKeyGenerator(instance, KeySpec.AES_256, Purpose.ENCRYPT);
  }

  public static SecretKeyGenerator hmac(ProviderInstance instance, String algorithm) {
    return new SecretKeyGenerator(instance, KeySpec.hmac(algorithm), Purpose.MAC);
  }

  @Override
  protected void engineInit(AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidAlgorithmParameterException {
    if (!(parameters instanceof KeyholdGenParameterSpec spec)) {
      throw new InvalidAlgorithmParameterException("Keyhold takes a KeyholdGenParameterSpec");
    }
    if (spec.algorithmParameters().isPresent()) {
      throw new InvalidAlgorithmParameterException(
          "a key of " + defaultSpec.algorithm() + " has a size, and no other parameters");
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
    birthplace.refuseUnlessChosen();
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
      birthplace.refuseUnlessChosen();
    }
    // From here on a backend is chosen, and nothing may end in a key made elsewhere.
    try {
      Birthplace.Place place = birthplace.of(named);
      Set<Purpose> purposes = named == null ? Set.of() : named.purposes();
      return generate(place, purposes.isEmpty() ? Set.of(defaultPurpose) : purposes);
    } catch (BackendException | RuntimeException e) {
      throw JcaErrors.pastFailover(e);
    }
  }

  private SecretKey generate(Birthplace.Place place, Set<Purpose> purposes)
      throws BackendException {
    if (!isSize(keySize)) {
      throw new BackendException(
          Reason.UNSUPPORTED, defaultSpec.algorithm() + " has no keys of " + keySize + " bits");
    }
    KeySpec spec = new KeySpec(defaultSpec.algorithm(), keySize);
    Map<String, String> labels = named == null ? Map.of() : named.labels();
    KeyRouter router = instance.router();
    KeyMetadata key =
        router
            .administration(Callers.access(router, place.alias()))
            .create(place.ref(), spec, purposes, labels);
    return SecretKeyHandle.of(instance, place.alias(), key);
  }
}
