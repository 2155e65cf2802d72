package dev.keyhold.conformance.provider;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.util.Collections;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

/** The password given to {@code KeyStore.store(null, …)} is no PIN; that of {@code load} is one. */
@ParameterizedClass
@EnumSource(
    value = BackendKind.class,
    names = {"SOFTWARE", "PKCS11"})
class StorePasswordTest {
  private static final char[] WRONG = "not the password".toCharArray();

  @TempDir Path folder;
  @Parameter BackendKind kind;

  private String configuration;
  private char[] secret;

  /** A backend {@code b} with three keys; the configuration names no PIN, and no password. */
  @BeforeEach
  void makeKeys() throws Exception {
    KeyholdConfig config =
        KeyholdConfig.in(folder).backend("b", kind).line("key.* = b").line("generate = b");
    Path file = config.write();
    try (KeyholdProvider provider = new KeyholdProvider().configure(file.toString())) {
      for (String alias : List.of("one", "two")) {
        KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
        generator.init(new KeyholdGenParameterSpec.Builder(alias).build());
        generator.generateKey();
      }
      // a pair: after JDK 17, SunPKCS11 renames no stored HMAC key, which an AES key is in a token
      KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC", provider);
      pairs.initialize(new KeyholdGenParameterSpec.Builder("three").build());
      pairs.generateKeyPair();
    }
    secret = Files.readString(folder.resolve("b.secret")).strip().toCharArray();
    String without =
        Files.readString(file).replaceAll("(?m)^backend\\.b\\.(pin|password) = .*\\R", "");
    Files.writeString(file, without);
    configuration = file.toString();
  }

  @FunctionalInterface
  private interface Use {
    void of(KeyholdProvider provider) throws Exception;
  }

  private void with(Use use) throws Exception {
    try (KeyholdProvider provider = new KeyholdProvider().configure(configuration)) {
      use.of(provider);
    }
  }

  private static KeyStore load(KeyholdProvider provider, char[] password)
      throws GeneralSecurityException, IOException {
    KeyStore keys = KeyStore.getInstance("Keyhold", provider);
    keys.load(null, password);
    return keys;
  }

  private static List<String> aliases(KeyStore keys) throws GeneralSecurityException {
    return Collections.list(keys.aliases());
  }

  private static void encrypts(KeyStore keys, String alias) throws GeneralSecurityException {
    SecretKey key = (SecretKey) keys.getKey(alias, null);
    GCMParameterSpec iv = new GCMParameterSpec(128, new byte[12]);
    byte[] plain = alias.getBytes(StandardCharsets.UTF_8);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", keys.getProvider());
    cipher.init(Cipher.ENCRYPT_MODE, key, iv);
    byte[] object = cipher.doFinal(plain);
    cipher.init(Cipher.DECRYPT_MODE, key, iv);
    assertArrayEquals(plain, cipher.doFinal(object));
  }

  @Test
  void theRightOneUnlocksNothing() throws Exception {
    with(
        provider -> {
          KeyStore keys = load(provider, null);
          keys.store(null, secret);
          assertThrows(RuntimeException.class, keys::aliases);
        });
  }

  @Test
  void aWrongOneIsNeitherTriedNorKept() throws Exception {
    with(
        provider -> {
          KeyStore keys = load(provider, secret);
          keys.deleteEntry("three");
          keys.store(null, WRONG); // makes the change
          keys.store(null, WRONG); // has none to make
          assertEquals(List.of("one", "two"), aliases(keys));
          encrypts(keys, "one");
          KeyStore again = load(provider, null);
          assertEquals(List.of("one", "two"), aliases(again));
          encrypts(again, "two");
          assertNoneWasRefused();
        });
    with(provider -> assertEquals(List.of("one", "two"), aliases(load(provider, secret))));
  }

  @Test
  void aWrongOneBeforeTheRightOneIsLoadedCountsForNothing() throws Exception {
    with(
        provider -> {
          KeyStore keys = load(provider, null);
          for (int i = 0; i < 20; i++) { // more than any token allows
            keys.store(null, WRONG);
          }
          assertNoneWasRefused();
          keys.load(null, secret);
          assertEquals(3, aliases(keys).size());
        });
  }

  /** The other way round: what is given to load is tried, and a token counts it. */
  @Test
  void aWrongOneOfLoadIsTried() throws Exception {
    with(provider -> assertThrows(IOException.class, () -> load(provider, WRONG)));
    if (kind == BackendKind.PKCS11) {
      assertTrue(tokens().contains("user PIN count low"), "what the other tests look for");
    }
  }

  private void assertNoneWasRefused() throws Exception {
    if (kind == BackendKind.PKCS11) {
      assertFalse(tokens().contains("user PIN count low"));
    }
  }

  /** The flags of the token, read by another process that does not log in. */
  private String tokens() throws Exception {
    String library = option("library");
    String label = option("token");
    Process process;
    try {
      process =
          new ProcessBuilder("pkcs11-tool", "--module", library, "--list-token-slots")
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      throw new TestAbortedException("pkcs11-tool is not installed", e);
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    for (String slot : output.split("(?m)^Slot ", -1)) {
      if (slot.lines().anyMatch(line -> line.strip().matches("token label *: " + label))) {
        return slot;
      }
    }
    throw new AssertionError("no token " + label + " in " + output);
  }

  private String option(String name) throws IOException {
    String start = "backend.b." + name + " = ";
    return Files.readAllLines(Path.of(configuration)).stream()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length()))
        .findFirst()
        .orElseThrow();
  }
}
