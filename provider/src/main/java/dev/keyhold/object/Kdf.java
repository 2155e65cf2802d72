package dev.keyhold.object;

import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.LocalEngine;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;

/**
 * HKDF-Expand with SHA-512 (RFC 5869, section 2.3), and the labels under which Keyhold derives from
 * a top key. Not thread-safe: one per {@link Engine}.
 */
public final class Kdf {
  private static final int HASH_LENGTH = 64;

  /** Derives the key of a header's MAC. */
  static final byte[] HEADER_MAC = ascii("keyhold/1/header-mac");

  private final Mac hmac;
  private final byte[] block = new byte[HASH_LENGTH];

  Kdf() throws GeneralSecurityException {
    hmac = LocalEngine.mac("HmacSHA512");
  }

  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Derives bytes.
   *
   * @param prk the input key, uniformly random; not changed
   * @param length at most 255 * 64
   * @return a fresh array; the caller zeroes it
   */
  public byte[] expand(byte[] prk, byte[] info, int length) throws GeneralSecurityException {
    byte[] out = new byte[length];
    ErasableKey key = new ErasableKey("HmacSHA512", prk.clone());
    try {
      hmac.init(key);
      int done = 0;
      for (int counter = 1; done < length; counter++) {
        if (done > 0) {
          hmac.update(block);
        }
        hmac.update(info);
        hmac.update((byte) counter);
        hmac.doFinal(block, 0);
        int part = Math.min(HASH_LENGTH, length - done);
        System.arraycopy(block, 0, out, done, part);
        done += part;
      }
      return out;
    } finally {
      Arrays.fill(block, (byte) 0);
      key.destroy();
    }
  }
}
