package dev.keyhold.keystore.software;

import static dev.keyhold.keystore.software.Fixture.assertFails;
import static dev.keyhold.keystore.software.Fixture.backend;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.encoding.Digests;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.Kems;
import dev.keyhold.keystore.facet.KeyImport;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.RandomSource;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.keystore.facet.Suspension;
import dev.keyhold.keystore.software.engine.FixedRandom;
import dev.keyhold.keystore.software.engine.MlDsa;
import dev.keyhold.keystore.software.engine.MlKem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.crypto.kems.MLKEMGenerator;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Key pairs: what they do is checked by the JDK's own engines. */
class KeyPairTest {
  private static final byte[] MESSAGE = "a message".getBytes(StandardCharsets.UTF_8);
  private static final Map<String, String> LABELS = Map.of("team", "payments");

  @TempDir Path folder;
  private SoftwareBackend backend;

  @BeforeEach
  void open() {
    backend = backend(folder.resolve("keys"));
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private void make(String name, KeySpec spec, Purpose purpose) throws Exception {
    KeyMetadata made =
        backend
            .require(KeyMaking.class)
            .create(new KeyRequest(name, spec, Set.of(purpose), LABELS));
    assertEquals(LABELS, made.attributes().labels());
    backend.close();
    backend = backend(folder.resolve("keys")); // what follows is read from the file
    assertEquals(made, backend.describe(name));
  }

  private PublicKey publicKey(String name, String algorithm) throws Exception {
    return KeyFactory.getInstance(algorithm)
        .generatePublic(new X509EncodedKeySpec(backend.require(PublicKeys.class).publicKey(name)));
  }

  private static byte[] digest(String name) throws Exception {
    return MessageDigest.getInstance(name).digest(MESSAGE);
  }

  private static boolean verifies(Signature verifier, PublicKey key, byte[] signature)
      throws Exception {
    verifier.initVerify(key);
    verifier.update(MESSAGE);
    return verifier.verify(signature);
  }

  @Test
  void rsaSignsInEveryWay() throws Exception {
    make("rsa", KeySpec.rsa(2048), Purpose.SIGN);
    PublicKey key = publicKey("rsa", "RSA");
    for (String digest : Digests.ALL) {
      byte[] pkcs1 =
          backend
              .require(Signatures.class)
              .sign("rsa", SignatureAlgorithm.pkcs1(digest), digest(digest));
      String name = digest.replace("SHA-", "SHA") + "withRSA";
      assertTrue(verifies(Signature.getInstance(name), key, pkcs1), name);
      for (String mgf : Digests.ALL) {
        for (int salt : new int[] {0, 20, Digests.length(digest), 100}) {
          SignatureAlgorithm algorithm = SignatureAlgorithm.pss(digest, mgf, salt);
          byte[] pss = backend.require(Signatures.class).sign("rsa", algorithm, digest(digest));
          Signature verifier = Signature.getInstance("RSASSA-PSS");
          verifier.setParameter(
              new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(mgf), salt, 1));
          assertTrue(verifies(verifier, key, pss), algorithm.toString());
        }
      }
    }
    byte[] raw =
        backend.require(Signatures.class).sign("rsa", SignatureAlgorithm.pkcs1("NONE"), MESSAGE);
    assertTrue(verifies(Signature.getInstance("NONEwithRSA"), key, raw));
  }

  @Test
  void aModulusOfAnOddNumberOfBitsSignsByPss() throws Exception {
    for (int bits : new int[] {1024, 1025, 1027, 1032}) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      KeyPair pair = generator.generateKeyPair();
      String name = "rsa" + bits;
      backend
          .require(KeyImport.class)
          .importKey(
              new KeyRequest(name, KeySpec.rsa(bits), Set.of(Purpose.SIGN)),
              pair.getPrivate().getEncoded());
      assertArrayEquals(
          pair.getPublic().getEncoded(), backend.require(PublicKeys.class).publicKey(name));
      Signature verifier = Signature.getInstance("RSASSA-PSS");
      verifier.setParameter(
          new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
      byte[] signature =
          backend
              .require(Signatures.class)
              .sign(name, SignatureAlgorithm.pss("SHA-256", "SHA-256", 32), digest("SHA-256"));
      assertTrue(verifies(verifier, pair.getPublic(), signature), name);
      assertFails(
          Reason.UNSUPPORTED,
          "can't sign",
          () ->
              backend
                  .require(Signatures.class)
                  .sign(name, SignatureAlgorithm.pss("SHA-512", "SHA-512", 64), digest("SHA-512")));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 384, 521})
  void ecSignsAndAgrees(int bits) throws Exception {
    make("sign", KeySpec.ec(bits), Purpose.SIGN);
    for (String digest : Digests.ALL) {
      byte[] signature =
          backend
              .require(Signatures.class)
              .sign("sign", SignatureAlgorithm.ecdsa(digest), digest(digest));
      if (!digest.startsWith("SHA-512/")) {
        String name = digest.replace("SHA-", "SHA") + "withECDSA";
        assertTrue(verifies(Signature.getInstance(name), publicKey("sign", "EC"), signature), name);
      }
    }
    make("agree", KeySpec.ec(bits), Purpose.AGREE);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp" + bits + "r1"));
    KeyPair peer = generator.generateKeyPair();
    assertAgrees("ECDH", peer, publicKey("agree", "EC"));
    generator.initialize(new ECGenParameterSpec(bits == 256 ? "secp384r1" : "secp256r1"));
    byte[] otherCurve = generator.generateKeyPair().getPublic().getEncoded();
    assertFails(
        Reason.BAD_CIPHERTEXT,
        "curve",
        () -> backend.require(Agreements.class).agree("agree", otherCurve));
    byte[] offCurve = peer.getPublic().getEncoded();
    offCurve[offCurve.length - 1] ^= 1;
    assertFails(
        Reason.BAD_CIPHERTEXT,
        "curve",
        () -> backend.require(Agreements.class).agree("agree", offCurve));
    assertFails(
        Reason.BAD_CIPHERTEXT,
        "curve",
        () -> backend.require(Agreements.class).agree("agree", new byte[9]));
  }

  private void assertAgrees(String algorithm, KeyPair peer, PublicKey own) throws Exception {
    KeyAgreement agreement = KeyAgreement.getInstance(algorithm);
    agreement.init(peer.getPrivate());
    agreement.doPhase(own, true);
    assertArrayEquals(
        agreement.generateSecret(),
        backend.require(Agreements.class).agree("agree", peer.getPublic().getEncoded()));
  }

  @Test
  void ed25519Signs() throws Exception {
    make("ed", KeySpec.ED25519, Purpose.SIGN);
    byte[] signature =
        backend.require(Signatures.class).sign("ed", SignatureAlgorithm.ED25519, MESSAGE);
    assertTrue(verifies(Signature.getInstance("Ed25519"), publicKey("ed", "Ed25519"), signature));
  }

  @Test
  void x25519AgreesButNotOnNothing() throws Exception {
    make("agree", KeySpec.X25519, Purpose.AGREE);
    KeyPair peer = KeyPairGenerator.getInstance("X25519").generateKeyPair();
    assertAgrees("X25519", peer, publicKey("agree", "X25519"));
    byte[] zero = peer.getPublic().getEncoded();
    Arrays.fill(zero, zero.length - 32, zero.length, (byte) 0);
    assertFails(
        Reason.BAD_CIPHERTEXT,
        "curve",
        () -> backend.require(Agreements.class).agree("agree", zero));
    KeyPair ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] other = ed.getPublic().getEncoded();
    assertFails(
        Reason.BAD_CIPHERTEXT,
        "curve",
        () -> backend.require(Agreements.class).agree("agree", other));
  }

  @ParameterizedTest
  @ValueSource(ints = {44, 65, 87})
  void mlDsaSignsAndEitherEngineMakesTheSameKey(int set) throws Exception {
    KeySpec spec = KeySpec.mlDsa(set);
    make("ml", spec, Purpose.SIGN);
    byte[] signature =
        backend.require(Signatures.class).sign("ml", SignatureAlgorithm.ML_DSA, MESSAGE);
    assertEquals(spec.bits() / 8 + 22, backend.require(PublicKeys.class).publicKey("ml").length);
    byte[] seed = backend.require(RandomSource.class).random(MlDsa.SEED_LENGTH);
    Provider other = new BouncyCastleProvider();
    KeyPairGenerator generator = KeyPairGenerator.getInstance(spec.algorithm(), other);
    generator.initialize(new NamedParameterSpec(spec.algorithm()), new FixedRandom(seed));
    KeyPair expected = generator.generateKeyPair();
    PublicKey key =
        KeyFactory.getInstance("ML-DSA", other)
            .generatePublic(
                new X509EncodedKeySpec(backend.require(PublicKeys.class).publicKey("ml")));
    assertTrue(verifies(Signature.getInstance("ML-DSA", other), key, signature));
    for (boolean byJdk : MlDsa.isInJdk() ? new boolean[] {false, true} : new boolean[] {false}) {
      assertArrayEquals(
          expected.getPublic().getEncoded(), MlDsa.publicKey(spec.algorithm(), seed, byJdk));
      byte[] signed =
          MlDsa.sign(MlDsa.privateKey(spec.algorithm(), seed, byJdk), MESSAGE, LocalRandom.get());
      assertTrue(verifies(Signature.getInstance("ML-DSA", other), expected.getPublic(), signed));
    }
    KeyRequest request = new KeyRequest("in", spec, Set.of(Purpose.SIGN));
    byte[] both = expected.getPrivate().getEncoded();
    backend.require(KeyImport.class).importKey(request, both);
    assertArrayEquals(
        expected.getPublic().getEncoded(), backend.require(PublicKeys.class).publicKey("in"));
    backend
        .require(KeyImport.class)
        .importKey(
            new KeyRequest("seed", spec, Set.of(Purpose.SIGN)),
            MlDsa.encode(spec.algorithm(), seed));
    assertArrayEquals(
        expected.getPublic().getEncoded(), backend.require(PublicKeys.class).publicKey("seed"));
    both[both.length - 1] ^= 1;
    assertFails(
        Reason.UNSUPPORTED,
        "do not belong together",
        () ->
            backend
                .require(KeyImport.class)
                .importKey(new KeyRequest("bad", spec, Set.of(Purpose.SIGN)), both));
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 768, 1024})
  void mlKemKeysComeInFromTheirSeeds(int set) throws Exception {
    KeySpec spec = KeySpec.mlKem(set);
    Provider bouncyCastle = new BouncyCastleProvider();
    KeyPair made = KeyPairGenerator.getInstance(spec.algorithm(), bouncyCastle).generateKeyPair();
    byte[] both = made.getPrivate().getEncoded(); // seed and expanded key
    byte[] seed = MlKem.seed(spec.algorithm(), both);
    assertEquals(MlKem.SEED_LENGTH, seed.length);
    assertEquals(spec.bits() / 8 + 22, made.getPublic().getEncoded().length);
    SecretWithEncapsulation sent =
        new MLKEMGenerator(LocalRandom.get())
            .generateEncapsulated(PublicKeyFactory.createKey(made.getPublic().getEncoded()));
    byte[][] encodings = {both, MlKem.encode(spec.algorithm(), seed)};
    for (int i = 0; i < encodings.length; i++) {
      String name = "in" + i;
      backend
          .require(KeyImport.class)
          .importKey(new KeyRequest(name, spec, Set.of(Purpose.DECAPSULATE)), encodings[i]);
      assertArrayEquals(
          made.getPublic().getEncoded(), backend.require(PublicKeys.class).publicKey(name));
      assertArrayEquals(
          sent.getSecret(), backend.require(Kems.class).decapsulate(name, sent.getEncapsulation()));
    }
    both[both.length - 1] ^= 1;
    KeyRequest bad = new KeyRequest("bad", spec, Set.of(Purpose.DECAPSULATE));
    assertFails(
        Reason.UNSUPPORTED,
        "do not belong together",
        () -> backend.require(KeyImport.class).importKey(bad, both));
    KeySpec other = KeySpec.mlKem(set == 512 ? 768 : 512);
    KeyRequest wrong = new KeyRequest("bad", other, Set.of(Purpose.DECAPSULATE));
    assertFails(
        Reason.UNSUPPORTED,
        "no private key",
        () -> backend.require(KeyImport.class).importKey(wrong, encodings[1]));
    backend.require(Suspension.class).disable("in0");
    assertFails(
        Reason.DENIED,
        "SUSPENDED",
        () -> backend.require(Kems.class).decapsulate("in0", sent.getEncapsulation()));
  }

  @Test
  void oaepDecryptsWithEveryPairOfDigestsAndALabel() throws Exception {
    make("rsa", KeySpec.rsa(2048), Purpose.DECRYPT);
    PublicKey key = publicKey("rsa", "RSA");
    for (RsaPadding padding : backend.describe("rsa").attributes().paddings()) {
      for (byte[] label : new byte[][] {{}, {1, 2}}) {
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(
            Cipher.ENCRYPT_MODE,
            key,
            new OAEPParameterSpec(
                padding.digest(),
                "MGF1",
                new MGF1ParameterSpec(padding.mgfDigest()),
                new PSource.PSpecified(label)));
        byte[] sealed = cipher.doFinal(MESSAGE);
        assertArrayEquals(
            MESSAGE, backend.require(Decryptions.class).decrypt("rsa", padding, label, sealed));
        assertFails(
            Reason.BAD_CIPHERTEXT,
            "was not made",
            () ->
                backend.require(Decryptions.class).decrypt("rsa", padding, new byte[] {3}, sealed));
        sealed[5] ^= 1;
        assertFails(
            Reason.BAD_CIPHERTEXT,
            "was not made",
            () -> backend.require(Decryptions.class).decrypt("rsa", padding, label, sealed));
      }
    }
  }

  @Test
  void pkcs1DecryptionIsOffUnlessAllowed() throws Exception {
    make("rsa", KeySpec.rsa(2048), Purpose.DECRYPT);
    Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
    cipher.init(Cipher.ENCRYPT_MODE, publicKey("rsa", "RSA"));
    byte[] sealed = cipher.doFinal(MESSAGE);
    assertEquals(false, backend.describe("rsa").attributes().paddings().contains(RsaPadding.PKCS1));
    assertFails(
        Reason.UNSUPPORTED,
        "pkcs1-decryption = allow",
        () ->
            backend
                .require(Decryptions.class)
                .decrypt("rsa", RsaPadding.PKCS1, new byte[0], sealed));
    try (SoftwareBackend allowing = Fixture.allowingPkcs1(folder.resolve("keys"))) {
      assertTrue(allowing.describe("rsa").attributes().paddings().contains(RsaPadding.PKCS1));
      assertArrayEquals(
          MESSAGE,
          allowing
              .require(Decryptions.class)
              .decrypt("rsa", RsaPadding.PKCS1, new byte[0], sealed));
      sealed[5] ^= 1;
      assertFails(
          Reason.BAD_CIPHERTEXT,
          "was not made",
          () ->
              allowing
                  .require(Decryptions.class)
                  .decrypt("rsa", RsaPadding.PKCS1, new byte[0], sealed));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA-2048", "EC-256", "EC-384", "EC-521", "Ed25519", "X25519"})
  void anImportedKeyPairHasThePublicHalfItHadElsewhere(String kind) throws Exception {
    String algorithm = kind.replaceAll("-.*", "");
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    int bits = kind.contains("-") ? Integer.parseInt(kind.replaceAll(".*-", "")) : 256;
    if (algorithm.equals("RSA")) {
      generator.initialize(bits);
    } else if (algorithm.equals("EC")) {
      generator.initialize(new ECGenParameterSpec("secp" + bits + "r1"));
    } else {
      generator.initialize(new NamedParameterSpec(algorithm));
    }
    KeySpec spec = new KeySpec(algorithm, bits);
    Purpose purpose = algorithm.equals("X25519") ? Purpose.AGREE : Purpose.SIGN;
    for (int i = 0; i < (algorithm.equals("RSA") ? 1 : 6); i++) {
      KeyPair pair = generator.generateKeyPair();
      KeyRequest request = new KeyRequest("in" + i, spec, Set.of(purpose));
      backend.require(KeyImport.class).importKey(request, pair.getPrivate().getEncoded());
      assertArrayEquals(
          pair.getPublic().getEncoded(), backend.require(PublicKeys.class).publicKey("in" + i));
    }
  }

  @Test
  void materialOfAnotherKindIsRefused() throws Exception {
    byte[] ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate().getEncoded();
    for (KeySpec spec :
        new KeySpec[] {KeySpec.rsa(2048), KeySpec.ec(256), KeySpec.X25519, KeySpec.mlDsa(44)}) {
      Purpose purpose = backend.purposesOf(spec).iterator().next();
      KeyRequest request = new KeyRequest("in", spec, Set.of(purpose));
      assertFails(
          Reason.UNSUPPORTED,
          "PKCS#8",
          () -> backend.require(KeyImport.class).importKey(request, ed));
      assertFails(
          Reason.UNSUPPORTED,
          "PKCS#8",
          () -> backend.require(KeyImport.class).importKey(request, new byte[3]));
    }
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp384r1"));
    byte[] p384 = generator.generateKeyPair().getPrivate().getEncoded();
    KeyRequest p256 = new KeyRequest("in", KeySpec.ec(256), Set.of(Purpose.SIGN));
    assertFails(
        Reason.UNSUPPORTED,
        "another curve",
        () -> backend.require(KeyImport.class).importKey(p256, p384));
    assertEquals(0, backend.list().size());
  }

  @Test
  void keysThatAreNoPairsHaveNoneOfTheirUses() throws Exception {
    backend.require(KeyMaking.class).create(Fixture.kek("k"));
    backend.require(KeyMaking.class).create(Fixture.mac("m"));
    assertEquals(2, backend.list().size());
    assertFails(
        Reason.UNSUPPORTED, "no key pair", () -> backend.require(PublicKeys.class).publicKey("k"));
    assertFails(
        Reason.UNSUPPORTED,
        "not for SIGN",
        () -> backend.require(Signatures.class).sign("k", SignatureAlgorithm.ED25519, MESSAGE));
  }

  @Test
  void aClosedBackendSignsNothing() throws Exception {
    make("ed", KeySpec.ED25519, Purpose.SIGN);
    backend.require(Signatures.class).sign("ed", SignatureAlgorithm.ED25519, MESSAGE);
    backend.close();
    assertFails(
        Reason.UNAVAILABLE,
        "closed",
        () -> backend.require(Signatures.class).sign("ed", SignatureAlgorithm.ED25519, MESSAGE));
  }
}
