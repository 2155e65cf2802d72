package dev.keyhold.keystore.pkcs11;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyAttributes;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.SignatureAlgorithm.Scheme;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.Signatures;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the backend makes of a token's key pairs, whichever token it is. */
class PrivateKeyUseTest {
  private static final Map<String, KeyPair> MADE = new ConcurrentHashMap<>();

  private final FakeToken token = new FakeToken();
  private Pkcs11Backend backend;
  private PublicKey rsa;
  private PublicKey ec;

  @BeforeEach
  void makeKeys() throws Exception {
    rsa = made("RSA", 2048);
    ec = made("EC", 256);
    token.put("rsa", KeyKind.RSA, 2048, rsa);
    token.put("decrypts:decrypt", KeyKind.RSA, 2048, rsa);
    token.put("ec", KeyKind.EC, 256, ec);
    token.put("agrees:agree", KeyKind.EC, 256, ec);
    backend = backend();
  }

  @Test
  void readsThePurposeOffTheMark() throws Exception {
    assertEquals(Set.of(Purpose.SIGN), backend.describe("rsa").purposes());
    assertEquals(Set.of(Purpose.DECRYPT), backend.describe("decrypts").purposes());
    assertEquals(Set.of(Purpose.SIGN), backend.describe("ec").purposes());
    assertEquals(Set.of(Purpose.AGREE), backend.describe("agrees").purposes());
    token.put("odd:agree", KeyKind.RSA, 2048, rsa);
    token.put("odd:decrypt", KeyKind.EC, 256, ec);
    token.put("odd:kek", KeyKind.EC, 256, ec);
    token.objects.put("odd#1:agree", new TokenObject("odd#1:agree", KeyKind.HMAC, 256));
    token.objects.put("odd#1:decrypt", new TokenObject("odd#1:decrypt", KeyKind.AES, 256));
    Expect.failure(Reason.NOT_FOUND, () -> backend.describe("odd"));
    assertEquals(4, backend.list().size());
  }

  @Test
  void leavesOutWhatTheTokenDoesNot() throws Exception {
    assertEquals(Set.of(Scheme.RSA_PKCS1, Scheme.RSA_PSS), schemes("rsa"));
    token.pairs.operations = Set.of(PrivateKeyOperation.SIGN_PKCS1);
    assertEquals(Set.of(Scheme.RSA_PKCS1), schemes("rsa"));
    assertEquals(Set.of(), schemes("ec"));
    assertEquals(Set.of(), backend.describe("decrypts").attributes().paddings());
    Expect.failure(
        Reason.UNSUPPORTED,
        () ->
            backend
                .require(Signatures.class)
                .sign("rsa", SignatureAlgorithm.pss("SHA-256", "SHA-256", 32), new byte[32]));
    Expect.failure(
        Reason.UNSUPPORTED,
        () ->
            backend
                .require(Signatures.class)
                .sign("ec", SignatureAlgorithm.ecdsa("SHA-256"), new byte[32]));
    Expect.failure(
        Reason.UNSUPPORTED,
        () -> backend.require(Agreements.class).agree("agrees", ec.getEncoded()));
  }

  @Test
  void makesNoKeyThatTheTokenCouldNotUse() {
    token.pairs.operations = Set.of(PrivateKeyOperation.SIGN_ECDSA);
    refusesToMake(KeySpec.rsa(2048), Purpose.SIGN);
    refusesToMake(KeySpec.rsa(2048), Purpose.DECRYPT);
    refusesToMake(KeySpec.ec(256), Purpose.AGREE);
  }

  private void refusesToMake(KeySpec spec, Purpose purpose) {
    KeyRequest request = new KeyRequest("new", spec, Set.of(purpose));
    BackendException e =
        Expect.failure(Reason.UNSUPPORTED, () -> backend.require(KeyMaking.class).create(request));
    assertTrue(e.getMessage().contains("no mechanism"), e.getMessage());
  }

  @Test
  void listsKeysThatCannotBeTried() throws Exception {
    token.pairs.tryingFails = new BackendException(Reason.UNAVAILABLE, "not now");
    assertEquals(KeyAttributes.NONE, backend.describe("rsa").attributes());
    assertEquals(4, backend.list().size());

    SignatureAlgorithm pkcs1 = SignatureAlgorithm.pkcs1("SHA-256");
    Expect.failure(
        Reason.UNAVAILABLE,
        () -> backend.require(Signatures.class).sign("rsa", pkcs1, new byte[32]));
  }

  @Test
  void looksAgainForAKeyThatGotAnotherLabel() throws Exception {
    SignatureAlgorithm pkcs1 = SignatureAlgorithm.pkcs1("SHA-256");
    backend.require(Signatures.class).sign("rsa", pkcs1, new byte[32]);
    assertEquals(new PairRef("rsa", rsa), token.pairs.used);
    token.objects.remove("rsa");
    token.put("rsa#1", KeyKind.RSA, 2048, rsa);
    token.pairs.signingFails = new BackendException(Reason.NOT_FOUND, "none of this label");
    backend.require(Signatures.class).sign("rsa", pkcs1, new byte[32]);
    assertEquals(new PairRef("rsa#1", rsa), token.pairs.used);
    int readings = token.readings;
    for (int i = 0; i < 10; i++) {
      backend.require(Signatures.class).sign("rsa", pkcs1, new byte[32]);
    }
    assertEquals(readings, token.readings);
  }

  @Test
  void givesTheTokenNoMoreThanItTakes() throws Exception {
    SignatureAlgorithm none = SignatureAlgorithm.pkcs1(SignatureAlgorithm.NO_DIGEST);
    backend.require(Signatures.class).sign("rsa", none, new byte[245]);
    assertEquals(245, token.pairs.given.length);
    Expect.failure(
        Reason.UNSUPPORTED,
        () -> backend.require(Signatures.class).sign("rsa", none, new byte[246]));
    byte[] digest = new byte[64];
    Arrays.fill(digest, 0, 32, (byte) 7);
    backend.require(Signatures.class).sign("ec", SignatureAlgorithm.ecdsa("SHA-512"), digest);
    assertArrayEquals(Arrays.copyOf(digest, 32), token.pairs.given);
    backend.require(Signatures.class).sign("ec", SignatureAlgorithm.ecdsa("SHA-224"), new byte[28]);
    assertEquals(28, token.pairs.given.length);
  }

  @Test
  void fillsUpASecretThatLacksItsLeadingZeros() throws Exception {
    token.pairs.secret = new byte[] {1, 2};
    byte[] secret = backend.require(Agreements.class).agree("agrees", ec.getEncoded());
    assertEquals(32, secret.length);
    assertArrayEquals(new byte[] {0, 1, 2}, Arrays.copyOfRange(secret, 29, 32));
  }

  @Test
  void usesAKeyForItsPurposeAlone() throws Exception {
    SignatureAlgorithm pkcs1 = SignatureAlgorithm.pkcs1("SHA-256");
    BackendException e =
        Expect.failure(
            Reason.UNSUPPORTED,
            () -> backend.require(Signatures.class).sign("decrypts", pkcs1, new byte[32]));
    assertTrue(e.getMessage().contains("decrypts"), e.getMessage());
    Expect.failure(
        Reason.UNSUPPORTED, () -> backend.require(Agreements.class).agree("ec", ec.getEncoded()));
    Expect.failure(
        Reason.UNSUPPORTED,
        () -> backend.require(Macs.class).mac("rsa", "HmacSHA256", new byte[1]));
    Expect.failure(Reason.UNSUPPORTED, () -> backend.require(Rotation.class).rotate("rsa"));
  }

  @Test
  void releasesNoSignatureThatIsWrong() throws Exception {
    token.put("p521", KeyKind.EC, 521, made("EC", 521));
    Map<String, SignatureAlgorithm> all =
        Map.of(
            "rsa", SignatureAlgorithm.pkcs1("SHA-256"),
            "rsa ", SignatureAlgorithm.pss("SHA-256", "SHA-256", 32),
            "rsa  ", SignatureAlgorithm.pkcs1(SignatureAlgorithm.NO_DIGEST),
            "ec", SignatureAlgorithm.ecdsa("SHA-256"),
            "p521", SignatureAlgorithm.ecdsa(SignatureAlgorithm.NO_DIGEST));
    for (Map.Entry<String, SignatureAlgorithm> one : all.entrySet()) {
      String key = one.getKey().strip();
      token.pairs.faulty = false;
      backend.require(Signatures.class).sign(key, one.getValue(), new byte[32]);
      token.pairs.faulty = true;
      BackendException e =
          Expect.failure(
              Reason.UNAVAILABLE,
              () -> backend.require(Signatures.class).sign(key, one.getValue(), new byte[32]));
      assertTrue(e.getMessage().contains("device is faulty"), e.getMessage());
    }
  }

  @Test
  void refusesADigestThatCouldNotBeChecked() throws Exception {
    token.put("p521", KeyKind.EC, 521, made("EC", 521));
    SignatureAlgorithm raw = SignatureAlgorithm.ecdsa(SignatureAlgorithm.NO_DIGEST);
    backend.require(Signatures.class).sign("p521", raw, new byte[64]);
    Expect.failure(
        Reason.UNSUPPORTED,
        () -> backend.require(Signatures.class).sign("p521", raw, new byte[65]));
  }

  private Set<Scheme> schemes(String key) throws Exception {
    return backend.describe(key).attributes().signatures().stream()
        .map(SignatureAlgorithm::scheme)
        .collect(Collectors.toSet());
  }

  private Pkcs11Backend backend() {
    TestClock clock = new TestClock();
    TokenConnection connection =
        new TokenConnection(
            Path.of("/lib.so"), new HashMap<>(), path -> token, path -> {}, path -> path, clock);
    return new Pkcs11Backend(
        "tok",
        connection,
        new Pin(Optional.empty(), "hsm"),
        new Pkcs11Choices(WrapChoice.AUTO, true),
        clock);
  }

  private PublicKey made(String algorithm, int bits) throws Exception {
    KeyPair pair = MADE.get(algorithm + bits);
    if (pair == null) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      pair = generator.generateKeyPair();
      MADE.put(algorithm + bits, pair);
    }
    token.pairs.signers.put(pair.getPublic(), pair.getPrivate());
    return pair.getPublic();
  }
}
