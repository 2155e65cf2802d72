package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects that belong to tenants, as an application makes and opens them. */
class TenantTest {
  private static final byte[] PLAIN = {1, 2, 3};
  private static final GCMParameterSpec IV = new GCMParameterSpec(128, new byte[12]);
  private static final KeyholdParameterSpec NONE = KeyholdParameterSpec.NONE;

  @TempDir Path folder;
  private KeyholdProvider provider;

  @AfterEach
  void close() {
    provider.close();
  }

  private SecretKey key(String... options) throws IOException, GeneralSecurityException {
    Path file = folder.resolve("keyhold.properties");
    Files.writeString(
        file, "backend.local.type = fake\nkey.orders = local\n" + String.join("\n", options));
    provider = new KeyholdProvider().configure(file.toString());
    KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
    generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
    return generator.generateKey();
  }

  private byte[] run(int mode, SecretKey key, AlgorithmParameterSpec parameters, byte[] in)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(mode, key, parameters);
    return cipher.doFinal(in);
  }

  private byte[] encrypt(SecretKey key, AlgorithmParameterSpec parameters)
      throws GeneralSecurityException {
    return run(Cipher.ENCRYPT_MODE, key, parameters, PLAIN);
  }

  private byte[] decrypt(SecretKey key, AlgorithmParameterSpec parameters, byte[] object)
      throws GeneralSecurityException {
    return run(Cipher.DECRYPT_MODE, key, parameters, object);
  }

  @ParameterizedTest
  @ValueSource(strings = {"per-object", "epoch"})
  void anObjectOpensForItsTenantAlone(String mode) throws Exception {
    SecretKey key = key("key.orders.data-keys = " + mode);
    byte[] object = encrypt(key, NONE.withTenant("acme"));
    assertArrayEquals(PLAIN, decrypt(key, NONE.withTenant("acme"), object));
    assertThrows(AEADBadTagException.class, () -> decrypt(key, NONE.withTenant("other"), object));
    assertThrows(AEADBadTagException.class, () -> decrypt(key, NONE, object));
    byte[] nobodys = encrypt(key, NONE);
    assertThrows(AEADBadTagException.class, () -> decrypt(key, NONE.withTenant("acme"), nobodys));
    if (mode.equals("epoch")) {
      byte[] again = encrypt(key, NONE.withTenant("acme"));
      byte[] others = encrypt(key, NONE.withTenant("other"));
      assertTrue(Arrays.equals(object, 0, 256, again, 0, 256), "one epoch key a tenant");
      assertFalse(Arrays.equals(object, 0, 256, others, 0, 256), "no epoch key for two");
    }
  }

  @Test
  void aScopeServesWhoeverHandsTheJdkItsOwnParameters() throws Exception {
    SecretKey key = key();
    byte[] object = KeyholdScope.ofTenant("acme").call(() -> encrypt(key, IV));
    assertThrows(AEADBadTagException.class, () -> decrypt(key, IV, object));
    assertArrayEquals(PLAIN, decrypt(key, NONE.withTenant("acme").withIv(new byte[12]), object));
    AtomicReference<byte[]> inner = new AtomicReference<>();
    KeyholdScope.ofTenant("outer")
        .call(
            () -> {
              inner.set(KeyholdScope.ofTenant("acme").call(() -> decrypt(key, IV, object)));
              return assertThrows(AEADBadTagException.class, () -> decrypt(key, IV, object));
            });
    assertArrayEquals(PLAIN, inner.get());
    assertEquals(Optional.empty(), NONE.tenant(), "no scope is left behind");
  }

  @Test
  void aScopeThatEndsByAnExceptionEnds() {
    assertThrows(
        IllegalStateException.class,
        () ->
            KeyholdScope.ofTenant("acme")
                .run(
                    () -> {
                      throw new IllegalStateException("by design");
                    }));
    assertEquals(Optional.empty(), NONE.tenant());
    provider = new KeyholdProvider();
  }

  @Test
  void aCipherTakesTheTenantAtInit() throws Exception {
    SecretKey key = key();
    byte[] object = encrypt(key, NONE.withTenant("acme"));
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    KeyholdScope.ofTenant("acme")
        .call(
            () -> {
              cipher.init(Cipher.DECRYPT_MODE, key, NONE);
              return null;
            });
    assertArrayEquals(PLAIN, cipher.doFinal(object));
  }

  @Test
  void aCipherThatWasInitialisedForNobodyStaysSo() throws Exception {
    SecretKey key = key();
    byte[] object = encrypt(key, NONE.withTenant("acme"));
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(Cipher.DECRYPT_MODE, key, NONE);
    KeyholdScope.ofTenant("acme")
        .call(() -> assertThrows(AEADBadTagException.class, () -> cipher.doFinal(object)));
  }

  @Test
  void streamsKnowTenantsToo() throws Exception {
    SecretKey key = key();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (KeyholdOutputStream stream = new KeyholdOutputStream(out, key, NONE.withTenant("acme"))) {
      stream.write(PLAIN);
    }
    KeyholdScope.ofTenant("acme")
        .call(
            () -> {
              try (KeyholdInputStream in =
                  new KeyholdInputStream(new ByteArrayInputStream(out.toByteArray()), key)) {
                assertArrayEquals(PLAIN, in.readAllBytes());
              }
              return null;
            });
    try (KeyholdInputStream in =
        new KeyholdInputStream(new ByteArrayInputStream(out.toByteArray()), key)) {
      assertThrows(IOException.class, in::readAllBytes);
    }
  }

  @Test
  void whereATenantIsRequiredNothingGoesWithoutOne() throws Exception {
    SecretKey key = key("key.orders.tenant = required");
    InvalidKeyException e = assertThrows(InvalidKeyException.class, () -> encrypt(key, NONE));
    assertTrue(e.getMessage().contains("KeyholdScope.ofTenant"), e.getMessage());
    byte[] object = encrypt(key, NONE.withTenant("acme"));
    assertArrayEquals(PLAIN, decrypt(key, NONE.withTenant("acme"), object));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\uD800", "x256"})
  void aTenantHasAName(String name) {
    provider = new KeyholdProvider();
    String tenant = name.equals("x256") ? "x".repeat(256) : name;
    assertThrows(IllegalArgumentException.class, () -> NONE.withTenant(tenant));
    assertThrows(IllegalArgumentException.class, () -> KeyholdScope.ofTenant(tenant));
  }
}
