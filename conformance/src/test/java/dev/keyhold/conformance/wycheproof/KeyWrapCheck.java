package dev.keyhold.conformance.wycheproof;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.Provider;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.opentest4j.TestAbortedException;

/** AES key wrap through {@code Cipher}: as keys, as data in one piece, as data in two. */
final class KeyWrapCheck implements Check {
  private static final Map<String, String> TRANSFORMATIONS =
      Map.of("AES-WRAP", "AES/KW/NoPadding", "AES-KWP", "AES/KWP/NoPadding");

  private final Provider provider;
  private final String keyAlgorithm;
  private final MacCheck.Keys keys;

  /**
   * With keys from somewhere.
   *
   * @param keyAlgorithm what to call the algorithm of the raw key
   */
  KeyWrapCheck(Provider provider, String keyAlgorithm, MacCheck.Keys keys) {
    this.provider = provider;
    this.keyAlgorithm = keyAlgorithm;
    this.keys = keys;
  }

  @Override
  public void run(Vector vector) throws Exception {
    String transformation = TRANSFORMATIONS.get(vector.file().algorithm());
    if (transformation == null) {
      throw new TestAbortedException("no service for key wrap " + vector.file().algorithm());
    }
    Key key = keys.key(new SecretKeySpec(vector.bytes("key"), keyAlgorithm));
    Cipher cipher = Cipher.getInstance(transformation, provider);
    byte[] plain = vector.bytes("msg");
    byte[] wrapped = vector.bytes("ct");
    if (vector.result() == Vector.Result.VALID) {
      requireSame(wrapped, whole(cipher, Cipher.ENCRYPT_MODE, key, plain));
      requireSame(wrapped, halves(cipher, Cipher.ENCRYPT_MODE, key, plain));
      cipher.init(Cipher.WRAP_MODE, key);
      requireSame(wrapped, cipher.wrap(new SecretKeySpec(plain, "AES")));
    }
    Outcome.require(vector, plain, () -> unwrap(cipher, key, wrapped));
    Outcome.require(vector, plain, () -> whole(cipher, Cipher.DECRYPT_MODE, key, wrapped));
    Outcome.require(vector, plain, () -> halves(cipher, Cipher.DECRYPT_MODE, key, wrapped));
  }

  private static byte[] unwrap(Cipher cipher, Key key, byte[] wrapped)
      throws GeneralSecurityException {
    cipher.init(Cipher.UNWRAP_MODE, key);
    return cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY).getEncoded();
  }

  private static byte[] whole(Cipher cipher, int mode, Key key, byte[] input)
      throws GeneralSecurityException {
    cipher.init(mode, key);
    return cipher.doFinal(input);
  }

  /** Into an array with room to spare, from arrays with offsets. */
  private static byte[] halves(Cipher cipher, int mode, Key key, byte[] input)
      throws GeneralSecurityException {
    cipher.init(mode, key);
    byte[] shifted = new byte[input.length + 3];
    System.arraycopy(input, 0, shifted, 3, input.length);
    int half = input.length / 2;
    cipher.update(shifted, 3, half);
    byte[] out = new byte[input.length + 64];
    int length = cipher.doFinal(shifted, 3 + half, input.length - half, out, 5);
    return Arrays.copyOfRange(out, 5, 5 + length);
  }

  private static void requireSame(byte[] expected, byte[] actual) {
    if (!Arrays.equals(expected, actual)) {
      HexFormat hex = HexFormat.of();
      throw new AssertionError(
          "expected " + hex.formatHex(expected) + " but was " + hex.formatHex(actual));
    }
  }
}
