package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Makes the context of the client's TLS from the contents of its files. It names the JDK's own
 * providers throughout: Keyhold may be the first of the JVM's providers, and must not be asked for
 * what it needs itself to reach its keys. Stateless.
 */
final class TlsContext {
  private static final String JSSE = "SunJSSE";
  private static final String SUN = "SUN";
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";

  private TlsContext() {}

  /**
   * Makes one.
   *
   * @param certificates PEM, the client's own first
   * @param key PKCS#8, PEM
   * @param cas PEM
   * @throws BackendException with MISCONFIGURED, naming the option that is wrong
   */
  static SSLContext make(byte[] certificates, char[] key, byte[] cas) throws BackendException {
    List<X509Certificate> chain = parsed("client-certificate", certificates);
    PrivateKey own = privateKey(key, chain.get(0).getPublicKey());
    List<X509Certificate> trusted = parsed("ca", cas);
    try {
      KeyStore anchors = KeyStore.getInstance("JKS", SUN);
      anchors.load(null, null);
      for (int i = 0; i < trusted.size(); i++) {
        anchors.setCertificateEntry("ca" + i, trusted.get(i));
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX", JSSE);
      trust.init(anchors);
      SSLContext context = SSLContext.getInstance("TLS", JSSE);
      KeyManager[] keys = {new OneCertificate(own, chain)};
      context.init(keys, trust.getTrustManagers(), random());
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new BackendException(
          Reason.MISCONFIGURED, "this JVM can't do TLS with its own providers: " + e, e);
    }
  }

  private static SecureRandom random() throws GeneralSecurityException {
    try {
      return SecureRandom.getInstance("NativePRNG", SUN);
    } catch (NoSuchAlgorithmException e) { // on Windows
      return SecureRandom.getInstance("DRBG", SUN);
    }
  }

  private static List<X509Certificate> parsed(String option, byte[] pem) throws BackendException {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory.getInstance("X.509", SUN)
          .generateCertificates(new ByteArrayInputStream(pem))
          .forEach(certificate -> certificates.add((X509Certificate) certificate));
    } catch (GeneralSecurityException e) {
      throw misconfigured(option + " is not a PEM file of certificates: " + e.getMessage(), e);
    }
    if (certificates.isEmpty()) {
      throw misconfigured(option + " has no certificate (PEM)", null);
    }
    return certificates;
  }

  private static PrivateKey privateKey(char[] pem, PublicKey partner) throws BackendException {
    byte[] der = PemText.decode(pem, BEGIN, END);
    if (der.length == 0) {
      throw misconfigured(
          "client-key is no private key in PEM (PKCS#8, without a password); openssl pkcs8 -topk8"
              + " -nocrypt makes one",
          null);
    }
    try {
      String algorithm = partner.getAlgorithm();
      String provider = algorithm.equals("RSA") ? "SunRsaSign" : "SunEC";
      KeyFactory factory = KeyFactory.getInstance(algorithm, provider);
      PrivateKey key = factory.generatePrivate(new PKCS8EncodedKeySpec(der));
      requirePair(key, partner, provider);
      return key;
    } catch (GeneralSecurityException e) {
      throw misconfigured(
          "client-key is not the private key of the certificate in client-certificate (RSA, EC or"
              + " Ed25519)",
          null); // the cause may tell bytes of the key
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  private static void requirePair(PrivateKey key, PublicKey partner, String provider)
      throws GeneralSecurityException {
    String signs =
        switch (partner.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> partner.getAlgorithm();
        };
    Signature signature = Signature.getInstance(signs, provider);
    signature.initSign(key, random());
    signature.update((byte) 1);
    byte[] signed = signature.sign();
    signature.initVerify(partner);
    signature.update((byte) 1);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException("another key");
    }
  }

  private static BackendException misconfigured(String message, Throwable cause) {
    return new BackendException(Reason.MISCONFIGURED, message, cause);
  }
}
