package dev.keyhold.keystore.pkcs11;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.CertificateStore;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.keystore.pkcs11.library.LibraryCopy;
import dev.keyhold.keystore.pkcs11.library.Module;
import dev.keyhold.keystore.pkcs11.library.SlotFinder;
import dev.keyhold.keystore.pkcs11.library.SunPkcs11Config;
import dev.keyhold.keystore.pkcs11.token.ModuleProbe;
import dev.keyhold.keystore.pkcs11.token.Pin;
import dev.keyhold.keystore.pkcs11.token.SunPkcs11Token;
import dev.keyhold.keystore.pkcs11.token.TokenConnection;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AuthProvider;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What goes wrong with a real token. Each test has tokens of its own, made after the library was
 * loaded by an earlier one.
 */
@Tag("token")
class SoftHsmFaultTest {
  private static final WrapContext CONTEXT = new WrapContext(Map.of("alias", "orders"));
  private static final KeyRequest ORDERS =
      new KeyRequest("orders", KeySpec.AES_256, Set.of(Purpose.ENCRYPT));
  private static final KeyRequest RSA =
      new KeyRequest("signs", KeySpec.rsa(2048), Set.of(Purpose.SIGN));
  private static final KeyRequest AGREE =
      new KeyRequest("agrees", KeySpec.ec(256), Set.of(Purpose.AGREE));
  private static final SignatureAlgorithm PKCS1 = SignatureAlgorithm.pkcs1("SHA-256");

  private final TestClock clock = new TestClock();
  private SoftHsm hsm;

  @BeforeEach
  void makeToken() throws Exception {
    hsm = SoftHsm.create().withToken("tok");
  }

  @Test
  void namesTheTokensThatThereAre() throws Exception {
    hsm.withToken("another");
    try (Backend backend = hsm.backend("missing")) {
      BackendException e = Expect.failure(Reason.UNAVAILABLE, backend::list);
      assertTrue(e.getMessage().contains("'missing'"), e.getMessage());
      assertTrue(e.getMessage().contains("[another, tok]"), e.getMessage());
    }
  }

  @Test
  void refusesToChooseBetweenTwoTokensOfOneLabel() throws Exception {
    hsm.withToken("tok");
    try (Backend backend = hsm.backend("tok")) {
      BackendException e = Expect.failure(Reason.MISCONFIGURED, backend::list);
      assertTrue(e.getMessage().contains("several tokens"), e.getMessage());
    }
  }

  @Test
  void findsATokenThatWasMadeAfterTheLibraryWasLoaded() throws Exception {
    try (Backend backend = hsm.backend("tok")) {
      backend.list();
    }
    hsm.withToken("later");
    try (Backend backend = hsm.backend("later")) {
      backend.require(KeyMaking.class).create(ORDERS);
      assertEquals(1, backend.list().size());
    }
  }

  @Test
  void findsATokenWhoseLabelIsNotAscii() throws Exception {
    String label = "tökén";
    assumeTrue(
        Charset.forName(System.getProperty("sun.jnu.encoding")).newEncoder().canEncode(label),
        "SKIPPED: the locale can't pass such a label to softhsm2-util");
    hsm.withToken(label);
    try (Backend backend = hsm.backend(label)) {
      assertEquals(
          "pkcs11:token=t%C3%B6k%C3%A9n;object=orders",
          backend.require(KeyMaking.class).create(ORDERS).uri().toString());
    }
  }

  @Test
  void refusesAWrongPinUntilItIsCorrected() throws Exception {
    MapOptions options = hsm.options("tok", "pin", "9999");
    try (Backend backend = new Pkcs11BackendFactory().create(options)) {
      BackendException first = Expect.failure(Reason.MISCONFIGURED, backend::list);
      assertTrue(first.getMessage().contains("refuses the PIN"), first.getMessage());
      BackendException second = Expect.failure(Reason.MISCONFIGURED, backend::list);
      assertTrue(second.getMessage().contains("refused this PIN"), second.getMessage());
      assertFalse((first.getMessage() + second.getMessage()).contains("9999"));
      options.set("pin", SoftHsm.PIN);
      assertEquals(0, backend.list().size());
    }
  }

  @Test
  void takesThePinFromUnlock() throws Exception {
    try (Backend backend = hsm.backend("tok", "pin", "")) {
      Expect.failure(Reason.MISCONFIGURED, backend::list);
      char[] pin = SoftHsm.PIN.toCharArray();
      backend.unlock(pin);
      assertArrayEquals(SoftHsm.PIN.toCharArray(), pin);
      backend.require(KeyMaking.class).create(ORDERS);
    }
  }

  @Test
  void logsOutAtClose() throws Exception {
    Backend backend = hsm.backend("tok");
    backend.require(KeyMaking.class).create(ORDERS);
    backend.close();
    Expect.failure(Reason.UNAVAILABLE, backend::list);
    Expect.failure(
        Reason.UNAVAILABLE,
        () -> backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]));
    try (Backend again = hsm.backend("tok", "pin", "9999")) {
      Expect.failure(Reason.MISCONFIGURED, again::list);
    }
  }

  @Test
  void goesOnAfterSomebodyElseLoggedOut() throws Exception {
    Path fresh = LibraryCopy.of(hsm.library());
    try (Backend backend = hsm.backend("tok", "library", fresh.toString())) {
      backend.require(KeyMaking.class).create(ORDERS);
      WrappedKey wrapped = backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
      AuthProvider somebody =
          SunPkcs11Config.open(new Module(fresh), new SlotFinder(new Module(fresh)).find("tok"));
      somebody.logout();
      assertArrayEquals(
          new byte[32], backend.require(Keks.class).unwrap("orders", wrapped, CONTEXT));
      somebody =
          SunPkcs11Config.open(new Module(fresh), new SlotFinder(new Module(fresh)).find("tok"));
      somebody.logout();
      backend.require(Rotation.class).rotate("orders");
      backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
    }
  }

  @Test
  void signsAndAgreesAfterSomebodyElseLoggedOut() throws Exception {
    Path fresh = LibraryCopy.of(hsm.library());
    try (Backend backend = hsm.backend("tok", "library", fresh.toString())) {
      backend.require(KeyMaking.class).create(RSA);
      backend.require(KeyMaking.class).create(AGREE);
      byte[] peer = backend.require(PublicKeys.class).publicKey("agrees");
      byte[] secret = backend.require(Agreements.class).agree("agrees", peer);
      byte[] signature = backend.require(Signatures.class).sign("signs", PKCS1, new byte[32]);
      SunPkcs11Config.open(new Module(fresh), new SlotFinder(new Module(fresh)).find("tok"))
          .logout();
      assertArrayEquals(
          signature, backend.require(Signatures.class).sign("signs", PKCS1, new byte[32]));
      SunPkcs11Config.open(new Module(fresh), new SlotFinder(new Module(fresh)).find("tok"))
          .logout();
      assertArrayEquals(secret, backend.require(Agreements.class).agree("agrees", peer));
      SunPkcs11Config.open(new Module(fresh), new SlotFinder(new Module(fresh)).find("tok"))
          .logout();
      backend.require(Naming.class).rename("agrees", "agreed");
      assertArrayEquals(secret, backend.require(Agreements.class).agree("agreed", peer));
      assertArrayEquals(
          signature, backend.require(Signatures.class).sign("signs", PKCS1, new byte[32]));
    }
  }

  @Test
  void comesBackWithTheTokenForKeyPairs() throws Exception {
    Path gone = hsm.tokens().resolveSibling("gone");
    try (Backend backend = backend()) {
      backend.require(KeyMaking.class).create(RSA);
      backend.require(KeyMaking.class).create(AGREE);
      byte[] peer = backend.require(PublicKeys.class).publicKey("agrees");
      byte[] secret = backend.require(Agreements.class).agree("agrees", peer);
      byte[] signature = backend.require(Signatures.class).sign("signs", PKCS1, new byte[32]);
      Files.move(hsm.tokens(), gone);
      try {
        for (int i = 0; i < 3; i++) {
          Expect.failure(
              Reason.UNAVAILABLE,
              () -> backend.require(Signatures.class).sign("signs", PKCS1, new byte[32]));
          Expect.failure(
              Reason.UNAVAILABLE, () -> backend.require(Agreements.class).agree("agrees", peer));
          Expect.failure(
              Reason.UNAVAILABLE,
              () -> backend.require(CertificateStore.class).certificates("signs"));
          Expect.failure(Reason.UNAVAILABLE, () -> backend.require(KeyMaking.class).create(RSA));
        }
      } finally {
        Files.move(gone, hsm.tokens());
      }
      clock.advance(TokenConnection.LONGEST_PAUSE);
      assertArrayEquals(
          signature, backend.require(Signatures.class).sign("signs", PKCS1, new byte[32]));
      assertArrayEquals(secret, backend.require(Agreements.class).agree("agrees", peer));
    }
  }

  @Test
  void seesWhatAnotherProcessMakes() throws Exception {
    try (Backend backend = backend()) {
      backend.require(KeyMaking.class).create(ORDERS);
      backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
      makeOutside("orders#2");
      makeOutside("new#1");
      assertEquals("1", backend.require(Keks.class).wrap("new", CONTEXT, new byte[32]).version());
      clock.advance(TokenDirectory.MAX_AGE.plusMillis(1));
      assertEquals(
          "2", backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]).version());
    }
  }

  @Test
  void saysWhatToDoAboutTwoKeysOfOneLabel() throws Exception {
    try (Backend backend = backend()) {
      backend.require(KeyMaking.class).create(ORDERS);
      WrappedKey wrapped = backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
      makeOutside("twin");
      makeOutside("twin");
      for (int i = 0; i < 2; i++) {
        BackendException e = Expect.failure(Reason.MISCONFIGURED, backend::list);
        assertTrue(e.getMessage().contains("'twin'"), e.getMessage());
        assertTrue(e.getMessage().contains("pkcs11-tool"), e.getMessage());
      }
      Expect.failure(Reason.MISCONFIGURED, () -> backend.require(Rotation.class).rotate("orders"));
      assertArrayEquals(
          new byte[32], backend.require(Keks.class).unwrap("orders", wrapped, CONTEXT));
      hsm.pkcs11Tool("tok", "--delete-object", "--type", "secrkey", "--label", "twin");
      assertEquals(2, backend.list().size());
    }
  }

  @Test
  void comesBackWithTheToken() throws Exception {
    Path gone = hsm.tokens().resolveSibling("gone");
    try (Backend backend = backend()) {
      backend.require(KeyMaking.class).create(ORDERS);
      WrappedKey wrapped = backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
      Files.move(hsm.tokens(), gone);
      try {
        for (int i = 0; i < 3; i++) {
          Expect.failure(
              Reason.UNAVAILABLE,
              () -> backend.require(Keks.class).unwrap("orders", wrapped, CONTEXT));
          Expect.failure(
              Reason.UNAVAILABLE,
              () -> backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]));
          Expect.failure(Reason.UNAVAILABLE, backend::list);
          Expect.failure(Reason.UNAVAILABLE, () -> backend.require(KeyMaking.class).create(ORDERS));
        }
      } finally {
        Files.move(gone, hsm.tokens());
      }
      clock.advance(TokenConnection.PAUSE);
      assertArrayEquals(
          new byte[32], backend.require(Keks.class).unwrap("orders", wrapped, CONTEXT));
      assertEquals(
          "2",
          backend.require(Rotation.class).rotate("orders").currentVersion().orElseThrow().id());
    }
  }

  @Test
  void acceptsThatTheOnlyKeyWasDeleted() throws Exception {
    try (Backend backend = backend()) {
      backend.require(KeyMaking.class).create(ORDERS);
      hsm.pkcs11Tool("tok", "--delete-object", "--type", "secrkey", "--label", "orders#1:kek");
      // it looks as if the token had gone, and is looked into by a new connection
      Expect.failure(
          Reason.UNAVAILABLE,
          () -> backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]));
      clock.advance(TokenConnection.LONGEST_PAUSE);
      Expect.failure(
          Reason.NOT_FOUND,
          () -> backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]));
    }
  }

  private void makeOutside(String label) throws Exception {
    hsm.pkcs11Tool("tok", "--keygen", "--key-type", "aes:32", "--label", label, "--sensitive");
  }

  private Backend backend() {
    Pin pin = new Pin(hsm.options("tok").secret("pin"), "hsm");
    TokenConnection connection =
        new TokenConnection(
            hsm.library(),
            new HashMap<>(),
            path -> SunPkcs11Token.open(new Module(path), "tok", pin),
            new ModuleProbe("tok", ""),
            LibraryCopy::of,
            clock);
    return new Pkcs11Backend(
        "tok", connection, pin, new Pkcs11Choices(WrapChoice.AUTO, false), clock);
  }
}
