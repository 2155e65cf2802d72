package dev.keyhold;

import java.security.spec.AlgorithmParameterSpec;

/**
 * What an application binds an object to, beside its key: an IV and additional authenticated data.
 * Both are optional, are not secret, and must be the same again for decryption. The object does not
 * need the IV to be secure: it has nonces of its own.
 *
 * <p>Immutable and thread-safe.
 */
public final class KeyholdParameterSpec implements AlgorithmParameterSpec {
  /** Binds an object to nothing but its key. */
  public static final KeyholdParameterSpec NONE =
      new KeyholdParameterSpec(new byte[0], new byte[0]);

  private final byte[] iv;
  private final byte[] aad;

  private KeyholdParameterSpec(byte[] iv, byte[] aad) {
    this.iv = iv.clone();
    this.aad = aad.clone();
  }

  /** The same AAD, with this IV: any length; the array is copied. */
  public KeyholdParameterSpec withIv(byte[] newIv) {
    return new KeyholdParameterSpec(newIv, aad);
  }

  /** The same IV, with this AAD: any length; the array is copied. */
  public KeyholdParameterSpec withAad(byte[] newAad) {
    return new KeyholdParameterSpec(iv, newAad);
  }

  /** The IV, empty if there is none; a copy. */
  public byte[] iv() {
    return iv.clone();
  }

  /** The additional authenticated data, empty if there is none; a copy. */
  public byte[] aad() {
    return aad.clone();
  }
}
