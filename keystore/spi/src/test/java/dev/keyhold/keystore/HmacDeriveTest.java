package dev.keyhold.keystore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.BackendException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
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
    assertArrayEquals(dataKey, HmacDerive.unwrap(KEK, CONTEXT, by(wrapped)));
    assertFalse(Arrays.equals(wrapped, HmacDerive.wrap(KEK, CONTEXT, dataKey)));
  }

  private static WrappedKey by(byte[] wrapped) {
    return new WrappedKey("", "1", WrapMechanism.HMAC_DERIVE, wrapped);
  }

  @Test
  void theModuleComputesOverLabelContextAndSeed() throws BackendException {
    byte[][] seen = new byte[1][];
    HmacDerive.Hmac kek =
        message -> {
          seen[0] = message.clone();
          return hmac(message);
        };
    byte[] wrapped = HmacDerive.wrap(kek, CONTEXT, new byte[32]);
    byte[] context = CONTEXT.toBytes();
    byte[] expected =
        ByteBuffer.allocate(21 + 4 + context.length + 32)
            .put("keyhold/2/hmac-derive".getBytes(StandardCharsets.US_ASCII))
            .putInt(context.length)
            .put(context)
            .put(wrapped, 0, 32)
            .array();
    assertArrayEquals(expected, seen[0]);
  }

  /** As the release before wrapped: the seed alone. */
  @Test
  void theFormerFormStillOpens() throws Exception {
    byte[] dataKey = LocalRandom.bytes(32);
    byte[] seed = LocalRandom.bytes(32);
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
    gcm.init(
        Cipher.ENCRYPT_MODE,
        new ErasableKey("AES", hmac(seed)),
        new GCMParameterSpec(128, new byte[12]));
    gcm.updateAAD(CONTEXT.toBytes());
    byte[] sealed = gcm.doFinal(dataKey);
    byte[] wrapped = Arrays.copyOf(seed, 32 + sealed.length);
    System.arraycopy(sealed, 0, wrapped, 32, sealed.length);
    WrappedKey former = new WrappedKey("", "1", WrapMechanism.HMAC_DERIVE_SEED, wrapped);
    assertArrayEquals(dataKey, HmacDerive.unwrap(KEK, CONTEXT, former));
    assertRefused(CONTEXT, wrapped);
  }

  @Test
  void idsThatAreNotReadAreNamed() {
    assertEquals(
        List.of(1, 2, 5, 4), Stream.of(WrapMechanism.values()).map(WrapMechanism::id).toList());
    for (int id : new int[] {0, 3, 6, 255}) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> WrapMechanism.ofId(id));
      assertTrue(refused.getMessage().startsWith("wrap mechanism " + id), refused.getMessage());
    }
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
        assertThrows(BackendException.class, () -> HmacDerive.unwrap(KEK, context, by(wrapped)));
    assertSame(Reason.BAD_CIPHERTEXT, e.reason());
  }
}
