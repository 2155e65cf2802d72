package dev.keyhold.jca.key;

import dev.keyhold.instance.KeyholdProviders;
import dev.keyhold.keystore.LocalEngine;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.NoSuchPaddingException;

/**
 * Serves keys that are not Keyhold's, where Keyhold was named or pinned: by the first other
 * installed provider that takes the key.
 */
public final class NextProvider {
  private NextProvider() {}

  /** Makes an engine object of one provider and initialises it. */
  @FunctionalInterface
  private interface Attempt<T> {
    T with(Provider provider) throws GeneralSecurityException;
  }

  /** Initialises an engine object. */
  @FunctionalInterface
  public interface Init<T> {
    void on(T engine) throws InvalidKeyException, InvalidAlgorithmParameterException;
  }

  public static Signature signature(String algorithm, Key key, Init<Signature> init)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    return first(
        "Signature",
        algorithm,
        key,
        provider -> {
          Signature signature = Signature.getInstance(algorithm, provider);
          init.on(signature);
          return signature;
        });
  }

  public static KeyAgreement keyAgreement(String algorithm, Key key, Init<KeyAgreement> init)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    return first(
        "KeyAgreement",
        algorithm,
        key,
        provider -> {
          KeyAgreement agreement = KeyAgreement.getInstance(algorithm, provider);
          init.on(agreement);
          return agreement;
        });
  }

  /**
   * Initialises a cipher object.
   *
   * @param atHand tried first; null for the local engine's
   */
  public static Cipher cipher(String transformation, Cipher atHand, Key key, Init<Cipher> init)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    InvalidKeyException refusal;
    Cipher own = atHand;
    try {
      own = own == null ? LocalEngine.cipher(transformation) : own;
      init.on(own);
      return own;
    } catch (InvalidKeyException e) {
      refusal = e;
    } catch (NoSuchAlgorithmException | NoSuchPaddingException e) {
      refusal = new InvalidKeyException("no other provider has " + transformation, e);
    }
    for (Provider provider : others(key, "Cipher", transformation)) {
      try {
        Cipher cipher = Cipher.getInstance(transformation, provider);
        init.on(cipher);
        return cipher;
      } catch (NoSuchAlgorithmException | NoSuchPaddingException | InvalidKeyException e) {
        // the next one may take it
      }
    }
    throw refusal;
  }

  /**
   * Initialises a MAC object.
   *
   * @param atHand tried first; null for the local engine's
   */
  public static Mac mac(String algorithm, Mac atHand, Key key, Init<Mac> init)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    InvalidKeyException refusal;
    try {
      Mac own = atHand == null ? LocalEngine.mac(algorithm) : atHand;
      init.on(own);
      return own;
    } catch (InvalidKeyException e) {
      refusal = e;
    } catch (NoSuchAlgorithmException e) {
      refusal = new InvalidKeyException("no other provider has " + algorithm, e);
    }
    for (Provider provider : others(key, "Mac", algorithm)) {
      try {
        Mac mac = Mac.getInstance(algorithm, provider);
        init.on(mac);
        return mac;
      } catch (NoSuchAlgorithmException | InvalidKeyException e) {
        // the next one may take it
      }
    }
    throw refusal;
  }

  /**
   * Returns the installed providers that may take a key: of Keyhold's, only the one that it is of,
   * since another would call this again.
   */
  public static List<Provider> others(Key key, String type, String algorithm) {
    return Stream.of(Security.getProviders())
        .filter(
            provider -> {
              if (!KeyholdProviders.isOne(provider)) {
                return true;
              }
              Provider.Service service = provider.getService(type, algorithm);
              return key.getEncoded() == null && service != null && service.supportsParameter(key);
            })
        .toList();
  }

  private static <T> T first(String type, String algorithm, Key key, Attempt<T> attempt)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    if (key == null) {
      throw new InvalidKeyException("there is no key");
    }
    Exception refusal = null;
    for (Provider provider : others(key, type, algorithm)) {
      try {
        return attempt.with(provider);
      } catch (NoSuchAlgorithmException e) {
        // the next one may have it
      } catch (GeneralSecurityException | RuntimeException e) {
        refusal = refusal == null ? e : refusal;
      }
    }
    if (refusal instanceof InvalidAlgorithmParameterException e) {
      throw e;
    } else if (refusal instanceof InvalidKeyException e) {
      throw e;
    }
    throw new InvalidKeyException(
        "not a key of Keyhold, and no other provider serves %s with a key of %s"
            .formatted(algorithm, key.getAlgorithm()),
        refusal);
  }
}
