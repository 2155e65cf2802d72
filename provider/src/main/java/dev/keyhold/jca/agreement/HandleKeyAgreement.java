package dev.keyhold.jca.agreement;

import dev.keyhold.gate.KeyCall;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.NextProvider;
import dev.keyhold.jca.key.PrivateKeyHandle;
import dev.keyhold.jca.key.Refusal;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.policy.Policy;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.KeyAgreement;
import javax.crypto.KeyAgreementSpi;
import javax.crypto.SecretKey;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * ECDH and X25519: with a private handle, by the key's backend, one call for {@link
 * #engineDoPhase}; with any other key, the next provider's.
 */
public final class HandleKeyAgreement extends KeyAgreementSpi {
  /** The key algorithms that the JDK, too, makes of a raw secret. */
  private static final List<String> RAW = List.of("TlsPremasterSecret", "Generic");

  private final ProviderInstance instance;
  private final String algorithm;

  /** Does the work for keys that are not Keyhold's. */
  private KeyAgreement foreign;

  private PrivateKeyHandle key;
  private Policy policy;
  private byte[] secret;

  public HandleKeyAgreement(ProviderInstance instance, String algorithm) {
    this.instance = instance;
    this.algorithm = algorithm;
  }

  /** Returns whether a key agrees by an algorithm. */
  public static boolean isFor(KeyHandle key, String algorithm) {
    String keys =
        switch (algorithm) {
          case "ECDH" -> "EC";
          case "XDH", "X25519" -> "XDH";
          default -> "none";
        };
    return key instanceof PrivateKeyHandle handle
        && handle.getAlgorithm().equals(keys)
        && handle.abilities().purposes().contains(Purpose.AGREE);
  }

  @Override
  protected void engineInit(Key newKey, SecureRandom random) throws InvalidKeyException {
    Optional<KeyHandle> handle = KeyHandle.own(newKey, instance);
    if (handle.isPresent()) {
      initWithHandle(handle.get());
      return;
    }
    try {
      foreign =
          NextProvider.keyAgreement(algorithm, newKey, agreement -> agreement.init(newKey, random));
    } catch (InvalidAlgorithmParameterException e) {
      throw new InvalidKeyException(e.getMessage(), e);
    }
    key = null;
    forget();
  }

  @Override
  protected void engineInit(Key newKey, AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    Optional<KeyHandle> handle = KeyHandle.own(newKey, instance);
    if (handle.isPresent()) {
      if (parameters != null) {
        throw new InvalidAlgorithmParameterException(algorithm + " takes no parameters");
      }
      initWithHandle(handle.get());
      return;
    }
    foreign =
        NextProvider.keyAgreement(
            algorithm, newKey, agreement -> agreement.init(newKey, parameters, random));
    key = null;
    forget();
  }

  private void initWithHandle(KeyHandle handle) throws InvalidKeyException {
    handle.requireOf(instance);
    if (!isFor(handle, algorithm) || !(handle instanceof PrivateKeyHandle privateKey)) {
      throw Refusal.of(handle, "KeyAgreement " + algorithm);
    }
    try {
      policy = privateKey.solePolicy();
    } catch (BackendException e) {
      throw JcaErrors.atInit(e);
    }
    key = privateKey;
    foreign = null;
    forget();
  }

  @Override
  protected Key engineDoPhase(Key peer, boolean lastPhase) throws InvalidKeyException {
    if (key == null) {
      return foreign.doPhase(peer, lastPhase);
    }
    if (!lastPhase) {
      throw new IllegalStateException(algorithm + " has two parties");
    }
    if (!(peer instanceof PublicKey publicKey)
        || !publicKey.getAlgorithm().equals(key.getAlgorithm())
        || publicKey.getEncoded() == null) {
      throw new InvalidKeyException("the other's key must be a public key for " + algorithm);
    }
    forget();
    try {
      secret = key.instance().router().pass(policy, new KeyCall.Agree(publicKey.getEncoded()));
    } catch (BackendException e) {
      if (e.reason() == Reason.BAD_CIPHERTEXT) {
        throw new InvalidKeyException(e.getMessage(), e);
      }
      throw JcaErrors.atInit(e);
    }
    return null;
  }

  @Override
  protected byte[] engineGenerateSecret() {
    if (key == null) {
      return foreign.generateSecret();
    }
    byte[] result = requireSecret().clone();
    forget();
    return result;
  }

  @Override
  protected int engineGenerateSecret(byte[] out, int offset) throws ShortBufferException {
    if (key == null) {
      return foreign.generateSecret(out, offset);
    }
    byte[] result = requireSecret();
    if (result.length > out.length - offset) {
      throw new ShortBufferException("the secret has " + result.length + " bytes");
    }
    int length = result.length;
    System.arraycopy(result, 0, out, offset, length);
    forget();
    return length;
  }

  @Override
  protected SecretKey engineGenerateSecret(String keyAlgorithm)
      throws NoSuchAlgorithmException, InvalidKeyException {
    if (key == null) {
      return foreign.generateSecret(keyAlgorithm);
    }
    if (!RAW.contains(keyAlgorithm)) {
      throw new NoSuchAlgorithmException(
          "a raw secret is no key for %s; derive one from generateSecret()"
              .formatted(keyAlgorithm));
    }
    SecretKeySpec result = new SecretKeySpec(requireSecret(), keyAlgorithm);
    forget();
    return result;
  }

  private byte[] requireSecret() {
    if (secret == null) {
      throw new IllegalStateException("call doPhase first");
    }
    return secret;
  }

  private void forget() {
    if (secret != null) {
      Arrays.fill(secret, (byte) 0);
      secret = null;
    }
  }
}
