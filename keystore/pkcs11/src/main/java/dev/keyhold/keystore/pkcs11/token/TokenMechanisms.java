package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.pkcs11.library.Pkcs11Errors;
import java.security.GeneralSecurityException;
import java.security.InvalidParameterException;
import java.security.Provider;
import java.security.ProviderException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * The mechanisms of one token, and which of them it honours: tried out with session keys, which
 * leave nothing behind. Thread-safe.
 */
public final class TokenMechanisms {
  public static final int IV_LENGTH = 12;
  public static final int TAG_LENGTH = 16;

  private final Provider provider;
  private final Map<String, Boolean> tried = new ConcurrentHashMap<>();

  TokenMechanisms(Provider provider) {
    this.provider = provider;
  }

  /** Returns a new session key: of the templates' attributes, gone with its object. */
  SecretKey generate(String algorithm, int bits) throws GeneralSecurityException {
    KeyGenerator generator = KeyGenerator.getInstance(algorithm, provider);
    try {
      generator.init(bits);
    } catch (InvalidParameterException e) {
      throw new GeneralSecurityException(bits + " bits are no size for " + algorithm, e);
    }
    return generator.generateKey();
  }

  /**
   * Runs AES-GCM in the token, in one call over all input: SunPKCS11 loses data of a second call,
   * and uses an IV of 16 bytes if it is given none.
   *
   * @param mode one of the modes of {@link Cipher}
   */
  byte[] gcm(int mode, SecretKey key, byte[] iv, byte[] aad, byte[] input)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(mode, key, new GCMParameterSpec(8 * TAG_LENGTH, iv));
    cipher.updateAAD(aad);
    return cipher.doFinal(input);
  }

  /** Returns an HMAC in the token. */
  byte[] hmac(String algorithm, SecretKey key, byte[] message) throws GeneralSecurityException {
    Mac mac = Mac.getInstance(algorithm, provider);
    mac.init(key);
    return mac.doFinal(message);
  }

  /** Returns whether AES-GCM works, and under the IV that we pass. */
  boolean honoursGcmIv() throws BackendException {
    return tried(
        "AES-GCM",
        () -> {
          byte[] iv = LocalRandom.bytes(IV_LENGTH);
          byte[] aad = LocalRandom.bytes(20);
          byte[] plaintext = LocalRandom.bytes(32);
          SecretKey key = generate("AES", 256);
          byte[] once = gcm(Cipher.ENCRYPT_MODE, key, iv, aad, plaintext);
          // encrypts the same under the same key and IV, which protects nothing else
          byte[] twice = gcm(Cipher.ENCRYPT_MODE, key, iv, aad, plaintext);
          byte[] back = gcm(Cipher.DECRYPT_MODE, key, iv, aad, once);
          return once.length == plaintext.length + TAG_LENGTH
              && Arrays.equals(once, twice)
              && Arrays.equals(plaintext, back)
              && refusesForgery(key, iv, aad, once);
        });
  }

  /** Returns whether the token computes this HMAC with keys of this size. */
  boolean computesHmac(String algorithm, int bits) throws BackendException {
    return tried(
        algorithm + "-" + bits,
        () -> {
          SecretKey key = generate(algorithm, bits);
          byte[] message = LocalRandom.bytes(32);
          return Arrays.equals(hmac(algorithm, key, message), hmac(algorithm, key, message));
        });
  }

  private boolean refusesForgery(SecretKey key, byte[] iv, byte[] aad, byte[] ciphertext) {
    byte[] forged = ciphertext.clone();
    forged[forged.length - 1] ^= 1;
    try {
      gcm(Cipher.DECRYPT_MODE, key, iv, aad, forged);
      return false;
    } catch (GeneralSecurityException | ProviderException e) {
      return true;
    }
  }

  private boolean tried(String mechanism, Trial trial) throws BackendException {
    Boolean known = tried.get(mechanism);
    if (known != null) {
      return known;
    }
    boolean works;
    try {
      works = trial.run();
    } catch (GeneralSecurityException | ProviderException e) {
      if (Pkcs11Errors.isStale(e) || Pkcs11Errors.isLost(e)) {
        throw Pkcs11Errors.translate("trying out " + mechanism, e);
      }
      works = false;
    }
    tried.put(mechanism, works);
    return works;
  }

  /** One trial of a mechanism. */
  @FunctionalInterface
  private interface Trial {
    boolean run() throws GeneralSecurityException;
  }
}
