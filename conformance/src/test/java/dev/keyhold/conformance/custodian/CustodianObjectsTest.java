package dev.keyhold.conformance.custodian;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.custody.server.command.TestCustodianProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A custodian before existing keys is a change of configuration: what was written without it opens
 * through it, and back.
 */
class CustodianObjectsTest {
  private static final byte[] TEXT = "an order".getBytes(StandardCharsets.UTF_8);
  private static final String CIPHER = "AES/GCM/NoPadding";

  @TempDir Path folder;
  private TestCustodianProcess custodian;
  private final List<KeyholdProvider> providers = new ArrayList<>();

  @BeforeEach
  void start() {
    custodian = TestCustodianProcess.start(folder);
  }

  @AfterEach
  void stop() {
    providers.forEach(KeyholdProvider::close);
    custodian.close();
  }

  private KeyholdProvider provider(String type, Map<String, String> options, String... more)
      throws Exception {
    List<String> lines = new ArrayList<>(List.of("backend.b.type = " + type, "key.* = b"));
    options.forEach((option, value) -> lines.add("backend.b." + option + " = " + value));
    lines.addAll(List.of(more));
    Path file = Files.write(folder.resolve(type + ".properties"), lines);
    KeyholdProvider provider = new KeyholdProvider().configure(file.toString());
    providers.add(provider);
    return provider;
  }

  private static SecretKey key(KeyholdProvider provider) throws Exception {
    KeyStore store = KeyStore.getInstance("Keyhold", provider);
    store.load(null, null);
    return (SecretKey) store.getKey("orders", null);
  }

  private static byte[] seal(KeyholdProvider provider) throws Exception {
    Cipher cipher = Cipher.getInstance(CIPHER, provider);
    cipher.init(Cipher.ENCRYPT_MODE, key(provider), KeyholdParameterSpec.NONE);
    return cipher.doFinal(TEXT);
  }

  private static byte[] open(KeyholdProvider provider, byte[] object) throws Exception {
    Cipher cipher = Cipher.getInstance(CIPHER, provider);
    cipher.init(Cipher.DECRYPT_MODE, key(provider), KeyholdParameterSpec.NONE);
    return cipher.doFinal(object);
  }

  @ParameterizedTest
  @ValueSource(strings = {"per-object", "epoch"})
  void objectsOpenWithAndWithoutTheCustodian(String mode) throws Exception {
    String line = "key.orders.data-keys = " + mode;
    KeyholdProvider plain = provider("software", custodian.innerOptions(), "key.orders = b", line);
    KeyGenerator generator = KeyGenerator.getInstance("AES", plain);
    generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
    generator.generateKey();
    KeyholdProvider guarded = provider("custodian", custodian.options(), "key.orders = b", line);
    assertArrayEquals(TEXT, open(guarded, seal(plain)));
    byte[] object = seal(guarded);
    assertArrayEquals(TEXT, open(guarded, object));
    assertArrayEquals(TEXT, open(plain, object));
    assertEquals(seal(plain).length, object.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "Ed25519"})
  void aPrivateKeyBehindTheCustodianSigns(String algorithm) throws Exception {
    KeyholdProvider guarded = provider("custodian", custodian.options());
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, guarded);
    generator.initialize(new KeyholdGenParameterSpec.Builder("web").build());
    KeyPair pair = generator.generateKeyPair();
    String name =
        switch (algorithm) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> algorithm;
        };
    Signature signature = Signature.getInstance(name, guarded);
    signature.initSign(pair.getPrivate());
    signature.update(TEXT);
    byte[] signed = signature.sign();
    Signature verifier = Signature.getInstance(name);
    verifier.initVerify(pair.getPublic());
    verifier.update(TEXT);
    assertTrue(verifier.verify(signed));
  }

  @Test
  void whatADevelopersCustodianPrintsIsAConfiguration() throws Exception {
    Path file = Files.write(folder.resolve("printed.properties"), custodian.printed());
    KeyholdProvider guarded = new KeyholdProvider().configure(file.toString());
    providers.add(guarded);
    KeyGenerator generator = KeyGenerator.getInstance("AES", guarded);
    generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
    generator.generateKey();
    assertArrayEquals(TEXT, open(guarded, seal(guarded)));
    KeyStore plain =
        KeyStore.getInstance("Keyhold", provider("software", custodian.innerOptions()));
    plain.load(null, null);
    assertTrue(plain.containsAlias("orders"));
  }
}
