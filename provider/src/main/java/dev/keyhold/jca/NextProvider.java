package dev.keyhold.jca;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import javax.crypto.KeyAgreement;

/**
 * Serves keys that are not Keyhold's, where Keyhold was named or pinned: by the first other
 * installed provider that takes the key.
 */
final class NextProvider {
  private NextProvider() {}

  /** Makes an engine object of one provider and initialises it. */
  @FunctionalInterface
  private interface Attempt<T> {
    T with(Provider provider) throws GeneralSecurityException;
  }

  /** Initialises an engine object. */
  @FunctionalInterface
  interface Init<T> {
    void on(T engine) throws InvalidKeyException, InvalidAlgorithmParameterException;
  }

  static Signature signature(String algorithm, Key key, Init<Signature> init)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    return first(
        algorithm,
        key,
        provider -> {
          Signature signature = Signature.getInstance(algorithm, provider);
          init.on(signature);
          return signature;
        });
  }

  static KeyAgreement keyAgreement(String algorithm, Key key, Init<KeyAgreement> init)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    return first(
        algorithm,
        key,
        provider -> {
          KeyAgreement agreement = KeyAgreement.getInstance(algorithm, provider);
          init.on(agreement);
          return agreement;
        });
  }

  private static <T> T first(String algorithm, Key key, Attempt<T> attempt)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    if (key == null) {
      throw new InvalidKeyException("there is no key");
    }
    Exception refusal = null;
    for (Provider provider : Security.getProviders()) {
      if (provider.getName().equals("Keyhold")) {
        continue;
      }
      try {
        return attempt.with(provider);
      } catch (java.security.NoSuchAlgorithmException e) {
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
