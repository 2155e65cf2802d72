package dev.keyhold.keystore.pkcs11.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.keyhold.keystore.ErasableKey;
import java.security.Security;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** Which key is copied, with keys of the JDK's own in place of a token's. */
class FreshKeysTest {
  private final FreshKeys keys = new FreshKeys(new TokenMechanisms(Security.getProvider("SunJCE")));

  @Test
  void prefersTheFreshKeyWhereItIsTheStoredOne() {
    SecretKey fresh = hmac(1);
    keys.keep("k#1", fresh);
    assertSame(fresh, keys.copyable("k#1", stored(1)));
  }

  @Test
  void takesTheStoredKeyWhereAnotherProcessReplacedIt() {
    keys.keep("k#1", hmac(1));
    SecretKey stored = stored(2);
    assertSame(stored, keys.copyable("k#1", stored));
  }

  @Test
  void takesTheStoredKeyWhereTheFreshOneIsDead() {
    keys.keep("k#1", new ErasableKey("HmacSHA256", new byte[0]));
    SecretKey stored = stored(1);
    assertSame(stored, keys.copyable("k#1", stored));
  }

  @Test
  void followsAKeyToItsNewLabel() {
    SecretKey fresh = hmac(1);
    keys.keep("k#1", fresh);
    keys.relabelled("k#1", "m#1");
    keys.relabelled("unknown", "k#1");
    SecretKey stored = stored(1);
    assertSame(fresh, keys.copyable("m#1", stored));
    assertSame(stored, keys.copyable("k#1", stored));
  }

  @Test
  void keepsNoAesKey() {
    keys.keep("k#1", new SecretKeySpec(new byte[32], "AES"));
    SecretKey stored = new SecretKeySpec(new byte[32], "AES");
    assertSame(stored, keys.copyable("k#1", stored));
  }

  @Test
  void letsTheOldestGoWhenThereAreMany() {
    for (int i = 0; i <= FreshKeys.MOST; i++) {
      keys.keep("k#" + i, hmac(i));
    }
    SecretKey first = stored(0);
    assertSame(first, keys.copyable("k#0", first));
    for (int i = 1; i <= FreshKeys.MOST; i++) {
      assertEquals("HmacSHA256", keys.copyable("k#" + i, stored(i)).getAlgorithm());
    }
  }

  private static SecretKey hmac(int value) {
    return key(value, "HmacSHA256");
  }

  private static SecretKey stored(int value) {
    return key(value, "Generic Secret");
  }

  private static SecretKey key(int value, String algorithm) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) value;
    return new SecretKeySpec(bytes, algorithm);
  }
}
