package dev.keyhold.keystore.encoding;

import static dev.keyhold.keystore.Purpose.AGREE;
import static dev.keyhold.keystore.Purpose.DECAPSULATE;
import static dev.keyhold.keystore.Purpose.DECRYPT;
import static dev.keyhold.keystore.Purpose.SIGN;

import dev.keyhold.keystore.Purpose;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The sizes, parameter sets, curves, digests and object identifiers of the algorithms that Keyhold
 * has. Other classes compute what they need from this table, so that a new row is added here only.
 * Immutable.
 */
public final class AlgorithmTable {
  private static final String RSA = "1.2.840.113549.1.1";
  private static final String ECDSA = "1.2.840.10045.4";
  private static final String HMAC = "1.2.840.113549.2.";
  private static final String AES = "2.16.840.1.101.3.4.1";
  private static final String NIST_HASHES = "2.16.840.1.101.3.4.2.";
  private static final String NIST_SIGNATURES = "2.16.840.1.101.3.4.3.";
  private static final String NIST_KEMS = "2.16.840.1.101.3.4.4.";

  /** The prefix of all identifiers of PKCS #1, which the JDK takes for RSA keys too. */
  public static final String PKCS1 = RSA;

  /** RSASSA-PSS (RFC 4055). */
  public static final String RSASSA_PSS = RSA + ".10";

  /** The public keys of all curves (RFC 5480). */
  public static final String EC_PUBLIC_KEY = "1.2.840.10045.2.1";

  /** The common name in a distinguished name (RFC 4519). */
  public static final String COMMON_NAME = "2.5.4.3";

  /** The serial number in a distinguished name (RFC 4519). */
  public static final String SERIAL_NUMBER = "2.5.4.5";

  /** The extension that says what a certified key is for (RFC 5280, section 4.2.1.3). */
  public static final String KEY_USAGE = "2.5.29.15";

  /** The identifier in place of a signature algorithm where there is no signature (RFC 9925). */
  public static final String UNSIGNED = "1.3.6.1.5.5.7.6.36";

  /**
   * Key pairs, as {@code KeySpec.KEY_PAIRS} lists them. The key file numbers the parameter sets in
   * this order: add new ones at the end.
   */
  public static final List<KeyPairKind> KEY_PAIRS =
      List.of(
          rsa(2048),
          rsa(3072),
          rsa(4096),
          curve(
              256,
              "1.2.840.10045.3.1.7",
              "secp256r1",
              "p-256",
              "nist p-256",
              "prime256v1",
              "x9.62 prime256v1"),
          curve(384, "1.3.132.0.34", "secp384r1", "p-384", "nist p-384"),
          curve(521, "1.3.132.0.35", "secp521r1", "p-521", "nist p-521"),
          set("EdDSA", "Ed25519", "1.3.101.112", 32, SIGN, 0, 0),
          set("XDH", "X25519", "1.3.101.110", 32, AGREE, 0, 0),
          set("ML-DSA", "ML-DSA-44", NIST_SIGNATURES + "17", 1312, SIGN, 32, 0),
          set("ML-DSA", "ML-DSA-65", NIST_SIGNATURES + "18", 1952, SIGN, 32, 0),
          set("ML-DSA", "ML-DSA-87", NIST_SIGNATURES + "19", 2592, SIGN, 32, 0),
          set("ML-KEM", "ML-KEM-512", NIST_KEMS + "1", 800, DECAPSULATE, 64, 768),
          set("ML-KEM", "ML-KEM-768", NIST_KEMS + "2", 1184, DECAPSULATE, 64, 1088),
          set("ML-KEM", "ML-KEM-1024", NIST_KEMS + "3", 1568, DECAPSULATE, 64, 1568));

  /** The sizes of the keys that a generator makes if it is given no size: algorithm and bits. */
  private static final Map<String, Integer> STANDARD_SIZES = Map.of("RSA", 3072, "EC", 256);

  private static final Map<String, String> STANDARD_SETS =
      Map.of("EdDSA", "Ed25519", "XDH", "X25519", "ML-DSA", "ML-DSA-65", "ML-KEM", "ML-KEM-768");

  /** The digests, from the oldest on: SHA-1, SHA-2, SHA-3. */
  public static final List<Digest> DIGESTS =
      List.of(
          new Digest("SHA-1", 20, "1.3.14.3.2.26", RSA + ".5", ECDSA + ".1", HMAC + 7),
          new Digest("SHA-224", 28, NIST_HASHES + 4, RSA + ".14", ECDSA + ".3.1", HMAC + 8),
          new Digest("SHA-256", 32, NIST_HASHES + 1, RSA + ".11", ECDSA + ".3.2", HMAC + 9),
          new Digest("SHA-384", 48, NIST_HASHES + 2, RSA + ".12", ECDSA + ".3.3", HMAC + 10),
          new Digest("SHA-512", 64, NIST_HASHES + 3, RSA + ".13", ECDSA + ".3.4", HMAC + 11),
          new Digest("SHA-512/224", 28, NIST_HASHES + 5, RSA + ".15", "", HMAC + 12),
          new Digest("SHA-512/256", 32, NIST_HASHES + 6, RSA + ".16", "", HMAC + 13),
          sha3("SHA3-224", 28, 0),
          sha3("SHA3-256", 32, 1),
          sha3("SHA3-384", 48, 2),
          sha3("SHA3-512", 64, 3));

  /** The HMACs for which Keyhold has keys, by their standard names. */
  public static final List<String> HMACS = List.of("HmacSHA256", "HmacSHA384", "HmacSHA512");

  /** The sizes of AES keys, in bits. */
  public static final List<Integer> AES_BITS = List.of(128, 192, 256);

  private static final Map<String, Integer> AES_MODES =
      Map.of("ECB", 1, "CBC", 2, "OFB", 3, "CFB", 4, "KW", 5, "GCM", 6, "KWP", 8);

  /**
   * The names of algorithms that Keyhold refuses: it knows their identifiers, and has no such keys.
   */
  public static final Map<String, List<String>> REFUSED =
      Map.of(
          "ChaCha20-Poly1305", List.of("1.2.840.113549.1.9.16.3.18"),
          "MD2withRSA", List.of(RSA + ".2"),
          "MD5withRSA", List.of(RSA + ".4"),
          "SHA1withRSA", List.of("1.3.14.3.2.29"),
          "Ed448", List.of("1.3.101.113"),
          "X448", List.of("1.3.101.111"));

  /**
   * A digest, and what is built on it. An identifier is empty where there is none.
   *
   * @param name the standard JCA name
   * @param bytes the length of its output
   * @param oid its object identifier
   * @param rsa the identifier of PKCS #1 v1.5 signatures with it
   * @param ecdsa the identifier of ECDSA signatures with it
   * @param hmac the identifier of the HMAC with it
   */
  public record Digest(String name, int bytes, String oid, String rsa, String ecdsa, String hmac) {
    /** Returns the name as it stands in names of signatures and HMACs: {@code SHA256}. */
    public String joined() {
      return name.replace("SHA-", "SHA");
    }
  }

  private AlgorithmTable() {}

  private static KeyPairKind rsa(int bits) {
    List<Purpose> purposes = List.of(SIGN, DECRYPT);
    return new KeyPairKind("RSA", bits, "RSA", RSA + ".1", List.of(), purposes, 0, 0);
  }

  private static KeyPairKind curve(int bits, String oid, String... names) {
    List<Purpose> purposes = List.of(SIGN, AGREE);
    return new KeyPairKind("EC", bits, "EC", oid, Arrays.asList(names), purposes, 0, 0);
  }

  private static KeyPairKind set(
      String family,
      String name,
      String oid,
      int publicBytes,
      Purpose purpose,
      int seedBytes,
      int encapsulationBytes) {
    List<Purpose> purposes = List.of(purpose);
    int bits = 8 * publicBytes;
    return new KeyPairKind(
        name, bits, family, oid, List.of(), purposes, seedBytes, encapsulationBytes);
  }

  private static Digest sha3(String name, int bytes, int place) {
    return new Digest(
        name,
        bytes,
        NIST_HASHES + (7 + place),
        NIST_SIGNATURES + (13 + place),
        NIST_SIGNATURES + (9 + place),
        NIST_HASHES + (13 + place));
  }

  /** Returns the kinds of key pairs of a family. */
  public static List<KeyPairKind> ofFamily(String family) {
    return KEY_PAIRS.stream().filter(kind -> kind.family().equals(family)).toList();
  }

  /** Returns the sizes of a family, in bits. */
  public static List<Integer> sizes(String family) {
    return ofFamily(family).stream().map(KeyPairKind::bits).toList();
  }

  /** Returns the families of key pairs, each followed by the names of its parameter sets. */
  public static List<String> keyPairNames() {
    return KEY_PAIRS.stream()
        .flatMap(kind -> Stream.of(kind.family(), kind.algorithm()))
        .distinct()
        .toList();
  }

  /** Returns the name of a family, followed by those of its parameter sets. */
  public static List<String> namesOf(String family) {
    return Stream.concat(Stream.of(family), ofFamily(family).stream().map(KeyPairKind::algorithm))
        .distinct()
        .toList();
  }

  /** Returns the parameter set of a name, in any case. */
  public static Optional<KeyPairKind> parameterSet(String name) {
    return KEY_PAIRS.stream()
        .filter(kind -> kind.isParameterSet() && kind.algorithm().equalsIgnoreCase(name))
        .findFirst();
  }

  /** Returns the curve of a name, in any case, or of a dotted object identifier. */
  public static Optional<KeyPairKind> curve(String name) {
    return KEY_PAIRS.stream().filter(kind -> kind.isCurve(name)).findFirst();
  }

  /** Returns the kind of an algorithm and a size. */
  public static Optional<KeyPairKind> find(String algorithm, int bits) {
    return KEY_PAIRS.stream()
        .filter(kind -> kind.algorithm().equals(algorithm) && kind.bits() == bits)
        .findFirst();
  }

  /**
   * Returns the kind that a generator creates if it is told no size.
   *
   * @param name of a family or a parameter set
   * @throws IllegalArgumentException if there is no such family or parameter set
   */
  public static KeyPairKind standard(String name) {
    Integer bits = STANDARD_SIZES.get(name);
    return (bits == null ? parameterSet(STANDARD_SETS.getOrDefault(name, name)) : find(name, bits))
        .orElseThrow(() -> new IllegalArgumentException("no key pairs " + name));
  }

  /**
   * Returns a digest.
   *
   * @throws IllegalArgumentException if there is none of this standard name
   */
  public static Digest digest(String name) {
    return DIGESTS.stream()
        .filter(digest -> digest.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no digest " + name));
  }

  /** Returns the object identifier of AES, as the JDK has it. */
  public static String aes() {
    return AES;
  }

  /** Returns the object identifier of a mode of AES with keys of a size. */
  public static String aes(String mode, int bits) {
    return AES + "." + (20 * AES_BITS.indexOf(bits) + AES_MODES.get(mode));
  }
}
