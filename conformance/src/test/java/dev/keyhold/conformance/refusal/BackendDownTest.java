package dev.keyhold.conformance.refusal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdFixture;
import dev.keyhold.jca.KeyholdService;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Purpose;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyManagementException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.security.UnrecoverableKeyException;
import java.util.List;
import java.util.Locale;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a backend is out of reach, every service refuses; nothing falls through to a local key. */
@ResourceLock("java.security.Security.providers")
class BackendDownTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final GCMParameterSpec IV = new GCMParameterSpec(128, new byte[12]);

  @TempDir Path folder;
  private KeyholdProvider provider;

  /** What can happen to a backend: the lines of a configuration that leads to a broken one. */
  enum Fault {
    WRONG_PASSWORD(BackendKind.SOFTWARE, "password = file:b\\.secret", "password = file:wrong"),
    MISSING_FOLDER(BackendKind.SOFTWARE, "file = b\\.keyhold", "file = gone/b.keyhold"),
    MISSING_TOKEN(BackendKind.PKCS11, "token = .*", "token = gone"),
    MISSING_PIN(BackendKind.PKCS11, "pin = .*", "pin = env:KEYHOLD_NO_SUCH_VARIABLE");

    private final BackendKind kind;
    private final String line;
    private final String broken;

    Fault(BackendKind kind, String line, String broken) {
      this.kind = kind;
      this.line = line;
      this.broken = broken;
    }
  }

  private static final List<String> PAIRS = List.of("RSA", "EC");

  @AfterEach
  void uninstall() {
    Security.removeProvider("Keyhold");
    if (provider != null) {
      provider.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void everyServiceRefuses(Fault fault) throws Exception {
    byte[] aliases = aliasesOfABackendThatBreaks(fault);
    Security.insertProviderAt(provider, 1);
    KeyStore file = KeyStore.getInstance("Keyhold");
    file.load(new ByteArrayInputStream(aliases), PASSWORD);
    SecretKey encrypting = (SecretKey) file.getKey("orders", null);
    SecretKey wrapping = (SecretKey) file.getKey("vault", null);
    for (String algorithm : PAIRS) {
      assertNoLocalKey(
          assertThrows(
              UnrecoverableKeyException.class, () -> file.getKey("sign-" + algorithm, null)));
    }
    for (Provider.Service each : provider.getServices()) {
      KeyholdService service = (KeyholdService) each;
      if (service.isRefusing()) {
        continue; // refuses every key of Keyhold, whatever the state of its backend
      }
      String algorithm = service.getAlgorithm();
      switch (service.getType()) {
        case "Cipher" -> {
          if (service.serves(encrypting)) {
            refusesToEncrypt(algorithm, encrypting);
          }
          if (wrapping != null && service.serves(wrapping)) {
            refusesToWrap(algorithm, wrapping);
          }
        }
        case "KeyPairGenerator" -> refusesToGeneratePair(algorithm);
        case "Signature", "KeyAgreement", "KEM" -> {} // no private key is to be had: see above
        case "Mac" -> refusesToAuthenticate(algorithm, (SecretKey) file.getKey(algorithm, null));
        case "KeyGenerator" -> refusesToGenerate(algorithm);
        case "AlgorithmParameters" -> {} // no keys
        case "KeyStore" -> {
          if (algorithm.equals("Keyhold")) {
            refusesToList();
          }
        }
        default -> throw new AssertionError("this test does not know " + service);
      }
    }
  }

  @Test
  void aClosedProviderThatIsStillInstalledMakesNoLocalKey() throws Exception {
    KeyholdFixture closed = KeyholdFixture.of(BackendKind.SOFTWARE, folder, "generate = b");
    provider = closed.provider();
    Security.insertProviderAt(provider, 1);
    assertNull(KeyGenerator.getInstance("AES").generateKey().getEncoded());
    closed.close();
    KeyGenerator generator = KeyGenerator.getInstance("AES");
    assertThrows(KeyManagementException.class, generator::generateKey);
  }

  @Test
  void aClosedProviderStandsInNobodysWay() throws Exception {
    KeyholdFixture closed = KeyholdFixture.of(BackendKind.SOFTWARE, folder);
    provider = closed.provider();
    provider.close();
    Security.insertProviderAt(provider, 1);
    assertNotNull(KeyGenerator.getInstance("AES").generateKey().getEncoded());
  }

  private static void refusesToEncrypt(String algorithm, SecretKey key) throws Exception {
    Cipher cipher = Cipher.getInstance(algorithm);
    Exception atInit =
        assertThrows(Exception.class, () -> cipher.init(Cipher.ENCRYPT_MODE, key, IV));
    assertNoLocalKey(atInit);
    Cipher decrypting = Cipher.getInstance(algorithm);
    decrypting.init(Cipher.DECRYPT_MODE, key, IV);
    assertThrows(Exception.class, () -> decrypting.doFinal(new byte[1000]));
  }

  private static void refusesToWrap(String algorithm, SecretKey key) throws Exception {
    Cipher wrapping = Cipher.getInstance(algorithm);
    wrapping.init(Cipher.WRAP_MODE, key);
    SecretKey other = new SecretKeySpec(new byte[16], "AES");
    assertNoLocalKey(assertThrows(ProviderException.class, () -> wrapping.wrap(other)));
    Cipher unwrapping = Cipher.getInstance(algorithm);
    unwrapping.init(Cipher.UNWRAP_MODE, key);
    assertNoLocalKey(
        assertThrows(
            ProviderException.class,
            () -> unwrapping.unwrap(new byte[24], "AES", Cipher.SECRET_KEY)));
  }

  private static void refusesToGeneratePair(String algorithm) throws Exception {
    KeyPairGenerator named = KeyPairGenerator.getInstance(algorithm);
    named.initialize(
        new KeyholdGenParameterSpec.Builder("new-" + algorithm.toLowerCase(Locale.ROOT)).build());
    assertThrows(KeyManagementException.class, named::generateKeyPair, algorithm);
  }

  private static void refusesToAuthenticate(String algorithm, SecretKey key) throws Exception {
    Mac mac = Mac.getInstance(algorithm);
    Exception refusal =
        assertThrows(
            Exception.class,
            () -> {
              mac.init(key);
              mac.doFinal();
            });
    assertNoLocalKey(refusal);
  }

  private static void refusesToGenerate(String algorithm) throws Exception {
    KeyGenerator named = KeyGenerator.getInstance(algorithm);
    named.init(
        new KeyholdGenParameterSpec.Builder("new-" + algorithm.toLowerCase(Locale.ROOT)).build());
    assertNoLocalKey(assertThrows(KeyManagementException.class, named::generateKey));
    // the configuration has generate = b: these are keytool's calls
    KeyGenerator plain = KeyGenerator.getInstance(algorithm);
    assertNoLocalKey(assertThrows(KeyManagementException.class, plain::generateKey));
    KeyGenerator sized = KeyGenerator.getInstance(algorithm);
    sized.init(256);
    assertNoLocalKey(assertThrows(KeyManagementException.class, sized::generateKey));
  }

  private static void refusesToList() throws Exception {
    KeyStore keyStore = KeyStore.getInstance("Keyhold");
    keyStore.load(null, null);
    assertThrows(ProviderException.class, keyStore::aliases);
    Exception e = assertThrows(Exception.class, () -> keyStore.getKey("orders", null));
    assertNoLocalKey(e);
    boolean mayBeBack = ((BackendException) e.getCause()).reason() == Reason.UNAVAILABLE;
    Class<? extends Exception> expected =
        mayBeBack ? ProviderException.class : UnrecoverableKeyException.class;
    assertInstanceOf(expected, e);
    assertThrows(ProviderException.class, () -> keyStore.containsAlias("orders"));
  }

  /** The error is the backend's own, and says so; not that of a provider that was asked next. */
  private static void assertNoLocalKey(Exception refusal) {
    BackendException cause = assertInstanceOf(BackendException.class, refusal.getCause());
    assertFalse(cause.getMessage().contains("a password for tests"), "the message has a secret");
    assertTrue(cause.getMessage().contains("backend b"), cause.getMessage());
  }

  /** Makes keys, and a file of their aliases; then a provider whose backend is broken. */
  private byte[] aliasesOfABackendThatBreaks(Fault fault) throws Exception {
    Path configuration;
    byte[] aliases;
    try (KeyholdFixture keyhold = KeyholdFixture.of(fault.kind, folder, "generate = b")) {
      configuration = keyhold.configuration();
      KeyStore keyStore = KeyStore.getInstance("Keyhold", keyhold.provider());
      keyStore.load(null, null);
      keyStore.setKeyEntry("orders", keyhold.newKey("AES", "orders"), null, null);
      if (fault.kind == BackendKind.SOFTWARE) { // a token has no such keys
        KeyGenerator generator = KeyGenerator.getInstance("AES", keyhold.provider());
        generator.init(
            new KeyholdGenParameterSpec.Builder("vault").purposes(Purpose.KEY_WRAP).build());
        keyStore.setKeyEntry("vault", generator.generateKey(), null, null);
      }
      for (Provider.Service service : keyhold.provider().getServices()) {
        if (service.getType().equals("Mac") && !((KeyholdService) service).isRefusing()) {
          String algorithm = service.getAlgorithm();
          keyStore.setKeyEntry(algorithm, keyhold.newKey(algorithm, algorithm), null, null);
        }
      }
      for (String algorithm : PAIRS) {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, keyhold.provider());
        generator.initialize(new KeyholdGenParameterSpec.Builder("sign-" + algorithm).build());
        generator.generateKeyPair();
        keyStore.setKeyEntry(
            "sign-" + algorithm,
            keyStore.getKey("sign-" + algorithm, null),
            null,
            keyStore.getCertificateChain("sign-" + algorithm));
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      keyStore.store(out, PASSWORD);
      aliases = out.toByteArray();
    }
    breakBackend(configuration, fault);
    provider = new KeyholdProvider().configure(configuration.toString());
    return aliases;
  }

  private static void breakBackend(Path configuration, Fault fault) throws IOException {
    String text = Files.readString(configuration);
    String broken = text.replaceFirst("(?m)" + fault.line + "$", fault.broken);
    assertFalse(text.equals(broken), "nothing was broken");
    Files.writeString(configuration, broken);
    Files.writeString(configuration.resolveSibling("wrong"), "not the password\n");
  }
}
