package dev.keyhold.keystore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.keystore.BackendException.Reason;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.Mac;
import org.junit.jupiter.api.Test;

class HmacDeriveTest {
  private static final WrapContext CONTEXT = new WrapContext(Map.of("binding", "orders"));
  private static final HmacDerive.Hmac KEK = HmacDeriveTest::hmac;

  private static byte[] hmac(byte[] seed) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new ErasableKey("HmacSHA256", new byte[32]));
      return mac.doFinal(seed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatIsWrappedIsUnwrapped() throws BackendException {
    byte[] dataKey = LocalRandom.bytes(32);
    byte[] wrapped = HmacDerive.wrap(KEK, CONTEXT, dataKey);
    assertArrayEquals(dataKey, HmacDerive.unwrap(KEK, CONTEXT, wrapped));
    assertFalse(Arrays.equals(wrapped, HmacDerive.wrap(KEK, CONTEXT, dataKey)));
  }

  @Test
  void anyChangeIsRefused() throws BackendException {
    byte[] wrapped = HmacDerive.wrap(KEK, CONTEXT, new byte[32]);
    for (int i = 0; i < wrapped.length; i++) {
      byte[] changed = wrapped.clone();
      changed[i] ^= 1;
      assertRefused(CONTEXT, changed);
      assertRefused(CONTEXT, Arrays.copyOf(wrapped, i));
    }
    assertRefused(new WrapContext(Map.of("binding", "other")), wrapped);
  }

  private static void assertRefused(WrapContext context, byte[] wrapped) {
    BackendException e =
        assertThrows(BackendException.class, () -> HmacDerive.unwrap(KEK, context, wrapped));
    assertSame(Reason.BAD_CIPHERTEXT, e.reason());
  }
}
