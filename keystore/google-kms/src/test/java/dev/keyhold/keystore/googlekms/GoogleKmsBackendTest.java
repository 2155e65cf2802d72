package dev.keyhold.keystore.googlekms;

import static dev.keyhold.keystore.googlekms.Fixture.CONTEXT;
import static dev.keyhold.keystore.googlekms.Fixture.DATA_KEY;
import static dev.keyhold.keystore.googlekms.Fixture.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.Residence;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.RandomSource;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.ScheduledRotation;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.keystore.facet.Suspension;
import dev.keyhold.keystore.googlekms.fake.FakeServer;
import dev.keyhold.keystore.googlekms.fake.Fault;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoogleKmsBackendTest {
  private static final byte[] MESSAGE = {1, 2, 3};

  private final Fixture fixture = new Fixture();
  private final Backend backend = fixture.backend();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void anObjectCostsOneCall() throws Exception {
    fixture.newKek("orders");
    WrappedKey wrapped = backend.require(Keks.class).wrap("orders", CONTEXT, DATA_KEY);
    backend.require(Keks.class).unwrap("orders", wrapped, CONTEXT);
    int before = fixture.server().kms().calls();
    for (int i = 0; i < 10; i++) {
      backend.identity("orders");
      backend
          .require(Keks.class)
          .unwrap("orders", backend.require(Keks.class).wrap("orders", CONTEXT, DATA_KEY), CONTEXT);
    }
    assertEquals(20, fixture.server().kms().calls() - before);
    assertEquals(11, fixture.server().kms().calls("Encrypt"));
    assertEquals(11, fixture.server().kms().calls("Decrypt"));
  }

  @Test
  void aListHasEveryPageOfKeysAndVersions() throws Exception {
    for (String name : List.of("a", "b", "c", "d", "e")) {
      fixture.newKek(name);
    }
    for (int i = 0; i < 4; i++) {
      backend.require(Rotation.class).rotate("c");
    }
    List<KeyMetadata> all = backend.list();
    assertEquals(5, all.size());
    assertEquals(5, all.get(2).versions().size());
    assertEquals("5", all.get(2).currentVersion().orElseThrow().id());
  }

  @Test
  void anotherBackendsRotationIsNoticed() throws Exception {
    fixture.newKek("orders");
    WrappedKey old = backend.require(Keks.class).wrap("orders", CONTEXT, DATA_KEY);
    try (Backend other = fixture.connect()) {
      other.require(Rotation.class).rotate("orders");
      WrappedKey fresh = backend.require(Keks.class).wrap("orders", CONTEXT, DATA_KEY);
      assertEquals("2", fresh.version());
      assertArrayEquals(DATA_KEY, backend.require(Keks.class).unwrap("orders", old, CONTEXT));
      assertArrayEquals(DATA_KEY, backend.require(Keks.class).unwrap("orders", fresh, CONTEXT));
    }
  }

  @Test
  void aRawKekWrapsByAesGcm() throws Exception {
    try (Backend raw = fixture.connect("wrap", "raw")) {
      KeyMetadata made =
          raw.require(KeyMaking.class)
              .create(new KeyRequest("raw", KeySpec.AES_256, Set.of(Purpose.ENCRYPT)));
      WrappedKey first = raw.require(Keks.class).wrap("raw", CONTEXT, DATA_KEY);
      assertEquals(WrapMechanism.AES_GCM, first.mechanism());
      assertEquals(Optional.of(WrapMechanism.AES_GCM), raw.require(Keks.class).mechanism("raw"));
      assertEquals(12 + 32 + 16, first.bytes().length);
      assertEquals(made.currentVersion().orElseThrow().id(), first.version());
      assertEquals(
          KeyState.DEACTIVATED,
          raw.require(Rotation.class).rotate("raw").versions().get(0).state());
      WrappedKey second = raw.require(Keks.class).wrap("raw", CONTEXT, DATA_KEY);
      assertEquals("2", second.version());
      assertArrayEquals(DATA_KEY, backend.require(Keks.class).unwrap("raw", first, CONTEXT));
      assertArrayEquals(DATA_KEY, backend.require(Keks.class).unwrap("raw", second, CONTEXT));
      byte[] altered = second.bytes().clone();
      altered[20] ^= 1;
      WrappedKey bad =
          new WrappedKey(second.identity(), second.version(), second.mechanism(), altered);
      assertFails(Reason.BAD_CIPHERTEXT, () -> raw.require(Keks.class).unwrap("raw", bad, CONTEXT));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "EC, 256, SHA256withECDSA, SHA-256",
    "EC, 384, SHA384withECDSA, SHA-384",
    "RSA, 2048, SHA256withRSA, SHA-256",
    "Ed25519, 256, Ed25519, NONE"
  })
  void theJdkVerifiesWhatTheServiceSigned(String kind, int bits, String name, String digest)
      throws Exception {
    KeyMetadata made = fixture.create("pair", new KeySpec(kind, bits), Purpose.SIGN);
    SignatureAlgorithm algorithm = made.attributes().signatures().iterator().next();
    assertEquals(digest, algorithm.digest());
    byte[] input =
        algorithm.signsDigest() ? MessageDigest.getInstance(digest).digest(MESSAGE) : MESSAGE;
    Signature verifier = Signature.getInstance(name);
    verifier.initVerify(publicKey("pair", kind));
    verifier.update(MESSAGE);
    assertTrue(verifier.verify(backend.require(Signatures.class).sign("pair", algorithm, input)));
    assertFails(
        Reason.UNSUPPORTED,
        () ->
            backend
                .require(Signatures.class)
                .sign("pair", SignatureAlgorithm.pkcs1("SHA-1"), new byte[20]));
    assertTrue(made.uri().path().endsWith("/cryptoKeys/pair/cryptoKeyVersions/1"));
    String named = backend.nameOf(made.uri()).orElseThrow();
    assertEquals("pair/cryptoKeyVersions/1", named);
    assertEquals(made.uri(), backend.describe(named).uri());
  }

  @Test
  void aLabelAsksForPss() throws Exception {
    Map<String, String> labels = Map.of("keyhold-algorithm", "rsa_sign_pss_2048_sha256");
    KeyMetadata made = fixture.create("pss", KeySpec.rsa(2048), Purpose.SIGN, labels);
    SignatureAlgorithm pss = SignatureAlgorithm.pss("SHA-256", "SHA-256", 32);
    assertEquals(Set.of(pss), made.attributes().signatures());
    assertEquals(labels, made.attributes().labels());
    Signature verifier = Signature.getInstance("RSASSA-PSS");
    verifier.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    verifier.initVerify(publicKey("pss", "RSA"));
    verifier.update(MESSAGE);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(MESSAGE);
    assertTrue(verifier.verify(backend.require(Signatures.class).sign("pss", pss, digest)));
  }

  @Test
  void aPrivateKeyDecrypts() throws Exception {
    KeyMetadata made = fixture.create("open", KeySpec.rsa(2048), Purpose.DECRYPT);
    RsaPadding padding = RsaPadding.oaep("SHA-256", "SHA-256");
    assertEquals(Set.of(padding), made.attributes().paddings());
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        publicKey("open", "RSA"),
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
    byte[] ciphertext = cipher.doFinal(MESSAGE);
    assertArrayEquals(
        MESSAGE,
        backend.require(Decryptions.class).decrypt("open", padding, new byte[0], ciphertext));
    ciphertext[9] ^= 1;
    assertFails(
        Reason.BAD_CIPHERTEXT,
        () -> backend.require(Decryptions.class).decrypt("open", padding, new byte[0], ciphertext));
    assertFails(
        Reason.UNSUPPORTED,
        () -> backend.require(Decryptions.class).decrypt("open", padding, new byte[1], ciphertext));
    assertFails(
        Reason.UNSUPPORTED,
        () ->
            backend
                .require(Decryptions.class)
                .decrypt("open", RsaPadding.PKCS1, new byte[0], ciphertext));
  }

  private PublicKey publicKey(String key, String kind) throws Exception {
    return KeyFactory.getInstance(kind)
        .generatePublic(new X509EncodedKeySpec(backend.require(PublicKeys.class).publicKey(key)));
  }

  @Test
  void aLifeHasItsStates() throws Exception {
    fixture.newKek("orders");
    backend.require(Rotation.class).rotate("orders");
    KeyMetadata disabled = backend.require(Suspension.class).disable("orders");
    assertEquals(KeyState.SUSPENDED, disabled.state());
    assertTrue(disabled.versions().stream().allMatch(v -> v.state() == KeyState.SUSPENDED));
    KeyMetadata enabled = backend.require(Suspension.class).enable("orders");
    assertEquals(KeyState.ACTIVE, enabled.state());
    assertEquals(KeyState.DEACTIVATED, enabled.versions().get(0).state());
    String what =
        assertFails(
                Reason.UNSUPPORTED,
                () ->
                    backend
                        .require(Destruction.class)
                        .scheduleDestruction("orders", Duration.ofDays(7)))
            .getMessage();
    assertTrue(what.contains("30 days"), what);
    KeyMetadata doomed =
        backend.require(Destruction.class).scheduleDestruction("orders", Duration.ofDays(30));
    assertEquals(KeyState.DESTROYED, doomed.state());
    assertTrue(doomed.attributes().destruction().isPresent());
    KeyMetadata saved = backend.require(Destruction.class).cancelDestruction("orders");
    assertEquals(KeyState.SUSPENDED, saved.state());
    assertEquals(Optional.empty(), saved.attributes().destruction());
    assertFails(
        Reason.DENIED, () -> backend.require(Destruction.class).cancelDestruction("orders"));
  }

  @Test
  void whatWasOutOfUseBeforeStaysSo() throws Exception {
    fixture.newKek("orders");
    for (int i = 0; i < 3; i++) {
      backend.require(Rotation.class).rotate("orders");
    }
    Map<String, String> labels = backend.describe("orders").attributes().labels();
    backend.require(Suspension.class).disable("orders/cryptoKeyVersions/1");
    backend
        .require(Destruction.class)
        .scheduleDestruction("orders/cryptoKeyVersions/2", Duration.ofDays(30));
    assertEquals(List.of("SUSPENDED", "DESTROYED", "DEACTIVATED", "ACTIVE"), states());
    backend.require(Suspension.class).enable("orders");
    assertEquals(List.of("SUSPENDED", "DESTROYED", "DEACTIVATED", "ACTIVE"), states());
    backend.require(Suspension.class).disable("orders");
    backend.require(Suspension.class).disable("orders");
    assertEquals(List.of("SUSPENDED", "DESTROYED", "SUSPENDED", "SUSPENDED"), states());
    backend.require(Destruction.class).scheduleDestruction("orders", Duration.ofDays(30));
    assertEquals(List.of("DESTROYED", "DESTROYED", "DESTROYED", "DESTROYED"), states());
    backend.require(Destruction.class).cancelDestruction("orders");
    assertEquals(List.of("SUSPENDED", "DESTROYED", "SUSPENDED", "SUSPENDED"), states());
    backend.require(Suspension.class).enable("orders");
    assertEquals(List.of("SUSPENDED", "DESTROYED", "DEACTIVATED", "ACTIVE"), states());
    backend.require(Destruction.class).cancelDestruction("orders/cryptoKeyVersions/2");
    backend.require(Suspension.class).enable("orders/cryptoKeyVersions/1");
    assertEquals(List.of("DEACTIVATED", "SUSPENDED", "DEACTIVATED", "ACTIVE"), states());
    assertEquals(labels, backend.describe("orders").attributes().labels());
  }

  private List<String> states() throws Exception {
    return backend.describe("orders").versions().stream().map(v -> v.state().name()).toList();
  }

  @Test
  void aSuspendedKeyIsNotRotatedUntilItIsInUseAgain() throws Exception {
    fixture.newKek("orders");
    Duration period = Duration.ofDays(90);
    backend.require(ScheduledRotation.class).rotateEvery("orders", period);
    KeyMetadata disabled = backend.require(Suspension.class).disable("orders");
    assertEquals(Optional.empty(), disabled.attributes().rotationPeriod());
    assertEquals(Map.of(), disabled.attributes().labels());
    assertFails(
        Reason.DENIED,
        () -> backend.require(ScheduledRotation.class).rotateEvery("orders", period));
    assertEquals(
        Optional.of(period),
        backend.require(Suspension.class).enable("orders").attributes().rotationPeriod());
  }

  @Test
  void aKeyWithOneVersionNeedsNoChangeOfTheKeyItself() throws Exception {
    fixture.newKek("orders");
    backend.require(Suspension.class).disable("orders");
    backend.require(Suspension.class).enable("orders");
    backend.require(Destruction.class).scheduleDestruction("orders", Duration.ofDays(30));
    backend.require(Destruction.class).cancelDestruction("orders");
    assertEquals(0, fixture.server().kms().calls("UpdateCryptoKey"));
  }

  @Test
  void forgedVersionsCostNoRequestsEach() throws Exception {
    fixture.newKek("orders");
    WrappedKey wrapped = backend.require(Keks.class).wrap("orders", CONTEXT, DATA_KEY);
    backend.require(Rotation.class).rotate("orders");
    backend.require(Keks.class).unwrap("orders", wrapped, CONTEXT);
    int reads = fixture.server().kms().calls("GetCryptoKey");
    int decrypts = fixture.server().kms().calls("Decrypt");
    for (int i = 3; i < 50; i++) {
      WrappedKey forged =
          new WrappedKey(wrapped.identity(), "" + i, wrapped.mechanism(), wrapped.bytes());
      assertFails(
          Reason.NOT_FOUND, () -> backend.require(Keks.class).unwrap("orders", forged, CONTEXT));
    }
    WrappedKey other =
        new WrappedKey(wrapped.identity(), "2", wrapped.mechanism(), wrapped.bytes());
    for (int i = 0; i < 10; i++) {
      assertFails(
          Reason.BAD_CIPHERTEXT,
          () -> backend.require(Keks.class).unwrap("orders", other, CONTEXT));
    }
    assertEquals(1, fixture.server().kms().calls("GetCryptoKey") - reads);
    assertEquals(10, fixture.server().kms().calls("Decrypt") - decrypts);
  }

  @Test
  void aRotationThatEndsHalfwaySaysWhereItIs() throws Exception {
    fixture.newKek("orders");
    fixture.server().kms().fail(Fault.UNAVAILABLE, "UpdateCryptoKeyPrimaryVersion");
    String what =
        assertFails(Reason.UNAVAILABLE, () -> backend.require(Rotation.class).rotate("orders"))
            .getMessage();
    assertTrue(what.contains("version 2 was made, but is not the primary one"), what);
  }

  @Test
  void aChangeThatStandsIsToldFromOneThatFailed() throws Exception {
    KeyMetadata made = fixture.newKek("orders");
    assertEquals(KeyState.ACTIVE, made.state());
    fixture.server().kms().failAfter("UpdateCryptoKeyVersion", Fault.UNAVAILABLE, "GetCryptoKey");
    String what =
        assertFails(Reason.UNAVAILABLE, () -> backend.require(Suspension.class).disable("orders"))
            .getMessage();
    assertTrue(what.contains("the change was made and stands"), what);
    fixture.server().kms().fail(Fault.NONE, "");
    assertEquals(KeyState.SUSPENDED, backend.describe("orders").state());
  }

  @Test
  void theServiceRotatesByItself() throws Exception {
    fixture.newKek("orders");
    Duration period = Duration.ofDays(90);
    assertEquals(
        Optional.of(period),
        backend
            .require(ScheduledRotation.class)
            .rotateEvery("orders", period)
            .attributes()
            .rotationPeriod());
    assertEquals(
        Optional.empty(),
        backend
            .require(ScheduledRotation.class)
            .rotateEvery("orders", Duration.ZERO)
            .attributes()
            .rotationPeriod());
    assertFails(
        Reason.UNSUPPORTED,
        () -> backend.require(ScheduledRotation.class).rotateEvery("orders", Duration.ofHours(23)));
  }

  @Test
  void aKeyThatIsStillBeingMadeIsAwaited() throws Exception {
    fixture.server().kms().pending(3);
    assertEquals(KeyState.ACTIVE, fixture.newKek("orders").state());
    try (Backend impatient = fixture.connect("generation-timeout", "0s")) {
      fixture.server().kms().pending(1000);
      KeyMetadata early =
          impatient
              .require(KeyMaking.class)
              .create(new KeyRequest("slow", KeySpec.ec(256), Set.of(Purpose.SIGN)));
      assertEquals(KeyState.PRE_ACTIVE, early.state());
    }
  }

  @Test
  void anExternalKeyNeedsItsAddress() throws Exception {
    var request = new KeyRequest("far", KeySpec.AES_256, Set.of(Purpose.ENCRYPT));
    try (Backend none = fixture.connect("protection", "external")) {
      assertFails(Reason.UNSUPPORTED, () -> none.require(KeyMaking.class).create(request));
    }
    try (Backend external =
        fixture.connect(
            "protection", "external", "external-key", "https://ekm.example/v0/{name}")) {
      KeyMetadata made = external.require(KeyMaking.class).create(request);
      assertEquals("EXTERNAL", made.attributes().protection());
      assertEquals(KeyState.ACTIVE, made.state());
      assertArrayEquals(
          DATA_KEY,
          external
              .require(Keks.class)
              .unwrap("far", external.require(Keks.class).wrap("far", CONTEXT, DATA_KEY), CONTEXT));
      assertFails(Reason.UNSUPPORTED, () -> external.require(Rotation.class).rotate("far"));
    }
  }

  @Test
  void aKeyResidesInTheLocationOfItsRing() {
    String other = "projects/p/locations/europe-west3/keyRings/r/cryptoKeys/k";
    assertEquals(Optional.of(new Residence("location", "local")), backend.residence("k"));
    assertEquals(Optional.of(new Residence("location", "europe-west3")), backend.residence(other));
  }

  @Test
  void urisOfOtherRingsAreFullNames() {
    String other = "projects/p/locations/l/keyRings/r/cryptoKeys/k";
    assertEquals(Optional.of(other), backend.nameOf(new KeyUri("gcp-kms", other)));
    assertEquals(
        Optional.of("k/cryptoKeyVersions/3"),
        backend.nameOf(
            new KeyUri("gcp-kms", FakeServer.KEY_RING + "/cryptoKeys/k/cryptoKeyVersions/3")));
    assertEquals(Optional.of("k"), backend.nameOf(new KeyUri("gcp-kms", "cryptoKeys/k")));
    assertEquals(Optional.empty(), backend.nameOf(new KeyUri("gcp-kms", "projects/p")));
    assertEquals(Optional.empty(), backend.nameOf(new KeyUri("aws-kms", other)));
  }

  @Test
  void randomBytesComeInParts() throws Exception {
    byte[] bytes = backend.require(RandomSource.class).random(2500);
    assertEquals(2500, bytes.length);
    assertEquals(3, fixture.server().kms().calls("GenerateRandomBytes"));
    assertTrue(!Arrays.equals(Arrays.copyOf(bytes, 32), Arrays.copyOfRange(bytes, 1024, 1056)));
    assertEquals(1, backend.require(RandomSource.class).random(1).length);
  }
}
