package dev.keyhold.keystore;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.NoSuchPaddingException;

/**
 * Selects the provider of local primitives: Amazon Corretto Crypto Provider where it is installed,
 * else the JDK's SunJCE, else the first installed provider that has the primitive; never Keyhold
 * itself. Thread-safe.
 */
public final class LocalEngine {
  private static final String[] PREFERRED = {"AmazonCorrettoCryptoProvider", "SunJCE"};

  private static final String KEYHOLD = "dev.keyhold.KeyholdProvider";

  private LocalEngine() {}

  /** Returns a cipher object for a transformation. */
  public static Cipher cipher(String transformation)
      throws NoSuchAlgorithmException, NoSuchPaddingException {
    for (String name : PREFERRED) {
      Provider provider = Security.getProvider(name);
      if (provider != null) {
        try {
          return Cipher.getInstance(transformation, provider);
        } catch (NoSuchAlgorithmException | NoSuchPaddingException e) {
          // the next one may have it
        }
      }
    }
    for (Provider provider : others()) {
      try {
        return Cipher.getInstance(transformation, provider);
      } catch (NoSuchAlgorithmException | NoSuchPaddingException e) {
        // the next one may have it
      }
    }
    throw new NoSuchAlgorithmException("no other provider than Keyhold has " + transformation);
  }

  /** Returns a MAC object for an algorithm. */
  public static Mac mac(String algorithm) throws NoSuchAlgorithmException {
    for (String name : PREFERRED) {
      Provider provider = Security.getProvider(name);
      if (provider != null && provider.getService("Mac", algorithm) != null) {
        return Mac.getInstance(algorithm, provider);
      }
    }
    for (Provider provider : others()) {
      if (provider.getService("Mac", algorithm) != null) {
        return Mac.getInstance(algorithm, provider);
      }
    }
    throw new NoSuchAlgorithmException("no other provider than Keyhold has " + algorithm);
  }

  /** Returns the installed providers that are not Keyhold's own, which would come back to here. */
  private static List<Provider> others() {
    return Stream.of(Security.getProviders())
        .filter(provider -> !provider.getClass().getName().equals(KEYHOLD))
        .toList();
  }

  /** Returns the error for a JDK that lacks what every JDK must have, or fails at it. */
  public static ProviderException broken(GeneralSecurityException e) {
    return new ProviderException(lacks("cryptography"), e);
  }

  /**
   * Returns the text of the error for a JVM without a working algorithm that each JDK has: whether
   * the policy of {@code java.security} limits key lengths, or its list of providers is at fault.
   */
  public static String lacks(String algorithm) {
    return isLimited()
        ? "the JVM's crypto.policy is limited, and "
            + algorithm
            + " needs AES-256: set"
            + " crypto.policy=unlimited in java.security"
        : "no security provider of this JVM has a working "
            + algorithm
            + ": check the providers in java.security";
  }

  private static boolean isLimited() {
    try {
      return Cipher.getMaxAllowedKeyLength("AES") < 256;
    } catch (NoSuchAlgorithmException e) {
      return false;
    }
  }
}
