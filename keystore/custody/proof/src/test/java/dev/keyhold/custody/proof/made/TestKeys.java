package dev.keyhold.custody.proof.made;

import dev.keyhold.custody.proof.note.NoteSigner;
import dev.keyhold.custody.proof.note.VerifierKey;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;

/** Key pairs that are the same for the same seed. */
public final class TestKeys {
  private TestKeys() {}

  /** A random source that gives one byte again and again. */
  private static final class Constant extends SecureRandom {
    private static final long serialVersionUID = 1;
    private final byte value;

    Constant(int value) {
      this.value = (byte) value;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      Arrays.fill(bytes, value);
    }
  }

  /** Returns the Ed25519 pair whose seed is this byte, 32 times. */
  public static KeyPair ed25519(int seed) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
      generator.initialize(255, new Constant(seed));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns a fresh pair on P-256. */
  public static KeyPair p256() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns a signer for the pair. */
  public static NoteSigner signer(String name, KeyPair pair) {
    PrivateKey key = pair.getPrivate();
    return NoteSigner.of(VerifierKey.of(name, pair.getPublic()), key);
  }
}
