package dev.keyhold.conformance.wycheproof;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.opentest4j.TestAbortedException;

/**
 * Which signature the vectors of a group are about.
 *
 * @param algorithm the JCA's name
 * @param keyFactory of its public keys
 * @param parameters null for none
 */
record SignatureKind(String algorithm, String keyFactory, PSSParameterSpec parameters) {
  static SignatureKind of(Vector vector) {
    String type = vector.text("type");
    if (type.startsWith("Ecdsa")) {
      String format = type.contains("P1363") ? "inP1363Format" : "";
      return plain(digest(vector) + "withECDSA" + format, "EC");
    }
    if (type.startsWith("Eddsa")) {
      return plain(vector.text("publicKeyDer").startsWith("302a") ? "Ed25519" : "Ed448", "EdDSA");
    }
    if (type.startsWith("MlDsa")) {
      if (vector.has("ctx") && !vector.text("ctx").isEmpty()) {
        throw new TestAbortedException("the JCA has no contexts of ML-DSA");
      }
      return plain("ML-DSA", "ML-DSA");
    }
    if (type.startsWith("RsassaPkcs1")) {
      return plain(digest(vector) + "withRSA", "RSA");
    }
    if (type.startsWith("RsassaPss")) {
      return pss(vector, type.contains("Parameters") ? "RSASSA-PSS" : "RSA");
    }
    throw new AssertionError("no signature is known for vectors of type " + type);
  }

  private static SignatureKind plain(String algorithm, String keyFactory) {
    return new SignatureKind(algorithm, keyFactory, null);
  }

  private static SignatureKind pss(Vector vector, String keyFactory) {
    if (!vector.text("mgf").equals("MGF1") || vector.text("sha").startsWith("SHAKE")) {
      throw new TestAbortedException("the JCA's RSASSA-PSS has no " + vector.text("mgf"));
    }
    return new SignatureKind(
        "RSASSA-PSS",
        keyFactory,
        new PSSParameterSpec(
            vector.text("sha"),
            "MGF1",
            new MGF1ParameterSpec(vector.text("mgfSha")),
            vector.number("sLen"),
            PSSParameterSpec.TRAILER_FIELD_BC));
  }

  /** {@code SHA256} of {@code SHA-256}, {@code SHA512/224} of {@code SHA-512/224}. */
  private static String digest(Vector vector) {
    return vector.text("sha").replaceFirst("^SHA-", "SHA");
  }

  /** A signature of the provider, with its parameters. */
  Signature signature(Provider provider) throws GeneralSecurityException {
    if (provider.getService("Signature", algorithm) == null) {
      throw new TestAbortedException("no service for Signature " + algorithm);
    }
    return withParameters(Signature.getInstance(algorithm, provider));
  }

  /** The JDK's own. */
  Signature signature() throws GeneralSecurityException {
    return withParameters(Signature.getInstance(algorithm));
  }

  private Signature withParameters(Signature signature) throws GeneralSecurityException {
    if (parameters != null) {
      signature.setParameter(parameters);
    }
    return signature;
  }
}
