package dev.keyhold.object;

import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.LocalEngine;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;

/** The MAC at the end of a header: HMAC-SHA256 under a key derived from the top key. */
public final class HeaderMac {
  private HeaderMac() {}

  /** Writes the MAC into the last {@link Header#MAC} bytes. */
  public static void put(Engine engine, byte[] topKey, byte[] header) {
    byte[] mac = compute(engine, topKey, header);
    System.arraycopy(mac, 0, header, header.length - Header.MAC, Header.MAC);
  }

  /** Puts the MAC at the end of a header, with an engine borrowed from a pool. */
  public static void put(Engine.Pool pool, byte[] topKey, byte[] header) {
    Engine engine = pool.take();
    put(engine, topKey, header);
    pool.giveBack(engine);
  }

  /** Returns whether the last {@link Header#MAC} bytes are the MAC of the rest. */
  public static boolean verify(Engine engine, byte[] topKey, byte[] header) {
    byte[] claimed = Arrays.copyOfRange(header, header.length - Header.MAC, header.length);
    return MessageDigest.isEqual(compute(engine, topKey, header), claimed);
  }

  private static byte[] compute(Engine engine, byte[] topKey, byte[] header) {
    ErasableKey key = null;
    try {
      key = new ErasableKey("HmacSHA256", HkdfKey.of(topKey).expand(Kdf.HEADER_MAC, 32));
      engine.hmacSha256.init(key);
      engine.hmacSha256.update(header, 0, header.length - Header.MAC);
      return engine.hmacSha256.doFinal();
    } catch (GeneralSecurityException e) {
      throw LocalEngine.broken(e);
    } finally {
      if (key != null) {
        key.destroy();
      }
    }
  }
}
