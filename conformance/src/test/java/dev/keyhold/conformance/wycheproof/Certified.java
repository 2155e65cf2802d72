package dev.keyhold.conformance.wycheproof;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTCTime;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/** Certificates for the keys of vectors, which the JCA wants beside each private key. */
final class Certified {
  static final int SIGN = KeyUsage.digitalSignature;
  static final int DECRYPT = KeyUsage.keyEncipherment;
  static final int AGREE = KeyUsage.keyAgreement;

  private static final AlgorithmIdentifier ED25519 =
      new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.3.101.112"));
  private static final KeyPair ISSUER = issuer();

  private Certified() {}

  private static KeyPair issuer() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Time time(Instant instant) {
    return new Time(
        new DERUTCTime(
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'")
                .format(instant.atOffset(ZoneOffset.UTC))));
  }

  /** A certificate for a key, from an issuer that nobody knows. */
  static X509Certificate of(PublicKey key, int usage) throws Exception {
    V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
    generator.setSerialNumber(new ASN1Integer(BigInteger.ONE));
    generator.setIssuer(new X500Name("CN=issuer"));
    generator.setSubject(new X500Name("CN=vector"));
    generator.setStartDate(time(Instant.now().minus(Duration.ofDays(1))));
    generator.setEndDate(time(Instant.now().plus(Duration.ofDays(1))));
    generator.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    generator.setSignature(ED25519);
    generator.setExtensions(
        new Extensions(Extension.create(Extension.keyUsage, true, new KeyUsage(usage))));
    TBSCertificate content = generator.generateTBSCertificate();
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(ISSUER.getPrivate());
    signature.update(content.getEncoded("DER"));
    ASN1EncodableVector parts = new ASN1EncodableVector();
    parts.add(content);
    parts.add(ED25519);
    parts.add(new DERBitString(signature.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(new DERSequence(parts).getEncoded("DER")));
  }
}
