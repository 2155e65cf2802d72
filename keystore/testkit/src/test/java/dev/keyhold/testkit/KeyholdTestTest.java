package dev.keyhold.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdProvider;
import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.facet.AllFacets;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.Suspension;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.security.Signature;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What a user's test does with the kit beside its faults. */
class KeyholdTestTest {
  private static final byte[] PLAIN = "receipt".getBytes(UTF_8);

  @Test
  void keysOfAllKindsAreReady() throws Exception {
    try (KeyholdTest keyhold =
        KeyholdTest.create()
            .alias("orders")
            .alias("tokens", KeySpec.hmac("HmacSHA256"), Purpose.MAC)
            .alias("web", KeySpec.ec(256), Purpose.SIGN)
            .alias("shop.example.com", KeySpec.rsa(2048), Purpose.SIGN)
            .build()) {
      Mac mac = Mac.getInstance("HmacSHA256", keyhold.provider());
      mac.init(keyhold.key("tokens"));
      assertEquals(32, mac.doFinal(PLAIN).length);
      assertTrue(verifies(keyhold, "web", "SHA256withECDSA"));
      assertTrue(verifies(keyhold, "shop.example.com", "SHA256withRSA"));
      assertEquals(1, keyhold.calls("memory").count(Operation.SIGN, "web"));
      assertArrayEquals(PLAIN, open(keyhold.provider(), seal(keyhold.provider())));
    }
  }

  private static boolean verifies(KeyholdTest keyhold, String alias, String algorithm)
      throws Exception {
    KeyStore keys = keyStore(keyhold.provider());
    Signature signing = Signature.getInstance(algorithm, keyhold.provider());
    signing.initSign((PrivateKey) keys.getKey(alias, null));
    signing.update(PLAIN);
    Signature verifying = Signature.getInstance(algorithm);
    verifying.initVerify(keys.getCertificate(alias));
    verifying.update(PLAIN);
    return verifying.verify(signing.sign());
  }

  @Test
  void twoLiveSideBySide() throws Exception {
    try (KeyholdTest one = KeyholdTest.create().alias("orders").build();
        KeyholdTest other = KeyholdTest.create().alias("orders").build()) {
      byte[] object = seal(one.provider());
      one.faults("memory").denied();
      seal(other.provider());
      assertThrows(GeneralSecurityException.class, () -> open(other.provider(), object));
      assertEquals(1, one.calls("memory").count(Operation.WRAP));
    }
  }

  @Test
  void anotherProviderHasTheSameKeys() throws Exception {
    try (KeyholdTest keyhold = KeyholdTest.create().alias("orders").build()) {
      byte[] object = seal(keyhold.provider());
      try (KeyholdProvider restarted =
          new KeyholdProvider().configure(keyhold.configuration().toString())) {
        assertArrayEquals(PLAIN, open(restarted, object));
      }
      assertArrayEquals(PLAIN, open(keyhold.provider(), object));
    }
  }

  @Test
  void eitherOfTwoRegionsOpens() throws Exception {
    try (KeyholdTest keyhold = KeyholdTest.create().alias("orders", "eu", "us").build()) {
      byte[] object = seal(keyhold.provider());
      keyhold.faults("eu").on(Operation.UNWRAP).unavailable();
      assertArrayEquals(PLAIN, open(keyhold.provider(), object));
      assertEquals(1, keyhold.calls("us").count(Operation.UNWRAP));
    }
  }

  @Test
  void aPropertyReplacesALine() throws Exception {
    try (KeyholdTest keyhold =
        KeyholdTest.create()
            .alias("orders", "eu", "us")
            .property("key.orders", "all-of(eu, us)")
            .property("key.orders.data-keys", "epoch")
            .build()) {
      byte[] object = seal(keyhold.provider());
      assertArrayEquals(PLAIN, open(keyhold.provider(), object));
      for (int i = 0; i < 100; i++) {
        seal(keyhold.provider());
      }
      assertEquals(1, keyhold.calls("eu").count(Operation.WRAP));
    }
  }

  @Test
  void theOperatorRotatesAndDisables() throws Exception {
    try (KeyholdTest keyhold = KeyholdTest.create().alias("orders").build()) {
      byte[] object = seal(keyhold.provider());
      keyhold.keys("memory").require(Rotation.class).rotate("orders");
      assertArrayEquals(PLAIN, open(keyhold.provider(), object));
      keyhold.keys("memory").require(Suspension.class).disable("orders");
      assertThrows(InvalidKeyException.class, () -> seal(keyhold.provider()));
      assertEquals(0, keyhold.calls("memory").count(Operation.ROTATE));
    }
  }

  @Test
  void aDestroyedKeyIsGoneWhenItsTimeHasCome() throws Exception {
    try (KeyholdTest keyhold = KeyholdTest.create().alias("orders").build()) {
      byte[] object = seal(keyhold.provider());
      Key key = keyhold.key("orders");
      Backend keys = keyhold.keys("memory");
      keys.require(Destruction.class).scheduleDestruction("orders", Duration.ofDays(30));
      keyhold.advance(Duration.ofDays(29));
      keys.require(Destruction.class).cancelDestruction("orders");
      keys.require(Suspension.class).enable("orders");
      assertArrayEquals(PLAIN, open(keyhold.provider(), object));
      keys.require(Destruction.class).scheduleDestruction("orders", Duration.ofDays(30));
      keyhold.advance(Duration.ofDays(31));
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", keyhold.provider());
      assertThrows(InvalidKeyException.class, () -> cipher.init(Cipher.ENCRYPT_MODE, key));
      assertThrows(IllegalArgumentException.class, () -> keyhold.key("orders"));
    }
  }

  @Test
  @ResourceLock("java.security.Security.providers")
  void anInstalledOneIsFoundAndTakenOutAgain() {
    KeyholdTest first = KeyholdTest.create().alias("orders").installed().build();
    assertSame(first.provider(), Security.getProvider("Keyhold"));
    assertThrows(IllegalStateException.class, () -> KeyholdTest.create().installed().build());
    assertSame(first.provider(), Security.getProvider("Keyhold"));
    first.close();
    assertNull(Security.getProvider("Keyhold"));
    try (KeyholdTest next = KeyholdTest.create().installed().build()) {
      first.close();
      assertSame(next.provider(), Security.getProvider("Keyhold"));
    }
  }

  @Test
  void aKeyPairHasOneBackend() {
    KeyholdTest.Builder builder = KeyholdTest.create();
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> builder.alias("web", KeySpec.ec(256), Purpose.SIGN, "eu", "us"));
    assertTrue(refusal.getMessage().contains("web"), refusal.getMessage());
  }

  @Test
  void afterItsEndNothingIsLeft() throws Exception {
    KeyholdTest keyhold = KeyholdTest.create().alias("orders").build();
    Key key = keyhold.key("orders");
    Path file = keyhold.configuration();
    String lines = Files.readString(file);
    keyhold.close();
    keyhold.close();
    assertFalse(Files.exists(file.getParent()));
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", keyhold.provider());
    assertThrows(ProviderException.class, () -> cipher.init(Cipher.ENCRYPT_MODE, key));
    assertThrows(BackendException.class, () -> keyhold.keys("memory").list());
    Path copy = Files.createTempFile("keyhold", ".properties");
    try (KeyholdProvider late =
        new KeyholdProvider().configure(Files.writeString(copy, lines).toString())) {
      ProviderException refusal =
          assertThrows(ProviderException.class, () -> keyStore(late).aliases());
      assertTrue(refusal.getMessage().contains("memory backends are for tests"));
    } finally {
      Files.delete(copy);
    }
  }

  @Test
  void whatIsWrongIsSaidWhenItIsMade() {
    IllegalArgumentException line =
        assertThrows(
            IllegalArgumentException.class,
            () -> KeyholdTest.create().property("key.orders", "nowhere").build());
    assertTrue(line.getMessage().contains("nowhere"), line.getMessage());
    IllegalArgumentException remote =
        assertThrows(
            IllegalArgumentException.class,
            () -> KeyholdTest.create().property("backend.memory.remote", "maybe").build());
    assertTrue(remote.getMessage().contains("true (the default) or false"), remote.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> KeyholdTest.create().alias("orders", KeySpec.AES_256, Purpose.SIGN).build());
  }

  @Test
  void whatTheTestDoesNotHaveIsRefused() {
    try (KeyholdTest keyhold = KeyholdTest.create().alias("orders").build()) {
      assertThrows(IllegalArgumentException.class, () -> keyhold.key("other"));
      assertThrows(IllegalArgumentException.class, () -> keyhold.faults("other"));
    }
  }

  @Test
  void aClosedProviderLeavesTheKeysToTheOthers() throws Exception {
    try (KeyholdTest keyhold = KeyholdTest.create().backend("memory").build()) {
      Backend view = MemoryBackend.of(Place.of(placeId(keyhold)).orElseThrow(), false);
      view.require(KeyMaking.class)
          .create(new KeyRequest("orders", KeySpec.AES_256, Set.of(Purpose.ENCRYPT)));
      view.close();
      BackendException closed = assertThrows(BackendException.class, () -> view.describe("orders"));
      assertEquals(Reason.UNAVAILABLE, closed.reason());
      assertEquals("orders", keyhold.keys("memory").describe("orders").name());
    }
  }

  private static String placeId(KeyholdTest keyhold) throws Exception {
    return Files.readAllLines(keyhold.configuration()).stream()
        .filter(line -> line.startsWith("backend.memory.place = "))
        .map(line -> line.substring(line.indexOf('=') + 2))
        .findFirst()
        .orElseThrow();
  }

  private static Stream<Method> methods() {
    return Stream.concat(Stream.of(Backend.class), AllFacets.LIST.stream())
        .flatMap(type -> Arrays.stream(type.getMethods()));
  }

  /** A method that is new in an interface must be an operation, or be named here as none. */
  @Test
  void everyMethodOfABackendMeetsFaultsOrDoesNoCall() {
    Set<String> noCalls =
        methods()
            .filter(method -> Operation.of(method).isEmpty())
            .map(Method::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(
        new TreeSet<>(
            Set.of(
                "close",
                "dropLocalState",
                "facet",
                "forAccess",
                "ifAbsent",
                "isRemote",
                "knownIdentity",
                "maxMacMessage",
                "maxSignedMessage",
                "nameOf",
                "prepare",
                "purposesOf",
                "require",
                "residence",
                "unlock")),
        noCalls);
    for (Operation operation : Operation.values()) {
      assertTrue(
          methods().anyMatch(method -> Operation.of(method).filter(operation::equals).isPresent()),
          operation::name);
    }
  }

  private static KeyStore keyStore(Provider provider) throws Exception {
    KeyStore keys = KeyStore.getInstance("Keyhold", provider);
    keys.load(null, null);
    return keys;
  }

  private static byte[] seal(Provider provider) throws Exception {
    return crypt(Cipher.ENCRYPT_MODE, provider, PLAIN);
  }

  private static byte[] open(Provider provider, byte[] object) throws Exception {
    return crypt(Cipher.DECRYPT_MODE, provider, object);
  }

  private static byte[] crypt(int mode, Provider provider, byte[] input) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    Key key = keyStore(provider).getKey("orders", null);
    cipher.init(mode, key, new GCMParameterSpec(128, new byte[12]));
    return cipher.doFinal(input);
  }
}
