package dev.keyhold.keystore;

import java.util.Objects;

/**
 * A signature algorithm, with all parameters that a name such as {@code RSASSA-PSS} leaves open.
 * Immutable.
 *
 * @param scheme which one
 * @param digest the standard JCA name of the digest ({@code SHA-256}); {@link #NO_DIGEST} where the
 *     scheme signs what it is given
 * @param mgfDigest the digest of MGF1, for {@link Scheme#RSA_PSS}; else empty
 * @param saltLength in bytes, for {@link Scheme#RSA_PSS}, or {@link #ANY_SALT}; else 0
 */
public record SignatureAlgorithm(Scheme scheme, String digest, String mgfDigest, int saltLength) {
  /** The value in place of a digest: the input is signed as it is. */
  public static final String NO_DIGEST = "NONE";

  /** In the abilities of a key: every length of salt. */
  public static final int ANY_SALT = -1;

  /** Ed25519 (RFC 8032, pure): signs the message, not a digest of it. 64 bytes. */
  public static final SignatureAlgorithm ED25519 =
      new SignatureAlgorithm(Scheme.EDDSA, NO_DIGEST, "", 0);

  /** ML-DSA (FIPS 204, pure, empty context): signs the message, not a digest of it. */
  public static final SignatureAlgorithm ML_DSA =
      new SignatureAlgorithm(Scheme.ML_DSA, NO_DIGEST, "", 0);

  /** The schemes. */
  public enum Scheme {
    /** RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2). */
    RSA_PKCS1,
    /** RSASSA-PSS (RFC 8017, section 8.1). */
    RSA_PSS,
    /** ECDSA (FIPS 186-5); the signature is the DER of both numbers (RFC 3279). */
    ECDSA,
    /** EdDSA (RFC 8032). */
    EDDSA,
    /** ML-DSA (FIPS 204). */
    ML_DSA
  }

  /** Checks that all parts are there. */
  public SignatureAlgorithm {
    Objects.requireNonNull(scheme, "scheme");
    Objects.requireNonNull(digest, "digest");
    Objects.requireNonNull(mgfDigest, "mgfDigest");
  }

  /**
   * Returns RSASSA-PKCS1-v1_5 with a digest.
   *
   * @param digest with {@link #NO_DIGEST}, the input is a whole DigestInfo, or whatever is to be
   *     padded
   */
  public static SignatureAlgorithm pkcs1(String digest) {
    return new SignatureAlgorithm(Scheme.RSA_PKCS1, digest, "", 0);
  }

  /** Returns RSASSA-PSS with its parameters. */
  public static SignatureAlgorithm pss(String digest, String mgfDigest, int saltLength) {
    return new SignatureAlgorithm(Scheme.RSA_PSS, digest, mgfDigest, saltLength);
  }

  /**
   * Returns ECDSA with a digest.
   *
   * @param digest with {@link #NO_DIGEST}, the input is a digest of any length
   */
  public static SignatureAlgorithm ecdsa(String digest) {
    return new SignatureAlgorithm(Scheme.ECDSA, digest, "", 0);
  }

  /** Returns whether a backend is given the digest of a message, not the message. */
  public boolean signsDigest() {
    return !digest.equals(NO_DIGEST);
  }

  /** Returns whether a key that can do this can do that. */
  public boolean covers(SignatureAlgorithm wanted) {
    return equals(wanted)
        || (saltLength == ANY_SALT
            && equals(new SignatureAlgorithm(wanted.scheme, wanted.digest, wanted.mgfDigest, -1)));
  }

  @Override
  public String toString() {
    return switch (scheme) {
      case RSA_PKCS1 -> name() + "withRSA";
      case ECDSA -> name() + "withECDSA";
      case EDDSA -> "Ed25519";
      case ML_DSA -> "ML-DSA";
      case RSA_PSS ->
          "RSASSA-PSS with "
              + digest
              + (mgfDigest.equals(digest) ? "" : " and MGF1 " + mgfDigest)
              + (saltLength == ANY_SALT ? "" : " and a salt of " + saltLength + " bytes");
    };
  }

  private String name() {
    return digest.replace("SHA-", "SHA");
  }
}
