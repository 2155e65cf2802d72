package dev.keyhold.keystore;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.NoSuchPaddingException;

/**
 * Where local primitives come from: Amazon Corretto Crypto Provider where it is installed, else the
 * JDK's SunJCE, else whatever the JDK selects. Never Keyhold itself. Thread-safe.
 */
public final class LocalEngine {
  private static final String[] PREFERRED = {"AmazonCorrettoCryptoProvider", "SunJCE"};

  private LocalEngine() {}

  /** A cipher object for a transformation. */
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
    return Cipher.getInstance(transformation);
  }

  /** A MAC object for an algorithm. */
  public static Mac mac(String algorithm) throws NoSuchAlgorithmException {
    for (String name : PREFERRED) {
      Provider provider = Security.getProvider(name);
      if (provider != null && provider.getService("Mac", algorithm) != null) {
        return Mac.getInstance(algorithm, provider);
      }
    }
    return Mac.getInstance(algorithm);
  }

  /** The error for a JDK that lacks what every JDK must have, or fails at it. */
  public static ProviderException broken(GeneralSecurityException e) {
    return new ProviderException("the JDK's own cryptography failed", e);
  }
}
