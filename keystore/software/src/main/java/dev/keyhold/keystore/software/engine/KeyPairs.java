package dev.keyhold.keystore.software.engine;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.LocalRandom;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;

/** Makes key pairs, and checks those that come from outside. Stateless. */
public final class KeyPairs {
  private static final int MAX_MATERIAL = 1 << 14;

  private KeyPairs() {}

  /** Returns a new key pair. */
  public static KeyPairMaterial generate(KeySpec spec) throws BackendException {
    try {
      if (MlDsa.isMlDsa(spec.algorithm())) {
        return ofSeed(spec, LocalRandom.bytes(MlDsa.SEED_LENGTH));
      }
      if (MlKem.isMlKem(spec.algorithm())) {
        return ofKemSeed(spec, LocalRandom.bytes(MlKem.SEED_LENGTH));
      }
      KeyPairGenerator generator =
          KeyPairGenerator.getInstance(
              spec.algorithm(), JdkEngines.of("KeyPairGenerator", spec.algorithm()));
      if (spec.algorithm().equals("RSA")) {
        generator.initialize(spec.bits(), LocalRandom.get());
      } else if (spec.algorithm().equals("EC")) {
        generator.initialize(
            new ECGenParameterSpec("secp" + spec.bits() + "r1"), LocalRandom.get());
      } else {
        generator.initialize(new NamedParameterSpec(spec.algorithm()), LocalRandom.get());
      }
      KeyPair pair = generator.generateKeyPair();
      return new KeyPairMaterial(pair.getPrivate().getEncoded(), pair.getPublic().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new BackendException(
          Reason.MISCONFIGURED, "this JVM can't make a key " + spec + ": check java.security", e);
    }
  }

  /** Returns a key pair from outside; its public half is computed from the private one. */
  public static KeyPairMaterial imported(KeySpec spec, byte[] pkcs8) throws BackendException {
    if (pkcs8.length > MAX_MATERIAL) {
      throw refused(spec, "it has more than " + MAX_MATERIAL + " bytes", null);
    }
    try {
      if (MlDsa.isMlDsa(spec.algorithm())) {
        return ofSeed(spec, MlDsa.seed(spec.algorithm(), pkcs8));
      }
      if (MlKem.isMlKem(spec.algorithm())) {
        return ofKemSeed(spec, MlKem.seed(spec.algorithm(), pkcs8));
      }
      byte[] publicKey = PublicHalf.of(spec, parse(spec.algorithm(), pkcs8), pkcs8);
      return new KeyPairMaterial(pkcs8.clone(), publicKey);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw refused(spec, e.getMessage(), e);
    }
  }

  /** Returns the engine's own form of a private key. */
  public static PrivateKey parse(String algorithm, byte[] pkcs8) throws GeneralSecurityException {
    if (MlDsa.isMlDsa(algorithm)) {
      byte[] seed = MlDsa.seed(algorithm, pkcs8);
      try {
        return MlDsa.privateKey(algorithm, seed, MlDsa.isInJdk());
      } finally {
        Arrays.fill(seed, (byte) 0);
      }
    }
    return KeyFactory.getInstance(algorithm, JdkEngines.of("KeyFactory", algorithm))
        .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  private static KeyPairMaterial ofSeed(KeySpec spec, byte[] seed) throws GeneralSecurityException {
    try {
      return new KeyPairMaterial(
          MlDsa.encode(spec.algorithm(), seed),
          MlDsa.publicKey(spec.algorithm(), seed, MlDsa.isInJdk()));
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  private static KeyPairMaterial ofKemSeed(KeySpec spec, byte[] seed) {
    try {
      return new KeyPairMaterial(
          MlKem.encode(spec.algorithm(), seed), MlKem.publicKey(spec.algorithm(), seed));
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  private static BackendException refused(KeySpec spec, String why, Exception cause) {
    return new BackendException(
        Reason.UNSUPPORTED, "the material is no PKCS#8 of a key " + spec + ": " + why, cause);
  }
}
