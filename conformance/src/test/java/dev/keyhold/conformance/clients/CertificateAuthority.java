package dev.keyhold.conformance.clients;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A root and an intermediate that know nothing of Keyhold: their keys are the JDK's. */
final class CertificateAuthority {
  private static final X500Name ROOT = new X500Name("CN=root");
  private static final X500Name INTERMEDIATE = new X500Name("CN=intermediate");

  private final Instant now = Instant.now();
  private final KeyPair issuer;
  private final X509Certificate root;
  private final X509Certificate intermediate;
  private long serial;

  CertificateAuthority() throws GeneralSecurityException, IOException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
    generator.initialize(256);
    KeyPair top = generator.generateKeyPair();
    issuer = generator.generateKeyPair();
    BasicConstraints ca = new BasicConstraints(true);
    root =
        certificate(ROOT, top.getPrivate(), ROOT, top.getPublic(), Extension.basicConstraints, ca);
    intermediate =
        certificate(
            ROOT,
            top.getPrivate(),
            INTERMEDIATE,
            issuer.getPublic(),
            Extension.basicConstraints,
            ca);
  }

  private X509Certificate certificate(
      X500Name issuerName,
      PrivateKey signer,
      X500Name subject,
      PublicKey key,
      ASN1ObjectIdentifier extension,
      ASN1Encodable value)
      throws GeneralSecurityException, IOException {
    serial++;
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuerName,
            BigInteger.valueOf(serial),
            Date.from(now.minus(1, ChronoUnit.HOURS)),
            Date.from(now.plus(30, ChronoUnit.DAYS)),
            subject,
            key);
    builder.addExtension(extension, true, value);
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA")
                      .setProvider("SunEC")
                      .build(signer)));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }

  /** A certificate for this host, then the intermediate's; without the root. */
  X509Certificate[] issue(String name, PublicKey key) throws GeneralSecurityException, IOException {
    GeneralNames hosts =
        new GeneralNames(
            new GeneralName[] {
              new GeneralName(GeneralName.dNSName, "localhost"),
              new GeneralName(GeneralName.iPAddress, "127.0.0.1")
            });
    X509Certificate issued =
        certificate(
            INTERMEDIATE,
            issuer.getPrivate(),
            new X500Name("CN=" + name),
            key,
            Extension.subjectAlternativeName,
            hosts);
    return new X509Certificate[] {issued, intermediate};
  }

  X509Certificate root() {
    return root;
  }

  /** A key store with the root alone. */
  KeyStore trustStore() throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("root", root);
    return trusted;
  }

  /** Writes a server's key and chain, PEM, for OpenSSL. */
  void writeIdentity(Path file) throws GeneralSecurityException, IOException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
    generator.initialize(256);
    KeyPair pair = generator.generateKeyPair();
    writePem(file, issue("server", pair.getPublic()));
    Files.writeString(
        file, pem("PRIVATE KEY", pair.getPrivate().getEncoded()), StandardOpenOption.APPEND);
  }

  private static String pem(String type, byte[] content) {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(type, lines);
  }

  static void writePem(Path file, Certificate... chain)
      throws IOException, CertificateEncodingException {
    StringBuilder text = new StringBuilder();
    for (Certificate certificate : chain) {
      text.append(pem("CERTIFICATE", certificate.getEncoded()));
    }
    Files.writeString(file, text);
  }
}
