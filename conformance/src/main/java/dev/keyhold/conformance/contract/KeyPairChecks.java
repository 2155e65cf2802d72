package dev.keyhold.conformance.contract;

import static dev.keyhold.conformance.contract.BackendContract.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.Kems;
import dev.keyhold.keystore.facet.KeyImport;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.keystore.facet.Suspension;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.crypto.KeyAgreement;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The part of the contract about key pairs, and about taking keys out of use. */
abstract class KeyPairChecks {
  private static final byte[] MESSAGE = {1, 2, 3};
  private static final byte[] NO_LABEL = {};

  /** One RSA key of each size, in PKCS#8, for all contracts of this JVM. */
  private static final Map<KeySpec, byte[]> RSA = new ConcurrentHashMap<>();

  abstract BackendContract contract();

  private Backend backend() {
    return contract().backend();
  }

  static Stream<KeySpec> kinds() {
    return KeySpec.KEY_PAIRS.stream();
  }

  /**
   * Returns a key of this kind, where the backend can have one. An RSA key is brought in where the
   * backend takes keys from outside: {@link #whatPurposesSayCanBeMadeAndTheRestIsUnsupported} makes
   * one of each size, and uses it.
   */
  private KeyMetadata make(KeySpec spec, Purpose purpose) throws Exception {
    Assumptions.assumeTrue(backend().purposesOf(spec).contains(purpose), () -> "no " + spec);
    KeyRequest request = new KeyRequest("pair", spec, Set.of(purpose));
    Optional<KeyImport> imports = backend().facet(KeyImport.class);
    if (!spec.algorithm().equals("RSA") || imports.isEmpty()) {
      return backend().require(KeyMaking.class).create(request);
    }
    byte[] material = RSA.computeIfAbsent(spec, KeyPairChecks::rsaKey).clone();
    try {
      return imports.get().importKey(request, material);
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }

  private static byte[] rsaKey(KeySpec spec) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(spec.bits());
      return generator.generateKeyPair().getPrivate().getEncoded();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void assertSigns(String key, KeySpec spec, SignatureAlgorithm able, byte[] half)
      throws Exception {
    SignatureAlgorithm algorithm = Verifier.withSalt(able);
    byte[] input = Verifier.input(algorithm);
    byte[] signature = backend().require(Signatures.class).sign(key, algorithm, input);
    Verifier.assertVerifies(spec, half, algorithm, input, signature);
  }

  private byte[] assertDecrypts(String key, RsaPadding padding, byte[] half) throws Exception {
    byte[] sealed = Verifier.encrypted(half, padding, MESSAGE);
    assertArrayEquals(
        MESSAGE,
        backend().require(Decryptions.class).decrypt(key, padding, NO_LABEL, sealed),
        padding.toString());
    return sealed;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void whatPurposesSayCanBeMadeAndTheRestIsUnsupported(KeySpec spec) throws Exception {
    Set<Purpose> possible = backend().purposesOf(spec);
    for (Purpose purpose : Purpose.values()) {
      String name = "pair-" + purpose;
      KeyRequest request = new KeyRequest(name, spec, Set.of(purpose));
      if (!possible.contains(purpose)) {
        assertFails(
            Reason.UNSUPPORTED,
            () -> backend().require(KeyMaking.class).create(request),
            spec + " " + purpose);
        continue;
      }
      KeyMetadata made = backend().require(KeyMaking.class).create(request);
      assertEquals(spec, made.spec());
      assertEquals(Set.of(purpose), made.purposes());
      assertEquals(made, backend().describe(name));
      assertEquals(purpose == Purpose.SIGN, !made.attributes().signatures().isEmpty());
      assertEquals(purpose == Purpose.DECRYPT, !made.attributes().paddings().isEmpty());
      byte[] half = backend().require(PublicKeys.class).publicKey(name);
      assertArrayEquals(half, backend().require(PublicKeys.class).publicKey(name));
      Verifier.assertIs(spec, half);
      if (backend().facet(KeyImport.class).isPresent()) { // else the other tests use made keys
        for (SignatureAlgorithm able : made.attributes().signatures().stream().limit(1).toList()) {
          assertSigns(name, spec, able, half);
        }
        for (RsaPadding padding : made.attributes().paddings().stream().limit(1).toList()) {
          assertDecrypts(name, padding, half);
        }
      }
      assertFails(Reason.UNSUPPORTED, () -> backend().require(Rotation.class).rotate(name));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void whatItSignsVerifies(KeySpec spec) throws Exception {
    KeyMetadata made = make(spec, Purpose.SIGN);
    byte[] half = backend().require(PublicKeys.class).publicKey("pair");
    for (SignatureAlgorithm able : made.attributes().signatures()) {
      assertSigns("pair", spec, able, half);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void whatAKeyCannotDoIsUnsupported(KeySpec spec) throws Exception {
    KeyMetadata made = make(spec, Purpose.SIGN);
    for (SignatureAlgorithm other :
        List.of(
            SignatureAlgorithm.pkcs1("SHA-256"),
            SignatureAlgorithm.pss("SHA-256", "SHA-256", 32),
            SignatureAlgorithm.ecdsa("SHA-256"),
            SignatureAlgorithm.ED25519,
            SignatureAlgorithm.ML_DSA,
            SignatureAlgorithm.pkcs1("NoSuchDigest"))) {
      if (made.attributes().signatures().stream().noneMatch(able -> able.covers(other))) {
        byte[] input = new byte[32];
        assertFails(
            Reason.UNSUPPORTED,
            () -> backend().require(Signatures.class).sign("pair", other, input),
            other.toString());
      }
    }
    RsaPadding oaep = RsaPadding.oaep("SHA-256", "SHA-256");
    assertFails(
        Reason.UNSUPPORTED,
        () -> backend().require(Decryptions.class).decrypt("pair", oaep, NO_LABEL, new byte[256]));
    byte[] half = backend().require(PublicKeys.class).publicKey("pair");
    assertFails(Reason.UNSUPPORTED, () -> backend().require(Agreements.class).agree("pair", half));
    assertFails(
        Reason.UNSUPPORTED, () -> backend().require(Macs.class).mac("pair", "HmacSHA256", MESSAGE));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void itDecryptsWhatWasEncryptedToIt(KeySpec spec) throws Exception {
    KeyMetadata made = make(spec, Purpose.DECRYPT);
    byte[] half = backend().require(PublicKeys.class).publicKey("pair");
    for (RsaPadding padding : made.attributes().paddings()) {
      byte[] sealed = assertDecrypts("pair", padding, half);
      sealed[sealed.length / 2] ^= 1;
      if (!padding.equals(RsaPadding.PKCS1)) {
        assertFails(
            Reason.BAD_CIPHERTEXT,
            () -> backend().require(Decryptions.class).decrypt("pair", padding, NO_LABEL, sealed),
            padding.toString());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void bothSidesAgree(KeySpec spec) throws Exception {
    make(spec, Purpose.AGREE);
    PublicKey half =
        Verifier.publicKey(spec, backend().require(PublicKeys.class).publicKey("pair"));
    KeyPairGenerator generator = KeyPairGenerator.getInstance(spec.algorithm());
    if (half instanceof ECPublicKey point) {
      generator.initialize(point.getParams());
    }
    KeyPair peer = generator.generateKeyPair();
    KeyAgreement local =
        KeyAgreement.getInstance(spec.algorithm().equals("EC") ? "ECDH" : "X25519");
    local.init(peer.getPrivate());
    local.doPhase(half, true);
    byte[] encoded = peer.getPublic().getEncoded();
    assertArrayEquals(
        local.generateSecret(), backend().require(Agreements.class).agree("pair", encoded));
    assertFails(
        Reason.BAD_CIPHERTEXT,
        () -> backend().require(Agreements.class).agree("pair", new byte[3]));
    byte[] cut = Arrays.copyOf(encoded, encoded.length - 1);
    assertFails(
        Reason.BAD_CIPHERTEXT, () -> backend().require(Agreements.class).agree("pair", cut));
    if (half instanceof ECPublicKey) {
      encoded[encoded.length - 1] ^= 1;
      assertFails(
          Reason.BAD_CIPHERTEXT,
          () -> backend().require(Agreements.class).agree("pair", encoded),
          "off the curve");
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void itOpensWhatWasEncapsulatedToIt(KeySpec spec) throws Exception {
    make(spec, Purpose.DECAPSULATE);
    SecretWithEncapsulation made =
        Verifier.encapsulated(backend().require(PublicKeys.class).publicKey("pair"));
    byte[] encapsulation = made.getEncapsulation();
    assertArrayEquals(
        made.getSecret(), backend().require(Kems.class).decapsulate("pair", encapsulation));
    byte[] longer = Arrays.copyOf(encapsulation, encapsulation.length + 1);
    assertFails(
        Reason.BAD_CIPHERTEXT, () -> backend().require(Kems.class).decapsulate("pair", longer));
    assertFails(
        Reason.BAD_CIPHERTEXT,
        () -> backend().require(Kems.class).decapsulate("pair", new byte[0]));
    encapsulation[0] ^= 1;
    byte[] other = backend().require(Kems.class).decapsulate("pair", encapsulation);
    assertFalse(Arrays.equals(made.getSecret(), other), "it was changed");
    contract().newKek("kek");
    assertFails(
        Reason.UNSUPPORTED, () -> backend().require(Kems.class).decapsulate("kek", encapsulation));
  }

  @Test
  void aPairThatIsNotThereIsNotFound() {
    Assumptions.assumeTrue(kinds().anyMatch(spec -> !backend().purposesOf(spec).isEmpty()));
    assertFails(Reason.NOT_FOUND, () -> backend().require(PublicKeys.class).publicKey("gone"));
    if (kinds().anyMatch(spec -> backend().purposesOf(spec).contains(Purpose.SIGN))) {
      SignatureAlgorithm any = SignatureAlgorithm.ecdsa("SHA-256");
      assertFails(
          Reason.NOT_FOUND,
          () -> backend().require(Signatures.class).sign("gone", any, new byte[32]));
    }
  }

  @Test
  void aDisabledKeyDoesNothingUntilItIsEnabled() throws Exception {
    contract().newMacKey("macs", "HmacSHA256");
    byte[] mac = backend().require(Macs.class).mac("macs", "HmacSHA256", MESSAGE);
    contract().facet(Suspension.class);
    assertEquals(KeyState.SUSPENDED, backend().require(Suspension.class).disable("macs").state());
    assertEquals(KeyState.SUSPENDED, backend().describe("macs").state());
    assertFails(
        Reason.DENIED, () -> backend().require(Macs.class).mac("macs", "HmacSHA256", MESSAGE));
    assertEquals(KeyState.ACTIVE, backend().require(Suspension.class).enable("macs").state());
    assertArrayEquals(mac, backend().require(Macs.class).mac("macs", "HmacSHA256", MESSAGE));
  }

  @Test
  void aKeyIsSavedFromItsDestruction() throws Exception {
    contract().newMacKey("macs", "HmacSHA256");
    Duration wait = Duration.ofDays(30);
    contract().facet(Destruction.class);
    byte[] mac = backend().require(Macs.class).mac("macs", "HmacSHA256", MESSAGE);
    KeyMetadata doomed = backend().require(Destruction.class).scheduleDestruction("macs", wait);
    assertEquals(KeyState.DESTROYED, doomed.state());
    assertTrue(doomed.attributes().destruction().isPresent());
    assertFails(
        Reason.DENIED, () -> backend().require(Macs.class).mac("macs", "HmacSHA256", MESSAGE));
    KeyMetadata saved = backend().require(Destruction.class).cancelDestruction("macs");
    assertEquals(KeyState.SUSPENDED, saved.state());
    assertFalse(saved.attributes().destruction().isPresent());
    backend().require(Suspension.class).enable("macs");
    assertArrayEquals(mac, backend().require(Macs.class).mac("macs", "HmacSHA256", MESSAGE));
  }
}
