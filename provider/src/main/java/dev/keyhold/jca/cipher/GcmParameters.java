package dev.keyhold.jca.cipher;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.keystore.LocalRandom;
import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.InvalidParameterSpecException;
import javax.crypto.spec.GCMParameterSpec;

/** The parameters of AES/GCM/NoPadding with a handle, in the JCA's shapes and in Keyhold's. */
final class GcmParameters {
  private static final int TAG_BITS = 128;
  private static final int IV_LENGTH = 12;

  private GcmParameters() {}

  /**
   * Returns the parameters that an application passed to init; {@code parameters} is null if it
   * passed none.
   */
  static KeyholdParameterSpec of(
      boolean encrypts, AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    if (parameters == null) {
      if (!encrypts) {
        throw new InvalidKeyException(
            "decryption needs the IV of the encryption: pass a GCMParameterSpec; for an object that was"
                + " made without an IV, such as by the command line, KeyholdParameterSpec.NONE");
      }
      return KeyholdParameterSpec.NONE.withIv(LocalRandom.ahead(IV_LENGTH, random));
    }
    if (parameters instanceof KeyholdParameterSpec spec) {
      return spec;
    }
    if (!(parameters instanceof GCMParameterSpec gcm)) {
      throw new InvalidAlgorithmParameterException(
          "parameters must be a GCMParameterSpec or a KeyholdParameterSpec");
    }
    if (gcm.getTLen() != TAG_BITS) {
      throw new InvalidAlgorithmParameterException(
          "a Keyhold object has tags of 128 bits, not of " + gcm.getTLen());
    }
    byte[] iv = gcm.getIV();
    if (iv.length == 0) {
      throw new InvalidAlgorithmParameterException("the IV is empty");
    }
    return KeyholdParameterSpec.NONE.withIv(iv);
  }

  /** Returns what AlgorithmParameters hold; null of null. */
  static AlgorithmParameterSpec specOf(AlgorithmParameters parameters)
      throws InvalidAlgorithmParameterException {
    if (parameters == null) {
      return null;
    }
    try {
      return parameters.getParameterSpec(GCMParameterSpec.class);
    } catch (InvalidParameterSpecException e) {
      throw new InvalidAlgorithmParameterException("these are no GCM parameters", e);
    }
  }

  /** Returns an IV as AlgorithmParameters. */
  static AlgorithmParameters ofIv(byte[] iv) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("GCM");
      parameters.init(new GCMParameterSpec(TAG_BITS, iv));
      return parameters;
    } catch (NoSuchAlgorithmException | InvalidParameterSpecException e) {
      throw new ProviderException("the JDK has no GCM parameters", e);
    }
  }
}
