package dev.keyhold.keystore.googlekms;

import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.*;

import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Maps each algorithm of the service to Keyhold's terms. A key has one algorithm, which never
 * changes: one digest, one padding. Where several belong to one {@link KeySpec}, a new key gets the
 * first.
 */
final class Algorithms {
  /**
   * One of them.
   *
   * @param signature how it signs, if it does
   * @param padding what it decrypts, if it does
   */
  record Entry(
      CryptoKeyVersionAlgorithm algorithm,
      CryptoKeyPurpose kind,
      KeySpec spec,
      Purpose purpose,
      Optional<SignatureAlgorithm> signature,
      Optional<RsaPadding> padding) {}

  private static final Map<CryptoKeyVersionAlgorithm, Entry> TABLE = table();

  private Algorithms() {}

  private static Map<CryptoKeyVersionAlgorithm, Entry> table() {
    List<Entry> all = new ArrayList<>();
    all.add(kek(GOOGLE_SYMMETRIC_ENCRYPTION, CryptoKeyPurpose.ENCRYPT_DECRYPT));
    all.add(kek(EXTERNAL_SYMMETRIC_ENCRYPTION, CryptoKeyPurpose.ENCRYPT_DECRYPT));
    all.add(kek(AES_256_GCM, CryptoKeyPurpose.RAW_ENCRYPT_DECRYPT));
    all.add(mac(HMAC_SHA256, "HmacSHA256"));
    all.add(mac(HMAC_SHA384, "HmacSHA384"));
    all.add(mac(HMAC_SHA512, "HmacSHA512"));
    all.add(pkcs1(RSA_SIGN_PKCS1_2048_SHA256, 2048, "SHA-256"));
    all.add(pkcs1(RSA_SIGN_PKCS1_3072_SHA256, 3072, "SHA-256"));
    all.add(pkcs1(RSA_SIGN_PKCS1_4096_SHA256, 4096, "SHA-256"));
    all.add(pkcs1(RSA_SIGN_PKCS1_4096_SHA512, 4096, "SHA-512"));
    all.add(pss(RSA_SIGN_PSS_2048_SHA256, 2048, "SHA-256", 32));
    all.add(pss(RSA_SIGN_PSS_3072_SHA256, 3072, "SHA-256", 32));
    all.add(pss(RSA_SIGN_PSS_4096_SHA256, 4096, "SHA-256", 32));
    all.add(pss(RSA_SIGN_PSS_4096_SHA512, 4096, "SHA-512", 64));
    all.add(oaep(RSA_DECRYPT_OAEP_2048_SHA256, 2048, "SHA-256"));
    all.add(oaep(RSA_DECRYPT_OAEP_3072_SHA256, 3072, "SHA-256"));
    all.add(oaep(RSA_DECRYPT_OAEP_4096_SHA256, 4096, "SHA-256"));
    all.add(oaep(RSA_DECRYPT_OAEP_4096_SHA512, 4096, "SHA-512"));
    all.add(oaep(RSA_DECRYPT_OAEP_2048_SHA1, 2048, "SHA-1"));
    all.add(oaep(RSA_DECRYPT_OAEP_3072_SHA1, 3072, "SHA-1"));
    all.add(oaep(RSA_DECRYPT_OAEP_4096_SHA1, 4096, "SHA-1"));
    all.add(sign(EC_SIGN_P256_SHA256, KeySpec.ec(256), SignatureAlgorithm.ecdsa("SHA-256")));
    all.add(sign(EC_SIGN_P384_SHA384, KeySpec.ec(384), SignatureAlgorithm.ecdsa("SHA-384")));
    all.add(sign(EC_SIGN_ED25519, KeySpec.ED25519, SignatureAlgorithm.ED25519));
    all.add(sign(PQ_SIGN_ML_DSA_44, KeySpec.mlDsa(44), SignatureAlgorithm.ML_DSA));
    all.add(sign(PQ_SIGN_ML_DSA_65, KeySpec.mlDsa(65), SignatureAlgorithm.ML_DSA));
    all.add(sign(PQ_SIGN_ML_DSA_87, KeySpec.mlDsa(87), SignatureAlgorithm.ML_DSA));
    Map<CryptoKeyVersionAlgorithm, Entry> table = new LinkedHashMap<>();
    all.forEach(entry -> table.put(entry.algorithm(), entry));
    return Collections.unmodifiableMap(table);
  }

  /** Returns what an algorithm is here; empty for those that Keyhold has no use for. */
  static Optional<Entry> find(CryptoKeyVersionAlgorithm algorithm) {
    return Optional.ofNullable(TABLE.get(algorithm));
  }

  /** Returns what a key of this kind can serve for. */
  static Set<Purpose> purposesOf(KeySpec spec) {
    return TABLE.values().stream()
        .filter(entry -> entry.spec().equals(spec))
        .map(Entry::purpose)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Returns all algorithms for keys of this kind and purpose. */
  static List<Entry> of(KeySpec spec, Purpose purpose) {
    return TABLE.values().stream()
        .filter(entry -> entry.spec().equals(spec) && entry.purpose() == purpose)
        .toList();
  }

  private static Entry kek(CryptoKeyVersionAlgorithm algorithm, CryptoKeyPurpose kind) {
    return new Entry(
        algorithm, kind, KeySpec.AES_256, Purpose.ENCRYPT, Optional.empty(), Optional.empty());
  }

  private static Entry mac(CryptoKeyVersionAlgorithm algorithm, String name) {
    return new Entry(
        algorithm,
        CryptoKeyPurpose.MAC,
        KeySpec.hmac(name),
        Purpose.MAC,
        Optional.empty(),
        Optional.empty());
  }

  private static Entry pkcs1(CryptoKeyVersionAlgorithm algorithm, int bits, String digest) {
    return sign(algorithm, KeySpec.rsa(bits), SignatureAlgorithm.pkcs1(digest));
  }

  private static Entry pss(
      CryptoKeyVersionAlgorithm algorithm, int bits, String digest, int saltLength) {
    return sign(algorithm, KeySpec.rsa(bits), SignatureAlgorithm.pss(digest, digest, saltLength));
  }

  private static Entry sign(
      CryptoKeyVersionAlgorithm algorithm, KeySpec spec, SignatureAlgorithm signature) {
    return new Entry(
        algorithm,
        CryptoKeyPurpose.ASYMMETRIC_SIGN,
        spec,
        Purpose.SIGN,
        Optional.of(signature),
        Optional.empty());
  }

  private static Entry oaep(CryptoKeyVersionAlgorithm algorithm, int bits, String digest) {
    return new Entry(
        algorithm,
        CryptoKeyPurpose.ASYMMETRIC_DECRYPT,
        KeySpec.rsa(bits),
        Purpose.DECRYPT,
        Optional.empty(),
        Optional.of(RsaPadding.oaep(digest, digest)));
  }
}
