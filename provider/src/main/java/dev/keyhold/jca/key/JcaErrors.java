package dev.keyhold.jca.key;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.security.InvalidKeyException;
import java.security.KeyManagementException;
import java.security.KeyStoreException;
import java.security.ProviderException;
import java.security.UnrecoverableKeyException;

/**
 * Converts a backend's error to the exception that a JCA caller already catches. The {@link
 * BackendException} is its cause, and its {@linkplain BackendException#reason() reason} tells
 * denied from unavailable.
 */
public final class JcaErrors {
  private JcaErrors() {}

  /**
   * Returns the exception for a failure at {@code init}: {@link InvalidKeyException}, but throws
   * another one if the backend may be back soon, which is no fault of the key.
   */
  public static InvalidKeyException atInit(BackendException e) {
    if (e.reason() == Reason.UNAVAILABLE) {
      throw inUse(e);
    }
    return new InvalidKeyException(e.getMessage(), e);
  }

  /** Returns the exception for a method of the JCA that declares no suitable one. */
  public static ProviderException inUse(BackendException e) {
    return new ProviderException(e.getMessage(), e);
  }

  /** Returns the exception for a failure when a key store is asked for a key. */
  public static UnrecoverableKeyException atGetKey(BackendException e) {
    if (e.reason() == Reason.UNAVAILABLE) {
      throw inUse(e);
    }
    UnrecoverableKeyException unrecoverable = new UnrecoverableKeyException(e.getMessage());
    unrecoverable.initCause(e);
    return unrecoverable;
  }

  public static KeyStoreException inKeyStore(BackendException e) {
    return new KeyStoreException(e.getMessage(), e);
  }

  /**
   * Throws a {@link KeyManagementException} past a method that declares none. {@link
   * javax.crypto.KeyGenerator} and {@link java.security.KeyPairGenerator} answer any
   * RuntimeException by asking the next provider, which would make a local key in the place of the
   * one that was asked for; a checked exception they let pass.
   */
  public static RuntimeException pastFailover(Exception e) {
    throw JcaErrors.<RuntimeException>unchecked(new KeyManagementException(e.getMessage(), e));
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the point of the method
  private static <T extends Throwable> T unchecked(Throwable e) throws T {
    throw (T) e;
  }
}
