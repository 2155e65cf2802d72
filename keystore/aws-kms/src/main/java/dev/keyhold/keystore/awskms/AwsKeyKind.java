package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The kinds of keys that AWS KMS and Keyhold both know, and what each can do. */
@SuppressWarnings(
    "ImmutableEnumChecker") // a record of immutable parts, and a set that is copied out
enum AwsKeyKind {
  SYMMETRIC_DEFAULT(KeySpec.AES_256, Purpose.ENCRYPT),
  HMAC_256(KeySpec.hmac("HmacSHA256"), Purpose.MAC),
  HMAC_384(KeySpec.hmac("HmacSHA384"), Purpose.MAC),
  HMAC_512(KeySpec.hmac("HmacSHA512"), Purpose.MAC),
  RSA_2048(KeySpec.rsa(2048), Purpose.SIGN, Purpose.DECRYPT),
  RSA_3072(KeySpec.rsa(3072), Purpose.SIGN, Purpose.DECRYPT),
  RSA_4096(KeySpec.rsa(4096), Purpose.SIGN, Purpose.DECRYPT),
  ECC_NIST_P256(KeySpec.ec(256), Purpose.SIGN, Purpose.AGREE),
  ECC_NIST_P384(KeySpec.ec(384), Purpose.SIGN, Purpose.AGREE),
  ECC_NIST_P521(KeySpec.ec(521), Purpose.SIGN, Purpose.AGREE),
  ECC_NIST_EDWARDS25519(KeySpec.ED25519, Purpose.SIGN),
  ML_DSA_44(KeySpec.mlDsa(44), Purpose.SIGN),
  ML_DSA_65(KeySpec.mlDsa(65), Purpose.SIGN),
  ML_DSA_87(KeySpec.mlDsa(87), Purpose.SIGN);

  private static final List<String> DIGESTS = List.of("SHA-256", "SHA-384", "SHA-512");

  private final KeySpec spec;
  private final Set<Purpose> purposes;

  AwsKeyKind(KeySpec spec, Purpose first, Purpose... others) {
    this.spec = spec;
    this.purposes = EnumSet.of(first, others);
  }

  static Optional<AwsKeyKind> of(KeySpec spec) {
    return Arrays.stream(values()).filter(kind -> kind.spec.equals(spec)).findFirst();
  }

  /** Returns the kind with this name in AWS KMS. */
  static Optional<AwsKeyKind> named(String keySpec) {
    return Arrays.stream(values()).filter(kind -> kind.name().equals(keySpec)).findFirst();
  }

  KeySpec spec() {
    return spec;
  }

  /** Returns what such a key can be for; one key has but one of them. */
  Set<Purpose> purposes() {
    return EnumSet.copyOf(purposes);
  }

  /** Returns AWS's name for a purpose: {@code KeyUsage}. */
  static String usage(Purpose purpose) {
    return switch (purpose) {
      case ENCRYPT, DECRYPT -> "ENCRYPT_DECRYPT";
      case MAC -> "GENERATE_VERIFY_MAC";
      case SIGN -> "SIGN_VERIFY";
      case AGREE -> "KEY_AGREEMENT";
      case DECAPSULATE, KEY_WRAP ->
          throw new IllegalArgumentException("no key of AWS KMS is for " + purpose);
    };
  }

  /** Returns the purpose of a key with this usage; empty for one that Keyhold does not know. */
  Set<Purpose> purposes(String usage) {
    Set<Purpose> found = EnumSet.copyOf(purposes);
    found.removeIf(purpose -> !usage(purpose).equals(usage));
    return found;
  }

  /** Returns how a key of this kind signs: one digest for each curve, three for RSA. */
  Set<SignatureAlgorithm> signatures() {
    return switch (this) {
      case RSA_2048, RSA_3072, RSA_4096 -> rsaSignatures();
      case ECC_NIST_P256 -> Set.of(SignatureAlgorithm.ecdsa("SHA-256"));
      case ECC_NIST_P384 -> Set.of(SignatureAlgorithm.ecdsa("SHA-384"));
      case ECC_NIST_P521 -> Set.of(SignatureAlgorithm.ecdsa("SHA-512"));
      case ECC_NIST_EDWARDS25519 -> Set.of(SignatureAlgorithm.ED25519);
      case ML_DSA_44, ML_DSA_65, ML_DSA_87 -> Set.of(SignatureAlgorithm.ML_DSA);
      default -> Set.of();
    };
  }

  /** Returns how a key of this kind decrypts. */
  Set<RsaPadding> paddings() {
    return spec.algorithm().equals("RSA")
        ? Set.of(RsaPadding.oaep("SHA-1", "SHA-1"), RsaPadding.oaep("SHA-256", "SHA-256"))
        : Set.of();
  }

  private static Set<SignatureAlgorithm> rsaSignatures() {
    Set<SignatureAlgorithm> signatures = new LinkedHashSet<>();
    for (String digest : DIGESTS) {
      signatures.add(SignatureAlgorithm.pkcs1(digest));
      signatures.add(SignatureAlgorithm.pss(digest, digest, bytes(digest)));
    }
    return signatures;
  }

  private static int bytes(String digest) {
    return Integer.parseInt(digest.substring("SHA-".length())) / 8;
  }

  /** Returns AWS's name for a signature algorithm of {@link #signatures}. */
  static String signingAlgorithm(SignatureAlgorithm algorithm) {
    String digest = algorithm.digest().replace("-", "_");
    return switch (algorithm.scheme()) {
      case RSA_PKCS1 -> "RSASSA_PKCS1_V1_5_" + digest;
      case RSA_PSS -> "RSASSA_PSS_" + digest;
      case ECDSA -> "ECDSA_" + digest;
      case EDDSA -> "ED25519_SHA_512";
      case ML_DSA -> "ML_DSA_SHAKE_256";
    };
  }
}
