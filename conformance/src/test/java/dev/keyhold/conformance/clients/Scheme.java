package dev.keyhold.conformance.clients;

/** How a private key of a test signs; its key is the one of the alias. */
enum Scheme {
  P256("EC", 256, "p256", "ECDSA P-256"),
  P384("EC", 384, "p384", "ECDSA P-384"),
  RSA_PSS("RSA", 2048, "rsa-pss", "RSA-PSS"),
  RSA_PKCS1("RSA", 2048, "rsa", "RSA PKCS#1");

  private final String algorithm;
  private final int bits;
  private final String alias;
  private final String text;

  Scheme(String algorithm, int bits, String alias, String text) {
    this.algorithm = algorithm;
    this.bits = bits;
    this.alias = alias;
    this.text = text;
  }

  /** Of the key pair. */
  String algorithm() {
    return algorithm;
  }

  int bits() {
    return bits;
  }

  String alias() {
    return alias;
  }

  /** What {@code openssl s_client} calls the signature that its peer made. */
  String opensslName() {
    return switch (this) {
      case P256, P384 -> "ECDSA";
      case RSA_PSS -> "RSA-PSS";
      case RSA_PKCS1 -> "RSA";
    };
  }

  /** What OpenSSL calls the one algorithm that is asked for. */
  String opensslSignature() {
    return switch (this) {
      case P256 -> "ECDSA+SHA256";
      case P384 -> "ECDSA+SHA384";
      case RSA_PSS -> "rsa_pss_rsae_sha256";
      case RSA_PKCS1 -> "RSA+SHA256";
    };
  }

  /** TLS 1.3 has no PKCS#1 v1.5. */
  boolean isOf(Protocol protocol) {
    return this != RSA_PKCS1 || protocol == Protocol.TLS_1_2;
  }

  @Override
  public String toString() {
    return text;
  }
}
