package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.SignatureAlgorithm;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signatures by the JDK's API alone, verified by the JDK. */
@ResourceLock("java.security.Security")
abstract class SignatureChecks {
  private static final byte[] MESSAGE = new byte[100_000];
  private static final AlgorithmParameterSpec RSA =
      new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4);

  @TempDir Path folder;
  private final boolean first;
  private PairFixture fixture;

  SignatureChecks(boolean first) {
    this.first = first;
  }

  @BeforeEach
  void install() {
    fixture = new PairFixture(folder, first);
  }

  @AfterEach
  void remove() {
    fixture.close();
  }

  private KeyPair pair(String algorithm) throws Exception {
    return fixture.pair("k", algorithm, algorithm.equals("RSA") ? RSA : null);
  }

  @ParameterizedTest
  @CsvSource({
    "RSA,SHA224withRSA",
    "RSA,SHA256withRSA",
    "RSA,SHA384withRSA",
    "RSA,SHA512withRSA",
    "RSA,SHA512/224withRSA",
    "RSA,SHA512/256withRSA",
    "EC,SHA224withECDSA",
    "EC,SHA256withECDSA",
    "EC,SHA384withECDSA",
    "EC,SHA512withECDSA",
    "EC,SHA256withECDSAinP1363Format",
    "EC,SHA512withECDSAinP1363Format",
    "Ed25519,Ed25519",
    "Ed25519,EdDSA"
  })
  void signsInOneCall(String algorithm, String name) throws Exception {
    KeyPair pair = pair(algorithm);
    int calls = fixture.backend().calls.get();
    Signature signer = Signature.getInstance(name);
    signer.initSign(pair.getPrivate());
    for (int round = 0; round < 2; round++) {
      signer.update(MESSAGE, 0, 7);
      signer.update(MESSAGE[7]);
      signer.update(MESSAGE, 8, MESSAGE.length - 8);
      byte[] signature = signer.sign();
      assertEquals(++calls, fixture.backend().calls.get(), "calls of the backend");
      assertEquals("Keyhold", signer.getProvider().getName());
      Signature verifier = Signature.getInstance(name);
      verifier.initVerify(pair.getPublic());
      verifier.update(MESSAGE);
      assertNotEquals(fixture.provider(), verifier.getProvider());
      assertTrue(verifier.verify(signature));
    }
  }

  @Test
  void takesPssParametersAfterTheKey() throws Exception {
    KeyPair pair = pair("RSA");
    Signature signer = Signature.getInstance("RSASSA-PSS");
    signer.initSign(pair.getPrivate());
    signer.setParameter(pss("SHA-384", 48));
    assertPss(pair, signer, pss("SHA-384", 48));
  }

  @Test
  void takesPssParametersBeforeTheKey() throws Exception {
    KeyPair pair = pair("RSA");
    Signature signer = Signature.getInstance("RSASSA-PSS", fixture.provider());
    signer.setParameter(pss("SHA-256", 20));
    signer.initSign(pair.getPrivate());
    assertPss(pair, signer, pss("SHA-256", 20));
  }

  @ParameterizedTest
  @CsvSource({"224, 28", "256, 32", "384, 48", "512, 64"})
  void bouncyCastlesNamesSayTheParametersOfPss(String digest, int salt) throws Exception {
    KeyPair pair = pair("RSA");
    Signature signer = Signature.getInstance("SHA" + digest + "withRSAandMGF1");
    signer.initSign(pair.getPrivate());
    assertPss(pair, signer, pss("SHA-" + digest, salt));
    AlgorithmParameterSpec named = signer.getParameters().getParameterSpec(PSSParameterSpec.class);
    assertEquals(pss("SHA-" + digest, salt).toString(), named.toString());
    signer.setParameter(pss("SHA-" + digest, 20));
    assertPss(pair, signer, pss("SHA-" + digest, 20));
    assertThrows(
        InvalidAlgorithmParameterException.class,
        () -> signer.setParameter(pss("SHA-" + (digest.equals("256") ? "384" : "256"), salt)));
    assertPss(pair, signer, pss("SHA-" + digest, 20));
  }

  @Test
  void bouncyCastlesNamesOfPssServeForeignKeysToo() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
    generator.initialize(2048);
    KeyPair foreign = generator.generateKeyPair();
    String name = "SHA256withRSAandMGF1";
    Signature signer = Signature.getInstance(name, fixture.provider());
    signer.initSign(foreign.getPrivate());
    assertPss(foreign, signer, pss("SHA-256", 32));
    signer.update(MESSAGE);
    byte[] signature = signer.sign();
    Signature verifier = Signature.getInstance(name); // which no other provider has
    verifier.initVerify(foreign.getPublic());
    verifier.update(MESSAGE);
    assertTrue(verifier.verify(signature));
    verifier.update(MESSAGE, 1, 7);
    assertFalse(verifier.verify(signature));
    assertThrows(
        InvalidAlgorithmParameterException.class, () -> verifier.setParameter(pss("SHA-512", 64)));
  }

  @Test
  void aPinnedSignatureServesForeignKeys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
    generator.initialize(2048);
    KeyPair foreign = generator.generateKeyPair();
    Signature signer = Signature.getInstance("RSASSA-PSS", fixture.provider());
    signer.setParameter(pss("SHA-256", 32));
    signer.initSign(foreign.getPrivate());
    assertPss(foreign, signer, pss("SHA-256", 32));
    Signature verifier = Signature.getInstance("SHA256withRSA", fixture.provider());
    verifier.initVerify(foreign.getPublic());
    verifier.update(MESSAGE);
    Signature plain = Signature.getInstance("SHA256withRSA", fixture.provider());
    plain.initSign(foreign.getPrivate());
    plain.update(MESSAGE);
    assertTrue(verifier.verify(plain.sign()));
  }

  private void assertPss(KeyPair pair, Signature signer, PSSParameterSpec spec) throws Exception {
    signer.update(MESSAGE);
    byte[] signature = signer.sign();
    Signature verifier = Signature.getInstance("RSASSA-PSS", "SunRsaSign");
    verifier.initVerify(pair.getPublic());
    verifier.setParameter(signer.getParameters().getParameterSpec(PSSParameterSpec.class));
    verifier.update(MESSAGE);
    assertTrue(verifier.verify(signature));
    assertEquals(
        spec.getSaltLength(),
        signer.getParameters().getParameterSpec(PSSParameterSpec.class).getSaltLength());
  }

  private static final List<String> PSS_DIGESTS =
      List.of("SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512");

  private static PSSParameterSpec pss(String digest, int salt) {
    return new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), salt, 1);
  }

  @Test
  void pssWithoutParametersSaysWhatIsMissing() throws Exception {
    Signature signer = Signature.getInstance("RSASSA-PSS");
    signer.initSign(pair("RSA").getPrivate());
    SignatureException e = assertThrows(SignatureException.class, () -> signer.update(MESSAGE));
    assertTrue(e.getMessage().contains("setParameter"), e.getMessage());
  }

  @Test
  void aKeyHeldToOneDigestNamesTheOption() throws Exception {
    pair("EC");
    fixture
        .backend()
        .pairs
        .computeIfPresent(
            "k", (name, pair) -> pair.withSignatures(SignatureAlgorithm.ecdsa("SHA-256")));
    PrivateKey key = fixture.key("k");
    Signature signer = Signature.getInstance("SHA384withECDSA");
    InvalidKeyException e = assertThrows(InvalidKeyException.class, () -> signer.initSign(key));
    assertTrue(e.getMessage().contains("-sigalg SHA256withECDSA"), e.getMessage());
  }

  @Test
  void aKeyHeldToOnePssSaysWhich() throws Exception {
    pair("RSA");
    SignatureAlgorithm only = SignatureAlgorithm.pss("SHA-512", "SHA-512", 64);
    fixture.backend().pairs.computeIfPresent("k", (name, pair) -> pair.withSignatures(only));
    PrivateKey key = fixture.key("k");
    Signature signer = Signature.getInstance("RSASSA-PSS");
    signer.initSign(key);
    InvalidAlgorithmParameterException e =
        assertThrows(
            InvalidAlgorithmParameterException.class,
            () -> signer.setParameter(pss("SHA-256", 32)));
    assertTrue(e.getMessage().contains(only.toString()), e.getMessage());
    Signature pkcs1 = Signature.getInstance("SHA256withRSA");
    assertThrows(InvalidKeyException.class, () -> pkcs1.initSign(key));
  }

  @Test
  void aKeyThatSignsInManyWaysIsRefusedInFewWords() throws Exception {
    pair("RSA");
    List<SignatureAlgorithm> ways = new ArrayList<>();
    for (String digest : PSS_DIGESTS) {
      for (String mask : PSS_DIGESTS) {
        for (int salt = 0; salt <= 32; salt++) {
          ways.add(SignatureAlgorithm.pss(digest, mask, salt));
        }
      }
    }
    SignatureAlgorithm[] all = ways.toArray(SignatureAlgorithm[]::new);
    fixture.backend().pairs.computeIfPresent("k", (name, pair) -> pair.withSignatures(all));
    PrivateKey key = fixture.key("k");
    Signature signer = Signature.getInstance("RSASSA-PSS");
    signer.initSign(key);
    assertShort(assertThrows(SignatureException.class, () -> signer.update(MESSAGE)));
    assertShort(
        assertThrows(
            InvalidAlgorithmParameterException.class,
            () -> signer.setParameter(pss("SHA-256", 33))));
    Signature pkcs1 = Signature.getInstance("SHA256withRSA");
    assertShort(assertThrows(InvalidKeyException.class, () -> pkcs1.initSign(key)));
    Signature raw = Signature.getInstance("NONEwithRSA", fixture.provider());
    assertShort(assertThrows(InvalidKeyException.class, () -> raw.initSign(key)));
  }

  private static void assertShort(Exception refusal) {
    String message = refusal.getMessage();
    assertTrue(message.length() < RefusedNamesChecks.LONGEST_MESSAGE, message);
  }

  @Test
  void aDigestInfoIsSignedAsItsDigest() throws Exception {
    KeyPair pair = pair("RSA");
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(MESSAGE);
    byte[] info = new byte[19 + 32];
    byte[] prefix = java.util.HexFormat.of().parseHex("3031300d060960864801650304020105000420");
    System.arraycopy(prefix, 0, info, 0, 19);
    System.arraycopy(digest, 0, info, 19, 32);
    Signature raw = Signature.getInstance("NONEwithRSA");
    raw.initSign(pair.getPrivate());
    raw.update(info);
    Signature named = Signature.getInstance("SHA256withRSA");
    named.initSign(pair.getPrivate());
    named.update(MESSAGE);
    assertArrayEquals(named.sign(), raw.sign());
    raw.update(digest);
    assertThrows(SignatureException.class, raw::sign);
  }

  @Test
  void aBareDigestIsSignedWithEcdsa() throws Exception {
    KeyPair pair = pair("EC");
    Signature raw = Signature.getInstance("NONEwithECDSA");
    raw.initSign(pair.getPrivate());
    raw.update(MessageDigest.getInstance("SHA-384").digest(MESSAGE));
    byte[] signature = raw.sign();
    Signature verifier = Signature.getInstance("SHA384withECDSA");
    verifier.initVerify(pair.getPublic());
    verifier.update(MESSAGE);
    assertTrue(verifier.verify(signature));
  }

  @Test
  void aKeyThatOnlyAgreesDoesNotSign() throws Exception {
    KeyPair pair = fixture.pair("k", "EC", null, Purpose.AGREE);
    Signature signer = Signature.getInstance("SHA256withECDSA");
    assertThrows(InvalidKeyException.class, () -> signer.initSign(pair.getPrivate()));
  }

  @Test
  void handlesTellTheirSize() throws Exception {
    KeyPair rsa = pair("RSA");
    assertEquals(2048, ((RSAKey) rsa.getPrivate()).getModulus().bitLength());
    assertNull(((RSAKey) rsa.getPrivate()).getParams());
    KeyPair ec = fixture.pair("e", "EC", new ECGenParameterSpec("secp384r1"));
    assertEquals(384, ((ECKey) ec.getPrivate()).getParams().getOrder().bitLength());
    for (KeyPair pair : new KeyPair[] {rsa, ec}) {
      assertNull(pair.getPrivate().getEncoded());
      assertNull(pair.getPrivate().getFormat());
      assertEquals("X.509", pair.getPublic().getFormat());
    }
  }

  @Test
  void aSerializedHandleIsAReferenceThatSigns() throws Exception {
    KeyPair pair = fixture.pair("k", "EC", null, Purpose.SIGN);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ObjectOutputStream(bytes).writeObject(pair.getPrivate());
    PrivateKey read =
        (PrivateKey)
            new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
    assertEquals(pair.getPrivate(), read);
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(read);
    signer.update(MESSAGE);
    Signature verifier = Signature.getInstance("SHA256withECDSA");
    verifier.initVerify(pair.getPublic());
    verifier.update(MESSAGE);
    assertTrue(verifier.verify(signer.sign()));
  }

  @Test
  void aGeneratorPassesLabelsAndRefusesOtherCurves() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", fixture.provider());
    KeyholdGenParameterSpec spec =
        new KeyholdGenParameterSpec.Builder("x")
            .algorithmParameters(new ECGenParameterSpec("secp256k1"))
            .labels(Map.of("team", "payments"))
            .build();
    assertThrows(InvalidAlgorithmParameterException.class, () -> generator.initialize(spec));
  }
}
