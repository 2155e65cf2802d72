package dev.keyhold.keystore.pkcs11;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.CertificateStore;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.KeyImport;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.keystore.pkcs11.pairs.TokenCertificate;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Key pairs on a real token; the JDK's own engines are the other side. */
@Tag("token")
class SoftHsmKeyPairTest {
  private static final byte[] MESSAGE = "a message".getBytes(StandardCharsets.UTF_8);

  private static SoftHsm hsm;
  private static Backend backend;
  private static Backend other;

  @BeforeAll
  static void open() throws Exception {
    hsm = SoftHsm.create().withToken("tok");
    backend = hsm.backend("tok", "pkcs1-decryption", "allow");
    other = hsm.backend("tok");
  }

  @AfterAll
  static void close() {
    if (hsm != null) {
      backend.close();
      other.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2048, 3072, 4096})
  void signsByRsa(int bits) throws Exception {
    String name = "rsa" + bits;
    KeyMetadata made =
        backend.require(KeyMaking.class).create(request(name, KeySpec.rsa(bits), Purpose.SIGN));
    assertEquals(KeySpec.rsa(bits), made.spec());
    assertEquals(Set.of(Purpose.SIGN), made.purposes());
    assertEquals("pkcs11:token=tok;object=" + name, made.uri().toString());
    signsByAllThatItClaims(made);
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 384, 521})
  void signsByEcdsa(int bits) throws Exception {
    signsByAllThatItClaims(
        backend
            .require(KeyMaking.class)
            .create(request("ec" + bits, KeySpec.ec(bits), Purpose.SIGN)));
  }

  private static void signsByAllThatItClaims(KeyMetadata key) throws Exception {
    assertEquals(key, other.describe(key.name()));
    assertTrue(backend.list().contains(key));
    boolean rsa = key.spec().algorithm().equals("RSA");
    assertEquals(rsa ? 5 + 20 : 5, key.attributes().signatures().size());
    for (SignatureAlgorithm claimed : key.attributes().signatures()) {
      int salt = claimed.saltLength() == SignatureAlgorithm.ANY_SALT ? 20 : claimed.saltLength();
      SignatureAlgorithm algorithm =
          new SignatureAlgorithm(claimed.scheme(), claimed.digest(), claimed.mgfDigest(), salt);
      assertTrue(verifies(key.name(), algorithm), algorithm.toString());
    }
    if (rsa) {
      int longest = key.spec().bits() / 8 - 32 - 2;
      for (int salt : new int[] {0, 32, longest}) {
        assertTrue(verifies(key.name(), SignatureAlgorithm.pss("SHA-256", "SHA-256", salt)));
      }
      Expect.failure(
          Reason.UNSUPPORTED,
          () ->
              backend
                  .require(Signatures.class)
                  .sign(
                      key.name(),
                      SignatureAlgorithm.pss("SHA-256", "SHA-256", longest + 1),
                      new byte[32]));
    }
    Expect.failure(
        Reason.UNSUPPORTED,
        () ->
            backend
                .require(Signatures.class)
                .sign(key.name(), SignatureAlgorithm.ED25519, new byte[3]));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            backend
                .require(Signatures.class)
                .sign(
                    key.name(),
                    rsa ? SignatureAlgorithm.pkcs1("SHA-256") : SignatureAlgorithm.ecdsa("SHA-256"),
                    new byte[31]));
  }

  private static boolean verifies(String key, SignatureAlgorithm algorithm) throws Exception {
    boolean raw = !algorithm.signsDigest();
    byte[] input =
        raw
            ? MessageDigest.getInstance("SHA-256").digest(MESSAGE)
            : MessageDigest.getInstance(algorithm.digest()).digest(MESSAGE);
    byte[] signature = backend.require(Signatures.class).sign(key, algorithm, input);
    PublicKey publicKey =
        KeyFactory.getInstance(algorithm.scheme() == SignatureAlgorithm.Scheme.ECDSA ? "EC" : "RSA")
            .generatePublic(
                new X509EncodedKeySpec(backend.require(PublicKeys.class).publicKey(key)));
    if (algorithm.scheme() == SignatureAlgorithm.Scheme.RSA_PKCS1 && raw) {
      Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding", "SunJCE");
      cipher.init(Cipher.DECRYPT_MODE, publicKey);
      return Arrays.equals(input, cipher.doFinal(signature));
    }
    String digest = algorithm.digest().replace("-", "");
    Signature verifier =
        switch (algorithm.scheme()) {
          case RSA_PKCS1 -> Signature.getInstance(digest + "withRSA", "SunRsaSign");
          case RSA_PSS -> Signature.getInstance("RSASSA-PSS", "SunRsaSign");
          default -> Signature.getInstance((raw ? "NONE" : digest) + "withECDSA", "SunEC");
        };
    if (algorithm.scheme() == SignatureAlgorithm.Scheme.RSA_PSS) {
      verifier.setParameter(
          new PSSParameterSpec(
              algorithm.digest(),
              "MGF1",
              new MGF1ParameterSpec(algorithm.mgfDigest()),
              algorithm.saltLength(),
              1));
    }
    verifier.initVerify(publicKey);
    verifier.update(raw ? input : MESSAGE);
    return verifier.verify(signature);
  }

  @Test
  void keepsOneNameForOneKeyOfWhicheverKind() throws Exception {
    backend.require(KeyMaking.class).create(request("both", KeySpec.AES_256, Purpose.ENCRYPT));
    Expect.failure(
        Reason.DENIED,
        () ->
            other.require(KeyMaking.class).create(request("both", KeySpec.ec(256), Purpose.SIGN)));
    other.require(KeyMaking.class).create(request("pair-first", KeySpec.ec(256), Purpose.SIGN));
    for (KeySpec spec : List.of(KeySpec.AES_256, KeySpec.ec(256), KeySpec.rsa(2048))) {
      Purpose purpose = spec.isKeyPair() ? Purpose.SIGN : Purpose.ENCRYPT;
      Expect.failure(
          Reason.DENIED,
          () -> backend.require(KeyMaking.class).create(request("pair-first", spec, purpose)));
    }
    assertTrue(verifies("pair-first", SignatureAlgorithm.ecdsa("SHA-256")));
  }

  @Test
  void selfSignsItsPlaceholder() throws Exception {
    for (KeySpec spec : List.of(KeySpec.rsa(2048), KeySpec.ec(384))) {
      String name = "placeholder-" + spec;
      backend.require(KeyMaking.class).create(request(name, spec, Purpose.SIGN));
      List<X509Certificate> chain = certificates(backend, name);
      assertEquals(1, chain.size());
      X509Certificate certificate = chain.get(0);
      certificate.verify(publicKey(backend, name));
      certificate.checkValidity();
      assertTrue(certificate.getSubjectX500Principal().getName().contains("CN=" + name));
      assertEquals(certificate.getSubjectX500Principal(), certificate.getIssuerX500Principal());
      assertTrue(certificate.getSerialNumber().signum() > 0);
    }
  }

  @Test
  void agreesWithTheJdk() throws Exception {
    for (int bits : new int[] {256, 384, 521}) {
      String name = "agree" + bits;
      KeyMetadata made =
          backend.require(KeyMaking.class).create(request(name, KeySpec.ec(bits), Purpose.AGREE));
      assertEquals(Set.of(Purpose.AGREE), made.purposes());
      assertEquals(made, other.describe(name));
      for (int i = 0; i < 20; i++) {
        KeyPair peer = ecPair(bits);
        KeyAgreement jdk = KeyAgreement.getInstance("ECDH", "SunEC");
        jdk.init(peer.getPrivate());
        jdk.doPhase(publicKey(backend, name), true);
        assertArrayEquals(
            jdk.generateSecret(),
            backend.require(Agreements.class).agree(name, peer.getPublic().getEncoded()));
      }
      Expect.failure(
          Reason.UNSUPPORTED,
          () ->
              backend
                  .require(Signatures.class)
                  .sign(name, SignatureAlgorithm.ecdsa("SHA-256"), new byte[32]));
    }
  }

  @Test
  void refusesAPeerThatIsNotOnTheCurve() throws Exception {
    backend.require(KeyMaking.class).create(request("careful", KeySpec.ec(256), Purpose.AGREE));
    byte[] peer = ecPair(256).getPublic().getEncoded();
    backend.require(Agreements.class).agree("careful", peer);
    peer[peer.length - 1] ^= 1;
    Expect.failure(
        Reason.BAD_CIPHERTEXT, () -> backend.require(Agreements.class).agree("careful", peer));
    byte[] another = ecPair(384).getPublic().getEncoded();
    Expect.failure(
        Reason.BAD_CIPHERTEXT, () -> backend.require(Agreements.class).agree("careful", another));
    Expect.failure(
        Reason.BAD_CIPHERTEXT,
        () -> backend.require(Agreements.class).agree("careful", new byte[10]));
    byte[] rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPublic().getEncoded();
    Expect.failure(
        Reason.BAD_CIPHERTEXT, () -> backend.require(Agreements.class).agree("careful", rsa));
  }

  @Test
  void decryptsByPkcs1WhereThatIsAllowed() throws Exception {
    KeyMetadata made =
        backend
            .require(KeyMaking.class)
            .create(request("decrypts", KeySpec.rsa(2048), Purpose.DECRYPT));
    assertEquals(Set.of(RsaPadding.PKCS1), made.attributes().paddings());
    Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding", "SunJCE");
    cipher.init(Cipher.ENCRYPT_MODE, publicKey(backend, "decrypts"));
    byte[] ciphertext = cipher.doFinal(MESSAGE);
    byte[] none = new byte[0];
    assertArrayEquals(
        MESSAGE,
        backend.require(Decryptions.class).decrypt("decrypts", RsaPadding.PKCS1, none, ciphertext));
    Expect.failure(
        Reason.UNSUPPORTED,
        () ->
            backend
                .require(Decryptions.class)
                .decrypt("decrypts", RsaPadding.oaep("SHA-1", "SHA-1"), none, ciphertext));
    for (int i = 0; i < 3; i++) {
      byte[] changed = ciphertext.clone();
      changed[17 + i] ^= 1;
      Expect.failure(
          Reason.BAD_CIPHERTEXT,
          () ->
              backend
                  .require(Decryptions.class)
                  .decrypt("decrypts", RsaPadding.PKCS1, none, changed));
    }
    Expect.failure(
        Reason.BAD_CIPHERTEXT,
        () ->
            backend
                .require(Decryptions.class)
                .decrypt("decrypts", RsaPadding.PKCS1, none, Arrays.copyOf(ciphertext, 255)));
    assertArrayEquals(
        MESSAGE,
        backend.require(Decryptions.class).decrypt("decrypts", RsaPadding.PKCS1, none, ciphertext));

    // the same key where it is not allowed
    assertEquals(Set.of(), other.describe("decrypts").attributes().paddings());
    assertEquals(Set.of(Purpose.SIGN), other.purposesOf(KeySpec.rsa(2048)));
    BackendException refused =
        Expect.failure(
            Reason.UNSUPPORTED,
            () ->
                other
                    .require(Decryptions.class)
                    .decrypt("decrypts", RsaPadding.PKCS1, none, ciphertext));
    assertTrue(refused.getMessage().contains("pkcs1-decryption"), refused.getMessage());
    Expect.failure(
        Reason.UNSUPPORTED,
        () ->
            other
                .require(KeyMaking.class)
                .create(request("no", KeySpec.rsa(2048), Purpose.DECRYPT)));
  }

  @Test
  void decryptsByAnImportedKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    backend
        .require(KeyImport.class)
        .importKey(
            request("import-decrypts", KeySpec.rsa(2048), Purpose.DECRYPT),
            pair.getPrivate().getEncoded());
    Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding", "SunJCE");
    cipher.init(Cipher.ENCRYPT_MODE, pair.getPublic());
    byte[] ciphertext = cipher.doFinal(MESSAGE);
    assertArrayEquals(
        MESSAGE,
        backend
            .require(Decryptions.class)
            .decrypt("import-decrypts", RsaPadding.PKCS1, new byte[0], ciphertext));
  }

  @Test
  void givesAPrivateKeyOnePurposeAndNoWayOut() throws Exception {
    int before = publicKeyObjects();
    backend.require(KeyMaking.class).create(request("use-sign", KeySpec.rsa(2048), Purpose.SIGN));
    backend
        .require(KeyMaking.class)
        .create(request("use-decrypt", KeySpec.rsa(2048), Purpose.DECRYPT));
    backend.require(KeyMaking.class).create(request("use-ecdsa", KeySpec.ec(256), Purpose.SIGN));
    backend.require(KeyMaking.class).create(request("use-agree", KeySpec.ec(256), Purpose.AGREE));
    backend
        .require(KeyImport.class)
        .importKey(
            request("use-import", KeySpec.ec(256), Purpose.SIGN),
            ecPair(256).getPrivate().getEncoded());
    String local = "sensitive, always sensitive, never extractable, local";
    assertAttributes("use-sign#1", "sign", local);
    assertAttributes("use-decrypt#1:decrypt", "decrypt", local);
    assertAttributes("use-ecdsa#1", "sign", local);
    assertAttributes("use-agree#1:agree", "derive", local);
    assertAttributes("use-import#1", "sign", "sensitive");
    assertEquals(before, publicKeyObjects());
  }

  private static int publicKeyObjects() throws Exception {
    return hsm.pkcs11Tool("tok", "--list-objects", "--type", "pubkey")
        .split("Public Key Object", -1)
        .length;
  }

  private static void assertAttributes(String label, String usage, String access) throws Exception {
    String id = HexFormat.of().formatHex(label.getBytes(StandardCharsets.UTF_8));
    List<String> lines =
        hsm.pkcs11Tool("tok", "--list-objects", "--type", "privkey")
            .lines()
            .map(String::strip)
            .toList();
    int at = lines.indexOf("ID:         " + id);
    assertTrue(at >= 0, lines.toString());
    assertEquals("Usage:      " + usage, lines.get(at + 1));
    assertEquals("Access:     " + access, lines.get(at + 2));
  }

  @Test
  void importsPairsAndUsesThem() throws Exception {
    for (int i = 0; i < 6; i++) { // both signs of y, with luck
      for (int bits : new int[] {256, 384, 521}) {
        KeyPair pair = ecPair(bits);
        String name = "import-" + bits + "-" + i;
        KeyRequest request = request(name, KeySpec.ec(bits), Purpose.SIGN);
        backend.require(KeyImport.class).importKey(request, pair.getPrivate().getEncoded());
        assertArrayEquals(
            pair.getPublic().getEncoded(), backend.require(PublicKeys.class).publicKey(name));
        assertTrue(verifies(name, SignatureAlgorithm.ecdsa("SHA-256")));
      }
    }
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair rsa = generator.generateKeyPair();
    backend
        .require(KeyImport.class)
        .importKey(
            request("import-rsa", KeySpec.rsa(2048), Purpose.SIGN), rsa.getPrivate().getEncoded());
    assertArrayEquals(
        rsa.getPublic().getEncoded(), backend.require(PublicKeys.class).publicKey("import-rsa"));
    assertTrue(verifies("import-rsa", SignatureAlgorithm.pkcs1("SHA-256")));
    Expect.failure(
        Reason.UNSUPPORTED,
        () ->
            backend
                .require(KeyImport.class)
                .importKey(
                    request("bad", KeySpec.rsa(3072), Purpose.SIGN),
                    rsa.getPrivate().getEncoded()));
    Expect.failure(
        Reason.UNSUPPORTED,
        () ->
            backend
                .require(KeyImport.class)
                .importKey(request("bad", KeySpec.ec(256), Purpose.SIGN), new byte[9]));
    Expect.failure(Reason.NOT_FOUND, () -> backend.describe("bad"));
  }

  @Test
  void importsAPairThatAgrees() throws Exception {
    KeyPair pair = ecPair(256);
    KeyPair peer = ecPair(256);
    backend
        .require(KeyImport.class)
        .importKey(
            request("import-agree", KeySpec.ec(256), Purpose.AGREE),
            pair.getPrivate().getEncoded());
    KeyAgreement jdk = KeyAgreement.getInstance("ECDH", "SunEC");
    jdk.init(pair.getPrivate());
    jdk.doPhase(peer.getPublic(), true);
    assertArrayEquals(
        jdk.generateSecret(),
        backend.require(Agreements.class).agree("import-agree", peer.getPublic().getEncoded()));
  }

  @Test
  void renamesAPair() throws Exception {
    for (KeySpec spec : List.of(KeySpec.rsa(2048), KeySpec.ec(256))) {
      String name = "rename-" + spec;
      backend.require(KeyMaking.class).create(request(name, spec, Purpose.SIGN));
      byte[] publicKey = backend.require(PublicKeys.class).publicKey(name);
      SignatureAlgorithm algorithm =
          spec.algorithm().equals("RSA")
              ? SignatureAlgorithm.pkcs1("SHA-256")
              : SignatureAlgorithm.ecdsa("SHA-256");
      other.require(Signatures.class).sign(name, algorithm, new byte[32]);
      backend
          .require(KeyMaking.class)
          .create(request("taken-" + spec, KeySpec.AES_256, Purpose.ENCRYPT));
      Expect.failure(
          Reason.DENIED, () -> backend.require(Naming.class).rename(name, "taken-" + spec));
      backend.require(Naming.class).rename(name, name + "-after");
      assertArrayEquals(publicKey, backend.require(PublicKeys.class).publicKey(name + "-after"));
      assertTrue(verifies(name + "-after", algorithm));
      Expect.failure(Reason.NOT_FOUND, () -> backend.describe(name));
      Expect.failure(
          Reason.NOT_FOUND,
          () -> backend.require(Signatures.class).sign(name, algorithm, new byte[32]));

      // another key of the old name: who knew the first one signs by the second
      backend.require(KeyMaking.class).create(request(name, spec, Purpose.SIGN));
      other.describe(name);
      byte[] signature =
          other
              .require(Signatures.class)
              .sign(name, algorithm, MessageDigest.getInstance("SHA-256").digest(MESSAGE));
      Signature verifier =
          Signature.getInstance(
              spec.algorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
      verifier.initVerify(publicKey(backend, name));
      verifier.update(MESSAGE);
      assertTrue(verifier.verify(signature));

      String unnamed = backend.nameOf(backend.require(Naming.class).unname(name)).orElseThrow();
      assertEquals("", backend.describe(unnamed).name());
      assertTrue(verifies(unnamed, algorithm));
    }
  }

  @Test
  void hasNoVersionsOfAPair() throws Exception {
    backend.require(KeyMaking.class).create(request("one", KeySpec.ec(256), Purpose.SIGN));
    Expect.failure(Reason.UNSUPPORTED, () -> backend.require(Rotation.class).rotate("one"));
    backend.require(KeyMaking.class).create(request("secret", KeySpec.AES_256, Purpose.ENCRYPT));
    Expect.failure(Reason.UNSUPPORTED, () -> backend.require(PublicKeys.class).publicKey("secret"));
    Expect.failure(
        Reason.UNSUPPORTED, () -> backend.require(CertificateStore.class).certificates("secret"));
    Expect.failure(Reason.NOT_FOUND, () -> backend.require(PublicKeys.class).publicKey("nothing"));
  }

  @Test
  void servesManyThreads() throws Exception {
    backend
        .require(KeyMaking.class)
        .create(request("threads-rsa", KeySpec.rsa(2048), Purpose.SIGN));
    backend.require(KeyMaking.class).create(request("threads-ec", KeySpec.ec(256), Purpose.SIGN));
    ExecutorService pool = Executors.newFixedThreadPool(200);
    try {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        boolean rsa = i % 2 == 0;
        results.add(
            pool.submit(
                () -> {
                  boolean all = true;
                  for (int n = 0; n < 10; n++) {
                    all &=
                        rsa
                            ? verifies(
                                "threads-rsa", SignatureAlgorithm.pss("SHA-256", "SHA-256", 32))
                            : verifies("threads-ec", SignatureAlgorithm.ecdsa("SHA-256"));
                  }
                  return all;
                }));
      }
      for (Future<Boolean> result : results) {
        assertTrue(result.get());
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @ParameterizedTest
  @CsvSource({"rsa:2048, SHA-256", "EC:prime256v1, SHA-256"})
  void usesAPairThatAnAdministratorMade(String type, String digest) throws Exception {
    String label = "admin-" + type.replace(':', '-');
    String id = type.startsWith("rsa") ? "a1" : "a2";
    makeOutside(label, id, type, "--usage-sign");
    KeyMetadata found = backend.describe(label);
    assertEquals(Set.of(Purpose.SIGN), found.purposes());
    assertEquals("0", found.currentVersion().orElseThrow().id());
    SignatureAlgorithm algorithm =
        type.startsWith("rsa")
            ? SignatureAlgorithm.pkcs1(digest)
            : SignatureAlgorithm.ecdsa(digest);
    assertTrue(verifies(label, algorithm));

    PublicKey key = publicKey(backend, label);
    X509Certificate certificate = new TestCertificates("ca").certify("admin", key);
    backend
        .require(CertificateStore.class)
        .keepCertificates(label, List.of(certificate.getEncoded()));
    assertEquals(List.of(certificate), certificates(other, label));
    assertTrue(verifies(label, algorithm));
    backend.require(Naming.class).rename(label, label + "-renamed");
    assertEquals(List.of(certificate), certificates(other, label + "-renamed"));
    assertTrue(verifies(label + "-renamed", algorithm));
  }

  @Test
  void agreesByAPairThatAnAdministratorMade() throws Exception {
    makeOutside("admin-agrees:agree", "a9", "EC:prime256v1", "--usage-derive");
    assertEquals(Set.of(Purpose.AGREE), backend.describe("admin-agrees").purposes());
    KeyPair peer = ecPair(256);
    KeyAgreement jdk = KeyAgreement.getInstance("ECDH", "SunEC");
    jdk.init(peer.getPrivate());
    jdk.doPhase(publicKey(backend, "admin-agrees"), true);
    assertArrayEquals(
        jdk.generateSecret(),
        backend.require(Agreements.class).agree("admin-agrees", peer.getPublic().getEncoded()));
  }

  private static void makeOutside(String label, String id, String type, String usage)
      throws Exception {
    hsm.pkcs11Tool("tok", "--keypairgen", "--key-type", type, "--label", label, "--id", id, usage);
    Expect.failure(Reason.NOT_FOUND, () -> backend.describe(label)); // without a certificate
    Path file = Files.createTempFile("certificate", ".der");
    try {
      Files.write(file, certificateOf(id, type));
      hsm.pkcs11Tool(
          "tok", "--write-object", file.toString(), "--type", "cert", "--label", label, "--id", id);
    } finally {
      Files.delete(file);
    }
  }

  /** A certificate for a public key that the token has as an object. */
  private static byte[] certificateOf(String id, String type) throws Exception {
    Path file = Files.createTempFile("public", ".der");
    try {
      hsm.pkcs11Tool(
          "tok", "--read-object", "--type", "pubkey", "--id", id, "--output-file", file.toString());
      PublicKey key =
          KeyFactory.getInstance(type.startsWith("rsa") ? "RSA" : "EC")
              .generatePublic(new X509EncodedKeySpec(Files.readAllBytes(file)));
      return TokenCertificate.of(
              "ca", key, Purpose.AGREE, message -> new byte[0]) // signed by a passing key
          .getEncoded();
    } finally {
      Files.delete(file);
    }
  }

  private static KeyPair ecPair(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
    generator.initialize(new ECGenParameterSpec("secp" + bits + "r1"));
    return generator.generateKeyPair();
  }

  private static PublicKey publicKey(Backend from, String key) throws Exception {
    return KeyFactory.getInstance(from.describe(key).spec().algorithm())
        .generatePublic(new X509EncodedKeySpec(from.require(PublicKeys.class).publicKey(key)));
  }

  private static List<X509Certificate> certificates(Backend from, String key) throws Exception {
    List<X509Certificate> chain = new ArrayList<>();
    for (byte[] certificate : from.require(CertificateStore.class).certificates(key)) {
      chain.add(
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(certificate)));
    }
    return chain;
  }

  private static KeyRequest request(String name, KeySpec spec, Purpose purpose) {
    return new KeyRequest(name, spec, Set.of(purpose));
  }
}
