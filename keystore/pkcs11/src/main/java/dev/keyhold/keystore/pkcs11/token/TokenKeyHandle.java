package dev.keyhold.keystore.pkcs11.token;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;

/** A key of the token as SunPKCS11 holds it: valid until its object, session or login ends. */
public final class TokenKeyHandle {
  /** Below this, a size is in bytes, else in bits: no key here has more bytes, or fewer bits. */
  public static final int LIMIT = 128;

  // "…, 32 bits token object": SunPKCS11 gives the size of a stored key in bytes, and says bits;
  // the form of a JDK that corrects this is understood too
  private static final Pattern SIZE = Pattern.compile(", (\\d+) bits");

  private final SecretKey key;
  // a ciphertext that the token made itself under this key; see SunPkcs11Token
  private volatile byte[] canary;

  TokenKeyHandle(SecretKey key) {
    this.key = key;
  }

  SecretKey key() {
    return key;
  }

  byte[] canary() {
    return canary;
  }

  void keepCanary(byte[] ciphertext) {
    canary = ciphertext;
  }

  /** Returns what the token says of this key. */
  TokenObject describe(String label) {
    ObjectKind kind = key.getAlgorithm().equals("AES") ? ObjectKind.AES : ObjectKind.HMAC;
    return new TokenObject(label, kind, bits());
  }

  /** Returns whether this is a key of a kind that Keyhold uses. */
  boolean isUsable() {
    String algorithm = key.getAlgorithm();
    return bits() > 0
        && (algorithm.equals("AES")
            || algorithm.equals("Generic Secret")
            || algorithm.startsWith("Hmac"));
  }

  private int bits() {
    Matcher matcher = SIZE.matcher(key.toString());
    if (!matcher.find()) {
      return 0;
    }
    int size = Integer.parseInt(matcher.group(1));
    return size < LIMIT ? 8 * size : size;
  }
}
