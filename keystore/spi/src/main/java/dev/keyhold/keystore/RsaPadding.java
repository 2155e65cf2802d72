package dev.keyhold.keystore;

import java.util.Objects;

/**
 * The padding of a message that is encrypted to an RSA key. Immutable.
 *
 * @param digest of OAEP (RFC 8017, section 7.1), by its standard JCA name; empty for {@link #PKCS1}
 * @param mgfDigest the digest of MGF1; empty for {@link #PKCS1}
 */
public record RsaPadding(String digest, String mgfDigest) {
  /**
   * RSAES-PKCS1-v1_5 (RFC 8017, section 7.2). Who learns whether a padding is right can decrypt
   * (Bleichenbacher 1998): for old data only.
   */
  public static final RsaPadding PKCS1 = new RsaPadding("", "");

  /** Checks that both parts are there. */
  public RsaPadding {
    Objects.requireNonNull(digest, "digest");
    Objects.requireNonNull(mgfDigest, "mgfDigest");
  }

  /** RSAES-OAEP. */
  public static RsaPadding oaep(String digest, String mgfDigest) {
    return new RsaPadding(digest, mgfDigest);
  }

  @Override
  public String toString() {
    return digest.isEmpty() ? "PKCS1" : "OAEP with " + digest + " and MGF1 " + mgfDigest;
  }
}
