package dev.keyhold.jca.cipher;

import dev.keyhold.keystore.LocalEngine;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.encoding.Digests;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.InvalidParameterSpecException;
import java.security.spec.MGF1ParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** Parameters of RSA-OAEP. */
final class OaepParameters {
  private static final String NAMED = "OAEPWith";

  private OaepParameters() {}

  /**
   * Returns what a padding's name says. As with SunJCE, MGF1 is SHA-1 whatever the digest is.
   *
   * @param padding {@code OAEPPadding} or {@code OAEPWith<digest>AndMGF1Padding}
   */
  static OAEPParameterSpec standard(String padding) {
    String digest =
        padding.startsWith(NAMED)
            ? padding.substring(NAMED.length(), padding.indexOf("And"))
            : "SHA-1";
    return new OAEPParameterSpec(
        Digests.standard(digest), "MGF1", MGF1ParameterSpec.SHA1, PSource.PSpecified.DEFAULT);
  }

  /** Checks parameters beside a padding's name; null means what the name says. */
  static OAEPParameterSpec checked(AlgorithmParameterSpec parameters, String padding)
      throws InvalidAlgorithmParameterException {
    OAEPParameterSpec standard = standard(padding);
    if (parameters == null) {
      return standard;
    }
    if (!(parameters instanceof OAEPParameterSpec spec)) {
      throw new InvalidAlgorithmParameterException("RSA-OAEP takes an OAEPParameterSpec");
    }
    if (!spec.getMGFAlgorithm().equalsIgnoreCase("MGF1")
        || !(spec.getMGFParameters() instanceof MGF1ParameterSpec)) {
      throw new InvalidAlgorithmParameterException("RSA-OAEP has no other mask than MGF1");
    }
    if (!(spec.getPSource() instanceof PSource.PSpecified)) {
      throw new InvalidAlgorithmParameterException("the label of RSA-OAEP is a PSource.PSpecified");
    }
    String digest = Digests.standard(spec.getDigestAlgorithm());
    if (padding.startsWith(NAMED) && !digest.equals(standard.getDigestAlgorithm())) {
      throw new InvalidAlgorithmParameterException(
          "%s and the digest %s do not agree".formatted(padding, digest));
    }
    return spec;
  }

  static AlgorithmParameterSpec specOf(AlgorithmParameters parameters)
      throws InvalidAlgorithmParameterException {
    try {
      return parameters == null ? null : parameters.getParameterSpec(OAEPParameterSpec.class);
    } catch (InvalidParameterSpecException e) {
      throw new InvalidAlgorithmParameterException("these are no parameters of RSA-OAEP", e);
    }
  }

  static RsaPadding padding(OAEPParameterSpec spec) {
    MGF1ParameterSpec mgf = (MGF1ParameterSpec) spec.getMGFParameters();
    return RsaPadding.oaep(
        Digests.standard(spec.getDigestAlgorithm()), Digests.standard(mgf.getDigestAlgorithm()));
  }

  static byte[] label(OAEPParameterSpec spec) {
    return ((PSource.PSpecified) spec.getPSource()).getValue();
  }

  static AlgorithmParameters encodable(OAEPParameterSpec spec) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("OAEP");
      parameters.init(spec);
      return parameters;
    } catch (GeneralSecurityException e) {
      throw LocalEngine.broken(e);
    }
  }
}
