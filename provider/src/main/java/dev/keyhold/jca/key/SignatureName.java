package dev.keyhold.jca.key;

import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.SignatureAlgorithm.Scheme;
import dev.keyhold.keystore.encoding.AlgorithmTable;
import dev.keyhold.keystore.encoding.Digests;
import java.security.InvalidAlgorithmParameterException;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of the name of a signature algorithm.
 *
 * @param algorithm the standard JCA name, or Bouncy Castle's where it says the parameters of PSS
 * @param scheme of the signature
 * @param digest by its standard name, {@link SignatureAlgorithm#NO_DIGEST}, or empty where the
 *     parameters say it
 * @param p1363 whether an ECDSA signature is both numbers side by side, not DER
 */
public record SignatureName(String algorithm, Scheme scheme, String digest, boolean p1363) {
  private static final String NONE = SignatureAlgorithm.NO_DIGEST;

  /** Digests of the JDK's names that no key of Keyhold signs with: they are broken. */
  private static final List<String> BROKEN = List.of("SHA-1", "MD5", "MD2");

  /** Returns all that Keyhold has. */
  public static List<SignatureName> all() {
    List<SignatureName> names = new ArrayList<>();
    List<String> digests = new ArrayList<>(Digests.SHA_2);
    digests.addAll(Digests.SHA_3);
    digests.addAll(BROKEN);
    digests.add(NONE);
    for (String digest : digests) {
      String prefix = digest.replace("SHA-", "SHA") + "with";
      names.add(new SignatureName(prefix + "RSA", Scheme.RSA_PKCS1, digest, false));
      if (!digest.contains("/") && !digest.startsWith("MD")) {
        String ecdsa = prefix + "ECDSA";
        names.add(new SignatureName(ecdsa, Scheme.ECDSA, digest, false));
        names.add(new SignatureName(ecdsa + "inP1363Format", Scheme.ECDSA, digest, true));
      }
    }
    names.add(new SignatureName("RSASSA-PSS", Scheme.RSA_PSS, "", false));
    for (String digest : PssParameters.NAMED_DIGESTS) {
      String name = digest.replace("SHA-", "SHA") + "withRSAandMGF1";
      names.add(new SignatureName(name, Scheme.RSA_PSS, digest, false));
    }
    for (String name : List.of("Ed25519", "Ed448", "EdDSA")) {
      names.add(new SignatureName(name, Scheme.EDDSA, NONE, false));
    }
    for (String name : AlgorithmTable.namesOf("ML-DSA")) {
      names.add(new SignatureName(name, Scheme.ML_DSA, NONE, false));
    }
    return names;
  }

  /**
   * Returns whether a key signs in this scheme; with which digest shows when it is taken into use.
   */
  public boolean isFor(KeyHandle key) {
    boolean anySet = !algorithm.startsWith("ML-DSA-");
    return !isRefused()
        && key instanceof PrivateKeyHandle handle
        && handle.signs(scheme)
        && (anySet || algorithm.equals(handle.abilities().parameterSet()));
  }

  /** Returns whether no key of Keyhold signs by this name, which the JDK has. */
  public boolean isRefused() {
    return BROKEN.contains(digest) || algorithm.equals("Ed448");
  }

  /**
   * Returns whether an ordinary public key verifies by this name too: no provider of the JDK has
   * Bouncy Castle's names of PSS, so that there would be no next one.
   */
  public boolean verifiesWith(Object key) {
    return namedParameters() != null && key instanceof RSAPublicKey;
  }

  /** Returns what the JDK calls it: all of PSS by one name, with parameters. */
  public String standardName() {
    return scheme == Scheme.RSA_PSS ? "RSASSA-PSS" : algorithm;
  }

  /**
   * Returns what a name of PSS says of its parameters; null where it says nothing, or takes none.
   */
  public PSSParameterSpec namedParameters() {
    return scheme == Scheme.RSA_PSS && !digest.isEmpty() ? PssParameters.named(digest) : null;
  }

  /** Checks parameters of RSASSA-PSS: those that a key could have, with the digest of the name. */
  public PSSParameterSpec checked(AlgorithmParameterSpec parameters)
      throws InvalidAlgorithmParameterException {
    PSSParameterSpec spec = PssParameters.checked(parameters);
    if (!digest.isEmpty() && !Digests.standard(spec.getDigestAlgorithm()).equals(digest)) {
      throw new InvalidAlgorithmParameterException(
          "%s and the digest %s do not agree".formatted(algorithm, spec.getDigestAlgorithm()));
    }
    return spec;
  }

  /** Returns whether the input is signed as it is, and may be a digest. */
  public boolean isRaw() {
    return digest.equals(NONE) && (scheme == Scheme.RSA_PKCS1 || scheme == Scheme.ECDSA);
  }

  /**
   * Returns what a key is to do.
   *
   * @param parameters of RSASSA-PSS; else not looked at
   */
  public SignatureAlgorithm wanted(PSSParameterSpec parameters) {
    return switch (scheme) {
      case RSA_PKCS1 -> SignatureAlgorithm.pkcs1(digest);
      case ECDSA -> SignatureAlgorithm.ecdsa(digest);
      case EDDSA -> SignatureAlgorithm.ED25519;
      case ML_DSA -> SignatureAlgorithm.ML_DSA;
      case RSA_PSS -> PssParameters.algorithm(parameters);
    };
  }
}
