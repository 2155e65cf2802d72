package dev.keyhold.conformance.provider;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdKey;
import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.DataKey;
import dev.keyhold.conformance.KeyholdFixture;
import dev.keyhold.conformance.Pattern;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.Security;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Handles of keys, and two provider instances side by side. */
@ResourceLock("java.security.Security.providers")
class HandleTest {
  private static final byte[] PLAIN = Pattern.bytes(100);

  @TempDir Path folder;
  private KeyholdFixture one;
  private KeyholdFixture two;
  private SecretKey key;

  @BeforeEach
  void makeTwoInstances() {
    one = KeyholdFixture.of(BackendKind.SOFTWARE, folder);
    two = KeyholdFixture.of(BackendKind.SOFTWARE, folder);
    key = one.newKey("AES", "orders");
  }

  @AfterEach
  void close() {
    Security.removeProvider("Keyhold");
    one.close();
    two.close();
  }

  @Test
  void aHandleHasNoEncodingAndShowsNoSecret() {
    assertNull(key.getEncoded());
    assertNull(key.getFormat());
    assertEquals("AES", key.getAlgorithm());
    String text = key.toString();
    assertTrue(text.contains("orders") && text.contains("software:"), text);
    byte[] object = one.seal(key, PLAIN);
    assertFalse(text.contains(HexFormat.of().formatHex(DataKey.of(key, object))));
  }

  @Test
  void handlesAreEqualByAliasUriAndInstance() throws Exception {
    SecretKey same = keyOf(one, "orders");
    assertEquals(key, same);
    assertEquals(key.hashCode(), same.hashCode());
    assertNotEquals(key, one.newKey("AES", "another"));
    assertNotEquals(key, two.newKey("AES", "orders"));
    try (KeyholdProvider again = new KeyholdProvider().configure(one.configuration().toString())) {
      assertNotEquals(key, keyOf(again, "orders"));
      assertEquals(((KeyholdKey) key).uri(), ((KeyholdKey) keyOf(again, "orders")).uri());
    }
  }

  @Test
  void anInstanceRefusesAnothersHandle() throws Exception {
    two.newKey("AES", "orders");
    Cipher cipher = two.cipher();
    assertThrows(InvalidKeyException.class, () -> cipher.init(Cipher.ENCRYPT_MODE, key));
    SecretKey macKey = one.newKey("HmacSHA256", "macs");
    Mac mac = Mac.getInstance("HmacSHA256", two.provider());
    assertThrows(InvalidKeyException.class, () -> mac.init(macKey));
  }

  @Test
  void twoInstancesOfOneConfigurationReadEachOthersObjects() throws Exception {
    byte[] object = one.seal(key, PLAIN);
    try (KeyholdProvider again = new KeyholdProvider().configure(one.configuration().toString())) {
      Cipher cipher = Cipher.getInstance(KeyholdFixture.TRANSFORMATION, again);
      cipher.init(Cipher.DECRYPT_MODE, keyOf(again, "orders"), KeyholdParameterSpec.NONE);
      assertArrayEquals(PLAIN, cipher.doFinal(object));
    }
  }

  @Test
  void aSerializedHandleIsAReferenceToTheInstalledProvider() throws Exception {
    byte[] object = one.seal(key, PLAIN);
    byte[] serialized = serialize(key);
    byte[] secret = DataKey.of(key, object);
    assertFalse(
        new String(serialized, StandardCharsets.ISO_8859_1)
            .contains(new String(secret, StandardCharsets.ISO_8859_1)));
    SecretKey early = (SecretKey) deserialize(serialized);
    Security.addProvider(one.provider());
    for (SecretKey copy : Arrays.asList(early, (SecretKey) deserialize(serialized))) {
      assertEquals(key, copy);
      Cipher cipher = Cipher.getInstance(KeyholdFixture.TRANSFORMATION);
      cipher.init(Cipher.DECRYPT_MODE, copy, KeyholdParameterSpec.NONE);
      assertArrayEquals(PLAIN, cipher.doFinal(object));
    }
  }

  @Test
  void aProviderIsNotSerialized() {
    assertThrows(NotSerializableException.class, () -> serialize(one.provider()));
  }

  @Test
  void aClosedInstanceRefusesAndTheOtherWorksOn() throws Exception {
    SecretKey ofTwo = two.newKey("AES", "orders");
    Cipher cipher = one.cipher();
    one.close();
    one.close();
    assertThrows(Exception.class, () -> cipher.init(Cipher.ENCRYPT_MODE, key));
    assertThrows(Exception.class, () -> one.newKey("AES", "another"));
    assertArrayEquals(PLAIN, two.open(ofTwo, two.seal(ofTwo, PLAIN), KeyholdParameterSpec.NONE));
  }

  private static SecretKey keyOf(KeyholdFixture keyhold, String alias) throws Exception {
    return keyOf(keyhold.provider(), alias);
  }

  private static SecretKey keyOf(KeyholdProvider provider, String alias) throws Exception {
    KeyStore keyStore = KeyStore.getInstance("Keyhold", provider);
    keyStore.load(null, null);
    return (SecretKey) keyStore.getKey(alias, null);
  }

  private static byte[] serialize(Object object) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    return bytes.toByteArray();
  }

  @SuppressWarnings("BanSerializableRead") // this test's own bytes
  private static Object deserialize(byte[] bytes) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return in.readObject();
    }
  }
}
