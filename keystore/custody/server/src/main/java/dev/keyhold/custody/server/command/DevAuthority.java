package dev.keyhold.custody.server.command;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A CA that is made for one custodian of a developer, with keys on P-256. */
public final class DevAuthority {
  private static final Duration LIFE = Duration.ofDays(90);
  private static final Duration CLOCKS = Duration.ofMinutes(5);

  private final KeyPair pair;
  private final X509Certificate certificate;

  /** A key with its certificate. */
  public record Certified(PrivateKey key, X509Certificate certificate) {}

  private DevAuthority(KeyPair pair, X509Certificate certificate) {
    this.pair = pair;
    this.certificate = certificate;
  }

  /** Makes a CA with this name. */
  public static DevAuthority create(String name) throws GeneralSecurityException {
    KeyPair pair = newPair();
    X500Principal subject = new X500Principal("CN=" + name);
    try {
      JcaX509v3CertificateBuilder builder = builder(subject, subject, pair, LIFE);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(1));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
      return new DevAuthority(pair, sign(builder, pair.getPrivate()));
    } catch (IOException e) {
      throw new GeneralSecurityException("the certificate can't be made", e);
    }
  }

  private static KeyPair newPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Principal issuer, X500Principal subject, KeyPair pair, Duration life) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(120, new SecureRandom()).setBit(120),
        Date.from(now.minus(CLOCKS)),
        Date.from(now.plus(life)),
        subject,
        pair.getPublic());
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException("the certificate can't be signed", e);
    }
  }

  /** Returns the certificate of the CA. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** Makes a certificate of a server with these DNS names and addresses. */
  public Certified server(String... hosts) throws GeneralSecurityException {
    GeneralName[] names = new GeneralName[hosts.length];
    for (int i = 0; i < hosts.length; i++) {
      boolean address = hosts[i].matches("[0-9.]+|.*:.*");
      names[i] = new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, hosts[i]);
    }
    return issue(hosts[0], KeyPurposeId.id_kp_serverAuth, LIFE, names);
  }

  /** Makes a certificate of a client with this URI name. */
  public Certified client(String uri) throws GeneralSecurityException {
    return client(LIFE, new GeneralName(GeneralName.uniformResourceIdentifier, uri));
  }

  /** Makes a certificate of a client with these names, for a time. */
  public Certified client(Duration life, GeneralName... names) throws GeneralSecurityException {
    return issue("client", KeyPurposeId.id_kp_clientAuth, life, names);
  }

  /** Makes a certificate. */
  public Certified issue(String name, KeyPurposeId use, Duration life, GeneralName... names)
      throws GeneralSecurityException {
    KeyPair own = newPair();
    try {
      JcaX509v3CertificateBuilder builder =
          builder(
              certificate.getSubjectX500Principal(), new X500Principal("CN=" + name), own, life);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(use));
      if (names.length > 0) {
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      }
      return new Certified(own.getPrivate(), sign(builder, pair.getPrivate()));
    } catch (IOException e) {
      throw new GeneralSecurityException("the certificate can't be made", e);
    }
  }

  /** Returns certificates or private keys as PEM. */
  public static String pem(Object... objects) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      for (Object object : objects) {
        writer.writeObject(
            object instanceof PrivateKey key ? new JcaPKCS8Generator(key, null) : object);
      }
    }
    return text.toString();
  }
}
