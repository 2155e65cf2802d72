package dev.keyhold.keystore.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.facet.CertificateStore;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.keystore.pkcs11.pairs.TokenCertificate;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Certificates that a real token keeps. Each test has a token of its own. */
@Tag("token")
class SoftHsmCertificateTest {
  private static final SignatureAlgorithm ECDSA = SignatureAlgorithm.ecdsa("SHA-256");

  private SoftHsm hsm;
  private Backend backend;
  private Backend other;

  @BeforeEach
  void open() throws Exception {
    hsm = SoftHsm.create().withToken("tok");
    backend = hsm.backend("tok");
    other = hsm.backend("tok");
  }

  @AfterEach
  void close() {
    if (backend != null) {
      backend.close();
      other.close();
    }
  }

  @Test
  void keepsAChainInThePlaceOfThePlaceholder() throws Exception {
    assertTrue(backend.facet(CertificateStore.class).isPresent());
    PublicKey key = create("tls");
    TestCertificates root = new TestCertificates("root");
    TestCertificates issuer = root.subordinate("issuer");
    List<X509Certificate> chain =
        List.of(issuer.certify("tls.example", key), issuer.certificate(), root.certificate());
    backend.require(CertificateStore.class).keepCertificates("tls", encoded(chain));
    assertEquals(chain, certificates(backend, "tls"));
    assertEquals(chain, certificates(other, "tls"));
    signs("tls", key);
    assertEquals(3, certificateObjects());

    // a renewal, with a shorter chain
    List<X509Certificate> renewed = List.of(issuer.certify("tls.example", key));
    backend.require(CertificateStore.class).keepCertificates("tls", encoded(renewed));
    assertEquals(renewed.get(0), certificates(other, "tls").get(0));
    signs("tls", key);
    assertEquals(Set.of("tls"), names());
  }

  @Test
  void sharesTheIssuersOfSeveralKeys() throws Exception {
    TestCertificates root = new TestCertificates("root");
    for (String name : List.of("a", "b")) {
      PublicKey key = create(name);
      List<X509Certificate> chain = List.of(root.certify("same", key), root.certificate());
      backend.require(CertificateStore.class).keepCertificates(name, encoded(chain));
      assertEquals(chain, certificates(other, name));
    }
    assertEquals(3, certificateObjects());
    PublicKey key = publicKey("a");
    X509Certificate own = TestCertificates.selfSigned("alone", key, signer("a"));
    backend.require(CertificateStore.class).keepCertificates("a", encoded(List.of(own)));
    assertEquals(List.of(own), certificates(other, "a"));
    assertEquals(2, certificates(other, "b").size());
  }

  @Test
  void replacesASelfSignedCertificateWhoseSubjectAnotherOneHas() throws Exception {
    TestCertificates root = new TestCertificates("root");
    for (String name : List.of("a", "b")) {
      PublicKey key = create(name);
      X509Certificate own = TestCertificates.selfSigned("localhost", key, signer(name));
      backend.require(CertificateStore.class).keepCertificates(name, encoded(List.of(own)));
    }
    for (String name : List.of("a", "b")) {
      PublicKey key = publicKey(name);
      other
          .require(Signatures.class)
          .sign(name, ECDSA, new byte[32]); // knows the key by its label so far
      List<X509Certificate> chain = List.of(root.certify("localhost", key), root.certificate());
      backend.require(CertificateStore.class).keepCertificates(name, encoded(chain));
      assertEquals(chain, certificates(backend, name));
      assertEquals(chain, certificates(other, name));
      signs(name, key);
    }
    assertEquals(Set.of("a", "b"), names());
    backend.require(Naming.class).rename("a", "c");
    assertEquals(2, certificates(other, "c").size());
    signs("c", publicKey("c"));
  }

  @Test
  void refusesCertificatesOfAnotherKey() throws Exception {
    PublicKey key = create("own");
    List<X509Certificate> before = certificates(backend, "own");
    TestCertificates root = new TestCertificates("root");
    Expect.failure(
        Reason.UNSUPPORTED,
        () ->
            backend
                .require(CertificateStore.class)
                .keepCertificates("own", encoded(List.of(root.certificate()))));
    Expect.failure(
        Reason.UNSUPPORTED,
        () ->
            backend
                .require(CertificateStore.class)
                .keepCertificates(
                    "own", encoded(List.of(root.certificate(), root.certify("own", key)))));
    Expect.failure(
        Reason.UNSUPPORTED,
        () -> backend.require(CertificateStore.class).keepCertificates("own", List.of()));
    Expect.failure(
        Reason.UNSUPPORTED,
        () ->
            backend
                .require(CertificateStore.class)
                .keepCertificates("own", List.of(new byte[] {1, 2})));
    Expect.failure(
        Reason.NOT_FOUND,
        () ->
            backend
                .require(CertificateStore.class)
                .keepCertificates("gone", encoded(List.of(root.certificate()))));
    assertEquals(before, certificates(other, "own"));
  }

  @Test
  void cutsAChainWhereAnotherCertificateHasTheIssuersName() throws Exception {
    PublicKey key = create("cut");
    TestCertificates root = new TestCertificates("root");
    TestCertificates impostor = new TestCertificates("root");
    X509Certificate own = root.certify("cut.example", key);
    // SunPKCS11 finds the issuer by its name
    backend
        .require(CertificateStore.class)
        .keepCertificates("cut", encoded(List.of(own, impostor.certificate())));
    assertEquals(List.of(own), certificates(other, "cut"));
  }

  @Test
  void takesItsPlaceholderAlongToANewName() throws Exception {
    PublicKey key = create("before");
    List<X509Certificate> chain = certificates(backend, "before");
    backend.require(Naming.class).rename("before", "after");
    assertEquals(chain, certificates(other, "after"));
    assertEquals(1, certificateObjects());
    signs("after", key);
  }

  @Test
  void takesBackAKeyWhoseCertificateCannotBeToldFromAnEarlierOne() throws Exception {
    PublicKey key = create("another");
    create("again");
    hsm.pkcs11Tool("tok", "--delete-object", "--type", "privkey", "--id", hex("again#1"));
    BackendException e =
        Expect.failure(
            Reason.MISCONFIGURED, () -> backend.require(KeyMaking.class).create(request("again")));
    assertTrue(e.getMessage().contains("pkcs11-tool"), e.getMessage());
    assertEquals(Set.of("another"), names());
    assertEquals(1, privateKeyObjects());
    for (int i = 0; i < 2; i++) {
      hsm.pkcs11Tool("tok", "--delete-object", "--type", "cert", "--label", "again#1");
    }
    signs("again", create("again"));
    signs("another", key);
  }

  @Test
  void tellsOfAPrivateKeyThatHadLostItsCertificate() throws Exception {
    PublicKey key = create("another");
    create("lost");
    hsm.pkcs11Tool("tok", "--delete-object", "--type", "cert", "--label", "lost#1");
    Expect.failure(Reason.NOT_FOUND, () -> other.describe("lost"));
    BackendException e =
        Expect.failure(
            Reason.MISCONFIGURED, () -> backend.require(KeyMaking.class).create(request("lost")));
    assertTrue(e.getMessage().contains("--id " + hex("lost#1")), e.getMessage());
    Expect.failure(
        Reason.MISCONFIGURED,
        () -> other.require(Signatures.class).sign("lost", ECDSA, new byte[32]));
    assertEquals(Set.of("another", "lost"), names());
    for (int i = 0; i < 2; i++) {
      hsm.pkcs11Tool("tok", "--delete-object", "--type", "privkey", "--id", hex("lost#1"));
    }
    hsm.pkcs11Tool("tok", "--delete-object", "--type", "cert", "--label", "lost#1");
    signs("lost", create("lost"));
    signs("another", key);
  }

  private void signs(String name, PublicKey key) throws Exception {
    for (Backend each : List.of(backend, other)) {
      byte[] signature =
          each.require(Signatures.class)
              .sign(name, ECDSA, MessageDigest.getInstance("SHA-256").digest(new byte[7]));
      Signature verifier = Signature.getInstance("SHA256withECDSA", "SunEC");
      verifier.initVerify(key);
      verifier.update(new byte[7]);
      assertTrue(verifier.verify(signature));
      assertTrue(Arrays.equals(key.getEncoded(), each.require(PublicKeys.class).publicKey(name)));
    }
  }

  private TokenCertificate.Signer signer(String name) {
    return message -> {
      try {
        return backend
            .require(Signatures.class)
            .sign(name, ECDSA, MessageDigest.getInstance("SHA-256").digest(message));
      } catch (BackendException e) {
        throw new AssertionError(e);
      }
    };
  }

  private PublicKey create(String name) throws Exception {
    backend.require(KeyMaking.class).create(request(name));
    return publicKey(name);
  }

  private PublicKey publicKey(String name) throws Exception {
    return KeyFactory.getInstance("EC", "SunEC")
        .generatePublic(new X509EncodedKeySpec(backend.require(PublicKeys.class).publicKey(name)));
  }

  private Set<String> names() throws Exception {
    return Set.copyOf(other.list().stream().map(KeyMetadata::name).toList());
  }

  private int certificateObjects() throws Exception {
    return hsm.pkcs11Tool("tok", "--list-objects", "--type", "cert")
            .split("Certificate Object", -1)
            .length
        - 1;
  }

  private int privateKeyObjects() throws Exception {
    return hsm.pkcs11Tool("tok", "--list-objects", "--type", "privkey")
            .split("Private Key Object", -1)
            .length
        - 1;
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  private static KeyRequest request(String name) {
    return new KeyRequest(name, KeySpec.ec(256), Set.of(Purpose.SIGN));
  }

  private static List<byte[]> encoded(List<X509Certificate> chain) throws Exception {
    List<byte[]> encoded = new ArrayList<>();
    for (X509Certificate certificate : chain) {
      encoded.add(certificate.getEncoded());
    }
    return encoded;
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
}
