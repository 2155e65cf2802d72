package dev.keyhold.jca.key;

import dev.keyhold.keystore.LocalEngine;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.encoding.AlgorithmTable;
import dev.keyhold.keystore.encoding.Der;
import dev.keyhold.keystore.encoding.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;

/** Parameters of RSASSA-PSS. */
public final class PssParameters {
  /** The digests that stand in Bouncy Castle's names of PSS, by their standard names. */
  static final List<String> NAMED_DIGESTS = List.of("SHA-224", "SHA-256", "SHA-384", "SHA-512");

  private PssParameters() {}

  /** One digest for the message and for MGF1, and a salt as long as it. */
  static PSSParameterSpec named(String digest) {
    int saltLength = Digests.local(digest).getDigestLength();
    return new PSSParameterSpec(
        digest,
        "MGF1",
        new MGF1ParameterSpec(digest),
        saltLength,
        PSSParameterSpec.TRAILER_FIELD_BC);
  }

  /** Checks that parameters are ones that a key could have. */
  static PSSParameterSpec checked(AlgorithmParameterSpec parameters)
      throws InvalidAlgorithmParameterException {
    if (!(parameters instanceof PSSParameterSpec spec)) {
      throw new InvalidAlgorithmParameterException("RSASSA-PSS takes a PSSParameterSpec");
    }
    if (!(spec.getMGFParameters() instanceof MGF1ParameterSpec)
        || !spec.getMGFAlgorithm().equalsIgnoreCase("MGF1")) {
      throw new InvalidAlgorithmParameterException("RSASSA-PSS has no other mask than MGF1");
    }
    if (spec.getTrailerField() != PSSParameterSpec.TRAILER_FIELD_BC) {
      throw new InvalidAlgorithmParameterException("RSASSA-PSS has no other trailer than 1");
    }
    return spec;
  }

  /** Returns what a key is to do, by checked parameters. */
  public static SignatureAlgorithm algorithm(PSSParameterSpec spec) {
    MGF1ParameterSpec mgf = (MGF1ParameterSpec) spec.getMGFParameters();
    return SignatureAlgorithm.pss(
        Digests.standard(spec.getDigestAlgorithm()),
        Digests.standard(mgf.getDigestAlgorithm()),
        spec.getSaltLength());
  }

  /** Returns the algorithm as a certificate names it, with one digest for both. */
  public static byte[] identifier(String digest, int saltLength) {
    MGF1ParameterSpec mgf = new MGF1ParameterSpec(digest);
    PSSParameterSpec spec = new PSSParameterSpec(digest, "MGF1", mgf, saltLength, 1);
    try {
      return Der.sequence(Der.oid(AlgorithmTable.RSASSA_PSS), encodable(spec).getEncoded());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the parameters in the form that a certificate or a CSR encodes. */
  public static AlgorithmParameters encodable(PSSParameterSpec spec) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
      parameters.init(spec);
      return parameters;
    } catch (GeneralSecurityException e) {
      throw LocalEngine.broken(e);
    }
  }
}
