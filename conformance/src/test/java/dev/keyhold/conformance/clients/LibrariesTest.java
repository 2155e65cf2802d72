package dev.keyhold.conformance.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.keyhold.conformance.clients.Compatibility.Row;
import dev.keyhold.conformance.clients.Compatibility.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import javax.xml.crypto.dsig.XMLSignatureException;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Libraries that sign, with private keys that stay in a backend; Keyhold last and first. */
@ParameterizedClass
@EnumSource(Place.class)
@Timeout(120)
class LibrariesTest {
  private static final String BCPKIX = "bcpkix " + versionOf(JcaContentSignerBuilder.class);
  private static final String NIMBUS = "nimbus-jose-jwt " + versionOf(SignedJWT.class);

  @TempDir static Path parent;

  private static Site site;

  @Parameter Place place;

  @BeforeParameterizedClassInvocation
  static void open(Place place) throws Exception {
    site = Site.open(place, parent);
  }

  @AfterParameterizedClassInvocation
  static void close() {
    site.close();
  }

  /** By the name of its jar; not every manifest tells. */
  private static String versionOf(Class<?> type) {
    String jar = type.getProtectionDomain().getCodeSource().getLocation().getPath();
    return jar.replaceFirst(".*-", "").replaceFirst("\\.jar$", "");
  }

  /** What is to be done with Keyhold at both ends of the list. */
  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  /**
   * Wherever Keyhold stands in the list, or first only: a library that sets the parameters of a
   * Signature before its key pins the first provider that has the algorithm.
   */
  private void works(String library, String what, Work work) throws Exception {
    site.moveTo(1);
    work.run();
    String result = Compatibility.YES;
    site.moveTo(0);
    try {
      work.run();
    } catch (XMLSignatureException | JOSEException e) {
      assertTrue(e.getMessage().contains("key must be RSAPrivateKey"), e.getMessage());
      result = "Keyhold first";
    }
    Compatibility.is(place, new Row(Table.LIBRARIES, library, what), result);
  }

  private static PublicKey publicKey(Scheme scheme) throws Exception {
    return site.chain(scheme)[0].getPublicKey();
  }

  @ParameterizedTest
  @CsvSource({
    "SHA256withECDSA, P256",
    "SHA384withECDSA, P384",
    "SHA256withRSA, RSA_PKCS1",
    "SHA256withRSAandMGF1, RSA_PSS",
    "RSASSA-PSS, RSA_PSS"
  })
  void bouncyCastleMakesRequestsAndSignedData(String algorithm, Scheme scheme) throws Exception {
    works(BCPKIX, "certificate request, " + scheme, () -> request(algorithm, scheme));
    works(BCPKIX, "CMS signed data, " + scheme, () -> signedData(algorithm, scheme));
  }

  /** PSS by its parameters, as the JDK has it: bcpkix asks for the name that says the same. */
  private static ContentSigner signer(String algorithm, Scheme scheme) throws Exception {
    JcaContentSignerBuilder builder =
        algorithm.equals("RSASSA-PSS")
            ? new JcaContentSignerBuilder(
                algorithm, new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1))
            : new JcaContentSignerBuilder(algorithm);
    return builder.build(site.key(scheme));
  }

  private static void request(String algorithm, Scheme scheme) throws Exception {
    PKCS10CertificationRequest request =
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=web"), publicKey(scheme))
            .build(signer(algorithm, scheme));
    PublicKey asked = new JcaPKCS10CertificationRequest(request.getEncoded()).getPublicKey();
    assertEquals(publicKey(scheme), asked);
    assertTrue(request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(asked)));
  }

  private static void signedData(String algorithm, Scheme scheme) throws Exception {
    X509Certificate certificate = site.chain(scheme)[0];
    CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
    generator.addSignerInfoGenerator(
        new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
            .build(signer(algorithm, scheme), certificate));
    generator.addCertificates(new JcaCertStore(List.of(site.chain(scheme))));
    byte[] content = "content".getBytes(StandardCharsets.US_ASCII);
    byte[] encoded = generator.generate(new CMSProcessableByteArray(content), true).getEncoded();
    SignerInformation information =
        new CMSSignedData(encoded).getSignerInfos().getSigners().iterator().next();
    assertTrue(information.verify(new JcaSimpleSignerInfoVerifierBuilder().build(certificate)));
  }

  @ParameterizedTest
  @CsvSource({"ES256, P256", "ES384, P384", "RS256, RSA_PKCS1", "PS256, RSA_PSS"})
  void nimbusMakesTokens(String algorithm, Scheme scheme) throws Exception {
    works(NIMBUS, "JWT, " + algorithm, () -> token(JWSAlgorithm.parse(algorithm), scheme));
  }

  private static void token(JWSAlgorithm algorithm, Scheme scheme) throws Exception {
    PublicKey publicKey = publicKey(scheme);
    JWSSigner signer;
    JWSVerifier verifier;
    if (publicKey instanceof RSAPublicKey rsa) {
      signer = new RSASSASigner(site.key(scheme));
      verifier = new RSASSAVerifier(rsa);
    } else {
      signer = new ECDSASigner(site.key(scheme), scheme == Scheme.P256 ? Curve.P_256 : Curve.P_384);
      verifier = new ECDSAVerifier((ECPublicKey) publicKey);
    }
    SignedJWT token =
        new SignedJWT(
            new JWSHeader(algorithm), new JWTClaimsSet.Builder().subject("somebody").build());
    token.sign(signer);
    SignedJWT read = SignedJWT.parse(token.serialize());
    assertTrue(read.verify(verifier));
    assertEquals("somebody", read.getJWTClaimsSet().getSubject());
  }

  @ParameterizedTest
  @CsvSource({
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256, P256",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384, P384",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256, RSA_PKCS1",
    "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1, RSA_PSS"
  })
  void theJdkSignsXml(String algorithm, Scheme scheme) throws Exception {
    works(
        "XMLDSig of the JDK",
        scheme.toString(),
        () -> {
          String signed = XmlSignatures.sign(algorithm, site.key(scheme));
          assertTrue(XmlSignatures.isValid(signed, publicKey(scheme)));
          String altered = signed.replace("<a>1</a>", "<a>2</a>");
          assertTrue(!altered.equals(signed) && !XmlSignatures.isValid(altered, publicKey(scheme)));
        });
  }
}
