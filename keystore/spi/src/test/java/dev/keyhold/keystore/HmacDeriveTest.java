package dev.keyhold.keystore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.BackendException.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
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
    assertArrayEquals(dataKey, HmacDerive.unwrap(KEK, CONTEXT, WrapMechanism.HMAC_DERIVE, wrapped));
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

  /** FORMAT.md, section 3.2, computed by the JDK alone. */
  @Test
  void bothFormsAreAsTheFormatSays() throws Exception {
    byte[] seed = LocalRandom.bytes(32);
    byte[] labelled =
        concat(
            "keyhold/1/hmac-derive".getBytes(StandardCharsets.US_ASCII),
            MessageDigest.getInstance("SHA-256").digest(CONTEXT.toBytes()),
            seed);
    byte[] dataKey = LocalRandom.bytes(32);
    byte[] current = concat(seed, sealed(hmac(labelled), dataKey));
    byte[] former = concat(seed, sealed(hmac(seed), dataKey));
    assertArrayEquals(dataKey, HmacDerive.unwrap(KEK, CONTEXT, WrapMechanism.HMAC_DERIVE, current));
    assertArrayEquals(
        dataKey, HmacDerive.unwrap(KEK, CONTEXT, WrapMechanism.HMAC_DERIVE_SEED, former));
    assertRefused(WrapMechanism.HMAC_DERIVE, CONTEXT, former);
    assertRefused(WrapMechanism.HMAC_DERIVE_SEED, CONTEXT, current);
    assertRefused(WrapMechanism.AES_GCM, CONTEXT, current);
  }

  @Test
  void aRemovedMechanismIsRefusedByItsName() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> WrapMechanism.ofId(3));
    assertTrue(e.getMessage().contains("AES-KWP"), e.getMessage());
  }

  private static byte[] sealed(byte[] key, byte[] dataKey) throws GeneralSecurityException {
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
    gcm.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(key, "AES"),
        new GCMParameterSpec(128, new byte[12]));
    gcm.updateAAD(CONTEXT.toBytes());
    return gcm.doFinal(dataKey);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static void assertRefused(WrapContext context, byte[] wrapped) {
    assertRefused(WrapMechanism.HMAC_DERIVE, context, wrapped);
  }

  private static void assertRefused(WrapMechanism mechanism, WrapContext context, byte[] wrapped) {
    BackendException e =
        assertThrows(
            BackendException.class, () -> HmacDerive.unwrap(KEK, context, mechanism, wrapped));
    assertSame(Reason.BAD_CIPHERTEXT, e.reason());
  }
}
