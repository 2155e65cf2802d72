package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.encoding.Der;
import dev.keyhold.keystore.pkcs11.pairs.SoftwarePair;
import dev.keyhold.keystore.pkcs11.pairs.TokenCertificate;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;

/** An authority that certifies keys, and certificates with subjects of the test's choice. */
final class TestCertificates {
  private final String name;
  private final SoftwarePair pair;
  private final X509Certificate certificate;

  /** A self-signed authority. */
  TestCertificates(String name) throws Exception {
    this.name = name;
    this.pair = ecPair();
    this.certificate = selfSigned(name, pair.publicKey(), pair::signSha256);
  }

  private TestCertificates(String name, TestCertificates issuer) throws Exception {
    this.name = name;
    this.pair = ecPair();
    this.certificate = issuer.certify(name, pair.publicKey());
  }

  X509Certificate certificate() {
    return certificate;
  }

  TestCertificates subordinate(String subordinateName) throws Exception {
    return new TestCertificates(subordinateName, this);
  }

  X509Certificate certify(String subject, PublicKey key) throws Exception {
    return TokenCertificate.signed(
        name(name), name(subject), key, TokenCertificate.algorithmOf("EC"), pair::signSha256);
  }

  static X509Certificate selfSigned(String subject, PublicKey key, TokenCertificate.Signer signer)
      throws Exception {
    return TokenCertificate.signed(
        name(subject),
        name(subject),
        key,
        TokenCertificate.algorithmOf(key.getAlgorithm()),
        signer);
  }

  private static SoftwarePair ecPair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
    generator.initialize(256);
    KeyPair made = generator.generateKeyPair();
    return new SoftwarePair(made.getPrivate(), made.getPublic());
  }

  private static byte[] name(String commonName) {
    return Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.utf8(commonName))));
  }
}
