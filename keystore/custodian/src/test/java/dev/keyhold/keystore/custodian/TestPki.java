package dev.keyhold.keystore.custodian;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A CA of a test, and what it certifies. */
final class TestPki {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final KeyPair keys = ecPair();
  private final X509Certificate certificate;

  TestPki() throws Exception {
    certificate = certify("CN=test CA", keys, null, keys, "CN=test CA");
  }

  /** A key and its certificate. */
  record Certified(KeyPair keys, X509Certificate certificate) {
    void write(Path certificateFile, Path keyFile) throws IOException {
      Files.writeString(certificateFile, pem("CERTIFICATE", encoded(certificate)));
      Files.writeString(keyFile, pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    }
  }

  Certified client(String uri) throws Exception {
    return issue(new GeneralName(GeneralName.uniformResourceIdentifier, uri), ecPair());
  }

  Certified rsaClient(String uri) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return issue(
        new GeneralName(GeneralName.uniformResourceIdentifier, uri), generator.generateKeyPair());
  }

  Certified server() throws Exception {
    return issue(new GeneralName(GeneralName.iPAddress, "127.0.0.1"), ecPair());
  }

  private Certified issue(GeneralName name, KeyPair pair) throws Exception {
    return new Certified(pair, certify("CN=test", pair, name, keys, "CN=test CA"));
  }

  void writeCa(Path file) throws IOException {
    Files.writeString(file, pem("CERTIFICATE", encoded(certificate)));
  }

  /** Returns the server's TLS: it asks for a certificate of this CA. */
  SSLContext serverTls() throws Exception {
    Certified server = server();
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    own.setKeyEntry(
        "server",
        server.keys.getPrivate(),
        PASSWORD,
        new Certificate[] {server.certificate, certificate});
    KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
    keyManagers.init(own, PASSWORD);
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    anchors.setCertificateEntry("ca", certificate);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(anchors);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static KeyPair ecPair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static X509Certificate certify(
      String subject, KeyPair pair, GeneralName name, KeyPair issuer, String issuerName)
      throws Exception {
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            new X500Principal(issuerName),
            new BigInteger(64, new SecureRandom()),
            Date.from(now.minus(Duration.ofHours(1))),
            Date.from(now.plus(Duration.ofDays(1))),
            new X500Principal(subject),
            pair.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(name == null));
    if (name != null) {
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(name));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.getPrivate())));
  }

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String what, byte[] der) {
    String text =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(what, text, what);
  }
}
