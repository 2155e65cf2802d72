package dev.keyhold.keystore.pkcs11;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyImport;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.Rotation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the backend makes of a token, whichever token it is. */
class Pkcs11BackendTest {
  private static final WrapContext CONTEXT = new WrapContext(Map.of("alias", "orders"));
  private static final KeyRequest ORDERS =
      new KeyRequest("orders", KeySpec.AES_256, Set.of(Purpose.ENCRYPT));

  private final TestClock clock = new TestClock();
  private final FakeToken token = new FakeToken();

  @Test
  void makesAKekThatDoesNotWearOutWhereNothingElseIsChosen() throws Exception {
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    KeyMetadata key = backend.require(KeyMaking.class).create(ORDERS);
    assertEquals(KeySpec.hmac("HmacSHA256"), key.spec());
    assertEquals(Set.of(Purpose.ENCRYPT), key.purposes());
    assertEquals(Set.of("orders#1:kek"), token.objects.keySet());
    assertEquals(
        WrapMechanism.HMAC_DERIVE,
        backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]).mechanism());
    backend.require(Rotation.class).rotate("orders");
    assertEquals(Set.of("orders#1:kek", "orders#2:kek"), token.objects.keySet());
  }

  @Test
  void makesAnAesKekWhereTheTokenHasNoHmac() throws Exception {
    token.computesHmac = false;
    KeyMetadata key = backend(WrapChoice.AUTO).require(KeyMaking.class).create(ORDERS);
    assertEquals(KeySpec.AES_256, key.spec());
    assertEquals(Set.of("orders#1"), token.objects.keySet());
  }

  @Test
  void makesAnAesKekByChoiceAndKeepsTheKindWhenItIsRotated() throws Exception {
    backend(WrapChoice.AES_GCM).require(KeyMaking.class).create(ORDERS);
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    backend.require(Rotation.class).rotate("orders");
    assertEquals(Set.of("orders#1", "orders#2"), token.objects.keySet());
    assertEquals(
        WrapMechanism.AES_GCM,
        backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]).mechanism());
  }

  @ParameterizedTest
  @EnumSource(WrapChoice.class)
  void refusesAKekThatTheTokenCannotServe(WrapChoice choice) {
    token.honoursGcmIv = false;
    token.computesHmac = false;
    Expect.failure(
        Reason.UNSUPPORTED, () -> backend(choice).require(KeyMaking.class).create(ORDERS));
    assertEquals(Set.of(), token.objects.keySet());
  }

  @Test
  void refusesToWrapByAnAesKeyThatTheTokenCannotServe() {
    token.generate("orders", "AES", 256);
    token.honoursGcmIv = false;
    BackendException e =
        Expect.failure(
            Reason.UNSUPPORTED,
            () ->
                backend(WrapChoice.AUTO).require(Keks.class).wrap("orders", CONTEXT, new byte[32]));
    assertTrue(e.getMessage().contains("hmac-derive"), e.getMessage());
  }

  @Test
  void takesALabelWithoutANumberForVersionZero() throws Exception {
    token.generate("orders", "AES", 256);
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    WrappedKey wrapped = backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
    assertEquals("0", wrapped.version());
    assertEquals("pkcs11:object=orders", wrapped.identity());
    KeyMetadata rotated = backend.require(Rotation.class).rotate("orders");
    assertEquals(List.of("0", "1"), rotated.versions().stream().map(v -> v.id()).toList());
    assertEquals(32, backend.require(Keks.class).unwrap("orders", wrapped, CONTEXT).length);
  }

  @Test
  void sortsVersionsByNumber() throws Exception {
    for (int version = 1; version <= 11; version++) {
      token.generate("orders#" + version, "AES", 256);
    }
    KeyMetadata key = backend(WrapChoice.AUTO).describe("orders");
    assertEquals("11", key.currentVersion().orElseThrow().id());
    assertEquals(KeyState.DEACTIVATED, key.versions().get(9).state());
  }

  @Test
  void seesARotationByOthersAfterTenSeconds() throws Exception {
    token.generate("orders#1", "AES", 256);
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
    token.generate("orders#2", "AES", 256);
    assertEquals("1", backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]).version());
    clock.advance(KeyDirectory.MAX_AGE.plusMillis(1));
    assertEquals("2", backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]).version());
    backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
    assertEquals(2, token.readings);
  }

  @Test
  void seesARotationByOthersAfterTheClockWasSetBack() throws Exception {
    token.generate("orders#1", "AES", 256);
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
    token.generate("orders#2", "AES", 256);
    clock.advance(Duration.ofDays(-365));
    assertEquals("2", backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]).version());
    backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
    assertEquals(2, token.readings);
  }

  @Test
  void opensAVersionThatOthersJustMade() throws Exception {
    token.generate("orders#1", "AES", 256);
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
    token.generate("orders#2", "AES", 256);
    WrappedKey newer =
        new WrappedKey("pkcs11:object=orders", "2", WrapMechanism.AES_GCM, new byte[60]);
    assertEquals(32, backend.require(Keks.class).unwrap("orders", newer, CONTEXT).length);
  }

  @Test
  void goesOnWhileTheTokenCannotBeListed() throws Exception {
    token.generate("orders#1", "AES", 256);
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
    token.readingFails = new BackendException(Reason.MISCONFIGURED, "two of one label");
    clock.advance(KeyDirectory.MAX_AGE.plusMillis(1));
    assertEquals("1", backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]).version());
    Expect.failure(Reason.MISCONFIGURED, backend::list);
  }

  @Test
  void refusesAKeyWhoseVersionsAreNotClear() throws Exception {
    token.generate("orders#1", "AES", 256);
    token.generate("orders#1:kek", "HmacSHA256", 256);
    token.generate("other#1", "AES", 256);
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    assertEquals(KeyState.SUSPENDED, backend.describe("orders").state());
    assertEquals(KeyState.ACTIVE, backend.describe("other").state());
    BackendException e =
        Expect.failure(
            Reason.MISCONFIGURED,
            () -> backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]));
    assertTrue(e.getMessage().contains("orders#1:kek"), e.getMessage());
  }

  @Test
  void neverUsesAMacKeyAsAKekNorTheReverse() throws Exception {
    token.generate("mac#1", "HmacSHA256", 256);
    token.generate("kek#1:kek", "HmacSHA256", 256);
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    Expect.failure(
        Reason.UNSUPPORTED, () -> backend.require(Keks.class).wrap("mac", CONTEXT, new byte[32]));
    Expect.failure(Reason.UNSUPPORTED, () -> backend.require(Rotation.class).rotate("mac"));
    Expect.failure(
        Reason.UNSUPPORTED,
        () -> backend.require(Macs.class).mac("kek", "HmacSHA256", new byte[1]));
    Expect.failure(
        Reason.UNSUPPORTED,
        () -> backend.require(Macs.class).mac("mac", "HmacSHA512", new byte[1]));
  }

  @Test
  void stopsAtTheBoundOfAesGcm() throws Exception {
    token.generate("orders#1", "AES", 256);
    Pkcs11Backend backend = backend(WrapChoice.AUTO, new GcmWrapper(3));
    for (int i = 0; i < 3; i++) {
      backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
    }
    for (int i = 0; i < 3; i++) {
      BackendException e =
          Expect.failure(
              Reason.DENIED,
              () -> backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]));
      assertTrue(e.getMessage().contains("rotate"), e.getMessage());
    }
    backend.require(Naming.class).rename("orders", "invoices");
    Expect.failure(
        Reason.DENIED, () -> backend.require(Keks.class).wrap("invoices", CONTEXT, new byte[32]));
    backend.require(Rotation.class).rotate("invoices");
    backend.require(Keks.class).wrap("invoices", CONTEXT, new byte[32]);
  }

  @Test
  void takesARenamingBackThatFailsHalfWay() {
    token.generate("orders#1", "AES", 256);
    token.generate("orders#2", "AES", 256);
    token.refusesToRelabel = Set.of("orders#2");
    Expect.failure(
        Reason.UNAVAILABLE,
        () -> backend(WrapChoice.AUTO).require(Naming.class).rename("orders", "invoices"));
    assertEquals(Set.of("orders#1", "orders#2"), token.objects.keySet());
  }

  @Test
  void takesTheNameOffAllVersions() throws Exception {
    token.generate("orders#1", "AES", 256);
    token.generate("orders#2:kek", "HmacSHA256", 256);
    KeyUri uri = backend(WrapChoice.AUTO).require(Naming.class).unname("orders");
    assertEquals("pkcs11:token=tok;object=orders~removed-20261124T032600Z", uri.toString());
    assertEquals(
        Set.of("orders~removed-20261124T032600Z#1", "orders~removed-20261124T032600Z#2:kek"),
        token.objects.keySet());
  }

  @Test
  void saysSoWhenARenamingCannotBeTakenBack() {
    token.generate("orders#1", "AES", 256);
    token.generate("orders#2", "AES", 256);
    token.refusesToRelabel = Set.of("orders#2", "invoices#1");
    BackendException e =
        Expect.failure(
            Reason.UNAVAILABLE,
            () -> backend(WrapChoice.AUTO).require(Naming.class).rename("orders", "invoices"));
    assertTrue(e.getMessage().contains("'invoices#1' (was 'orders#1')"), e.getMessage());
    assertEquals(Set.of("invoices#1", "orders#2"), token.objects.keySet());
  }

  @Test
  void listsAKeyWithoutANameFirstAndFindsItByItsUri() throws Exception {
    token.generate("orders#1", "AES", 256);
    token.generate("anything#1", "AES", 256);
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    KeyUri uri = backend.require(Naming.class).unname("orders");
    assertEquals(List.of("", "anything"), backend.list().stream().map(KeyMetadata::name).toList());
    String reach = backend.nameOf(uri).orElseThrow();
    KeyMetadata unnamed = backend.describe(reach);
    assertEquals("", unnamed.name());
    assertEquals(uri, unnamed.uri());
    assertEquals(backend.identity(reach), unnamed.identity());
    assertEquals(uri, backend.require(Naming.class).unname(reach));
    assertEquals("invoices", backend.require(Naming.class).rename(reach, "invoices").name());
    assertEquals(Set.of("anything#1", "invoices#1"), token.objects.keySet());
    Expect.failure(Reason.NOT_FOUND, () -> backend.require(Naming.class).unname(reach));
  }

  @Test
  void opensWhatAKeyWrappedBeforeItsNameWasTakenOff() throws Exception {
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    backend.require(KeyMaking.class).create(ORDERS);
    WrappedKey wrapped = backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
    String reach = backend.nameOf(backend.require(Naming.class).unname("orders")).orElseThrow();
    assertEquals(wrapped.identity(), backend.identity(reach));
    assertArrayEquals(new byte[32], backend.require(Keks.class).unwrap(reach, wrapped, CONTEXT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"orders#7", "vault:kek", "m:hmac-sha256"})
  void givesNoNameThatWouldBeReadAsAnotherKeys(String name) throws Exception {
    token.generate("legacy", "AES", 256);
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    Expect.failure(Reason.UNSUPPORTED, () -> backend.require(Naming.class).rename("legacy", name));
    assertEquals(Set.of("legacy"), token.objects.keySet());
  }

  @Test
  void takesOneNameOffSeveralKeysWithinASecond() throws Exception {
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    for (int i = 0; i < 3; i++) {
      backend.require(KeyMaking.class).create(ORDERS);
      backend.require(Naming.class).unname("orders");
    }
    assertEquals(List.of("", "", ""), backend.list().stream().map(KeyMetadata::name).toList());
    assertEquals(3, backend.list().stream().map(KeyMetadata::uri).distinct().count());
  }

  @Test
  void takesTheLongestNameOff() throws Exception {
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    String longest = "x".repeat(ObjectLabel.MAX_NAME_LENGTH);
    backend
        .require(KeyMaking.class)
        .create(new KeyRequest(longest, KeySpec.AES_256, Set.of(Purpose.ENCRYPT)));
    String reach = backend.nameOf(backend.require(Naming.class).unname(longest)).orElseThrow();
    assertEquals("", backend.describe(reach).name());
  }

  @Test
  void givesNoKeyANameThatStandsForNone() {
    token.generate("orders#1", "AES", 256);
    String name = "k~removed-20261124T032600Z";
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    Expect.failure(
        Reason.UNSUPPORTED,
        () ->
            backend
                .require(KeyMaking.class)
                .create(new KeyRequest(name, KeySpec.AES_256, Set.of(Purpose.ENCRYPT))));
    Expect.failure(Reason.UNSUPPORTED, () -> backend.require(Naming.class).rename("orders", name));
    assertEquals(Set.of("orders#1"), token.objects.keySet());
  }

  @Test
  void knowsItsOwnUris() {
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    assertEquals(Optional.of("o"), backend.nameOf(KeyUri.parse("pkcs11:object=o;token=tok")));
    assertEquals(Optional.of("o"), backend.nameOf(KeyUri.parse(backend.identity("o"))));
    assertEquals(Optional.empty(), backend.nameOf(KeyUri.parse("pkcs11:object=o;token=other")));
    assertEquals(Optional.empty(), backend.nameOf(KeyUri.parse("software:o")));
  }

  @Test
  void refusesNamesAndKindsThatItCannotHold() {
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    Expect.failure(
        Reason.UNSUPPORTED,
        () ->
            backend
                .require(KeyMaking.class)
                .create(new KeyRequest("clé", KeySpec.AES_256, Set.of(Purpose.ENCRYPT))));
    Expect.failure(
        Reason.UNSUPPORTED,
        () ->
            backend
                .require(KeyMaking.class)
                .create(new KeyRequest("k", KeySpec.AES_256, Set.of(Purpose.MAC))));
    Expect.failure(
        Reason.UNSUPPORTED,
        () ->
            backend
                .require(KeyMaking.class)
                .create(new KeyRequest("k", new KeySpec("AES", 64), Set.of(Purpose.ENCRYPT))));
    Expect.failure(
        Reason.UNSUPPORTED,
        () ->
            backend
                .require(KeyMaking.class)
                .create(
                    new KeyRequest(
                        "k", KeySpec.hmac("HmacSHA256"), Set.of(Purpose.MAC, Purpose.ENCRYPT))));
    Expect.failure(
        Reason.UNSUPPORTED, () -> backend.require(KeyImport.class).importKey(ORDERS, new byte[16]));
    assertEquals(Set.of(), backend.purposesOf(KeySpec.rsa(1024)));
    assertEquals(Set.of(), backend.purposesOf(KeySpec.ED25519));
    assertEquals(Set.of(Purpose.SIGN), backend.purposesOf(KeySpec.rsa(2048)));
    assertEquals(Set.of(Purpose.SIGN, Purpose.AGREE), backend.purposesOf(KeySpec.ec(256)));
    assertEquals(Set.of(Purpose.ENCRYPT), backend.purposesOf(KeySpec.AES_256));
    assertThrows(
        IllegalArgumentException.class,
        () -> backend.require(Keks.class).wrap("k", CONTEXT, new byte[65]));
  }

  @Test
  void keepsTheAlgorithmOfAMacKeyOfAnotherSize() throws Exception {
    Pkcs11Backend backend = backend(WrapChoice.AUTO);
    KeySpec spec = new KeySpec("HmacSHA256", 520);
    KeyMetadata key =
        backend
            .require(KeyImport.class)
            .importKey(new KeyRequest("m", spec, Set.of(Purpose.MAC)), new byte[65]);
    assertEquals(spec, key.spec());
    assertEquals(Set.of("m#1:hmac-sha256"), token.objects.keySet());
  }

  private Pkcs11Backend backend(WrapChoice choice) {
    return backend(choice, new GcmWrapper(GcmWrapper.MAX_WRAPS));
  }

  private Pkcs11Backend backend(WrapChoice choice, GcmWrapper gcm) {
    TokenConnection connection =
        new TokenConnection(
            Path.of("/lib.so"), new HashMap<>(), path -> token, path -> {}, path -> path, clock);
    return new Pkcs11Backend(
        "tok",
        connection,
        new Pin(Optional.empty(), "hsm"),
        new Pkcs11Choices(choice, false),
        clock,
        gcm);
  }
}
