package dev.keyhold.keystore.pkcs11.pairs;

import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.encoding.AlgorithmTable;
import dev.keyhold.keystore.encoding.Der;
import dev.keyhold.keystore.encoding.NistCurves;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;

/**
 * The certificate of a key pair that has no other yet (RFC 5280, version 1: it has no extensions).
 * SunPKCS11 finds no private key without a certificate. It certifies nothing, and does not expire.
 *
 * <p>Each has a subject of its own: SunPKCS11 does not replace a certificate whose subject is the
 * issuer of another one.
 */
public final class TokenCertificate {
  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String NO_END = "99991231235959Z"; // RFC 5280, section 4.1.2.5
  private static final int MAX_COMMON_NAME = 64;
  private static final Pattern SUBJECT =
      Pattern.compile(
          "CN=.*, " + Pattern.quote("OID." + AlgorithmTable.SERIAL_NUMBER) + "=[0-9a-f]{32}",
          Pattern.DOTALL);

  private TokenCertificate() {}

  /** Signs a message under SHA-256. */
  public interface Signer {
    byte[] sign(byte[] message) throws GeneralSecurityException;
  }

  /**
   * Creates a certificate for a new key pair.
   *
   * @param signer signs by the key itself; not called if the key may not sign: then a temporary key
   *     signs
   */
  public static X509Certificate of(String label, PublicKey key, Purpose purpose, Signer signer)
      throws GeneralSecurityException {
    byte[] subject = subject(ObjectLabel.parse(label).name());
    if (purpose == Purpose.SIGN) {
      return signed(subject, subject, key, algorithmOf(key.getAlgorithm()), signer);
    }
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", SoftwarePair.EC_ENGINE);
    generator.initialize(NistCurves.of(256), LocalRandom.get());
    KeyPair passing = generator.generateKeyPair();
    SoftwarePair issuer = new SoftwarePair(passing.getPrivate(), passing.getPublic());
    return signed(
        subject("Keyhold placeholder"), subject, key, algorithmOf("EC"), issuer::signSha256);
  }

  /** Returns whether this is one, and so has a subject of its own. */
  public static boolean isOne(X509Certificate certificate) {
    String subject = certificate.getSubjectX500Principal().getName(X500Principal.RFC1779);
    return certificate.getVersion() == 1 && SUBJECT.matcher(subject).matches();
  }

  public static X509Certificate signed(
      byte[] issuer, byte[] subject, PublicKey key, byte[] algorithm, Signer signer)
      throws GeneralSecurityException {
    byte[] toBeSigned =
        Der.sequence(
            Der.integer(new BigInteger(1, LocalRandom.bytes(16))),
            algorithm,
            issuer,
            Der.sequence(Der.utcTime(UTC_TIME.format(Instant.now())), Der.generalizedTime(NO_END)),
            subject,
            key.getEncoded());
    byte[] certificate =
        Der.sequence(toBeSigned, algorithm, Der.bitString(signer.sign(toBeSigned)));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(certificate));
  }

  public static byte[] algorithmOf(String keyAlgorithm) {
    AlgorithmTable.Digest sha256 = AlgorithmTable.digest("SHA-256");
    return keyAlgorithm.equals("RSA")
        ? Der.sequence(Der.oid(sha256.rsa()), Der.nothing()) // RFC 4055
        : Der.sequence(Der.oid(sha256.ecdsa())); // RFC 5758
  }

  private static byte[] subject(String name) {
    String commonName = name.substring(0, Math.min(name.length(), MAX_COMMON_NAME));
    String number = HexFormat.of().formatHex(LocalRandom.bytes(16));
    return Der.sequence(
        Der.set(Der.sequence(Der.oid(AlgorithmTable.SERIAL_NUMBER), Der.printable(number))),
        Der.set(Der.sequence(Der.oid(AlgorithmTable.COMMON_NAME), Der.utf8(commonName))));
  }
}
