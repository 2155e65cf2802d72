package dev.keyhold.jca;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the JDK's providers call their algorithms beside the name: mostly object identifiers. */
final class AlgorithmAliases {
  private static final String RSA = "1.2.840.113549.1.1";
  private static final String ECDSA = "1.2.840.10045.4";
  private static final String HMAC = "1.2.840.113549.2.";
  private static final String NIST_HASHES = "2.16.840.1.101.3.4.2.";
  private static final String NIST_SIGNATURES = "2.16.840.1.101.3.4.3.";
  private static final String NIST_KEMS = "2.16.840.1.101.3.4.4.";
  private static final String AES = "2.16.840.1.101.3.4.1";

  /** By type, or by types, and algorithm. */
  private static final Map<String, List<String>> TABLE = new LinkedHashMap<>();

  static {
    put("Cipher KeyGenerator", "AES", AES);
    sizes("ECB", 1);
    sizes("CBC", 2);
    sizes("OFB", 3);
    sizes("CFB", 4);
    sizes("GCM", 6);
    put("Cipher", "ChaCha20-Poly1305", "1.2.840.113549.1.9.16.3.18");

    List<String> hmacs =
        List.of("SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "SHA512/224", "SHA512/256");
    for (int i = 0; i < hmacs.size(); i++) {
      put("Mac KeyGenerator", "Hmac" + hmacs.get(i), HMAC + (7 + i));
    }
    List<String> sha3 = List.of("SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512");
    for (int i = 0; i < sha3.size(); i++) {
      put("Mac", "Hmac" + sha3.get(i), NIST_HASHES + (13 + i));
      put("Signature", sha3.get(i) + "withECDSA", NIST_SIGNATURES + (9 + i));
      put("Signature", sha3.get(i) + "withRSA", NIST_SIGNATURES + (13 + i));
    }

    put("Signature", "MD2withRSA", RSA + ".2");
    put("Signature", "MD5withRSA", RSA + ".4");
    put("Signature", "SHA1withRSA", RSA + ".5", "1.3.14.3.2.29");
    put("Signature", "RSASSA-PSS", RSA + ".10", "PSS");
    List<String> sha2 = List.of("SHA256", "SHA384", "SHA512", "SHA224", "SHA512/224", "SHA512/256");
    for (int i = 0; i < sha2.size(); i++) {
      put("Signature", sha2.get(i) + "withRSA", RSA + "." + (11 + i));
    }
    put("Signature", "SHA1withECDSA", ECDSA + ".1");
    List<String> ecdsa = List.of("SHA224", "SHA256", "SHA384", "SHA512");
    for (int i = 0; i < ecdsa.size(); i++) {
      put("Signature", ecdsa.get(i) + "withECDSA", ECDSA + ".3." + (1 + i));
    }
    put("Signature KeyPairGenerator", "Ed25519", "1.3.101.112");
    put("Signature", "Ed448", "1.3.101.113");
    put("KeyAgreement KeyPairGenerator", "X25519", "1.3.101.110");
    put("KeyAgreement", "X448", "1.3.101.111");
    put("KeyPairGenerator", "RSA", RSA, RSA + ".1");
    put("KeyPairGenerator", "EC", "1.2.840.10045.2.1", "EllipticCurve");
    List<String> mlDsa = List.of("ML-DSA-44", "ML-DSA-65", "ML-DSA-87");
    for (int i = 0; i < mlDsa.size(); i++) {
      put("Signature KeyPairGenerator", mlDsa.get(i), NIST_SIGNATURES + (17 + i));
    }
    List<String> mlKem = List.of("ML-KEM-512", "ML-KEM-768", "ML-KEM-1024");
    for (int i = 0; i < mlKem.size(); i++) {
      put("KEM KeyPairGenerator", mlKem.get(i), NIST_KEMS + (1 + i));
    }
  }

  private AlgorithmAliases() {}

  private static void sizes(String mode, int arc) {
    put("Cipher", "AES_128/%s/NoPadding".formatted(mode), AES + "." + arc);
    put("Cipher", "AES_192/%s/NoPadding".formatted(mode), AES + "." + (20 + arc));
    put("Cipher", "AES_256/%s/NoPadding".formatted(mode), AES + "." + (40 + arc));
  }

  private static void put(String types, String algorithm, String... aliases) {
    List<String> all = new ArrayList<>();
    for (String alias : aliases) {
      all.add(alias);
      if (Character.isDigit(alias.charAt(0))) {
        all.add("OID." + alias);
      }
    }
    for (String type : types.split(" ", -1)) {
      TABLE.put(type + " " + algorithm, List.copyOf(all));
    }
  }

  /** Returns the aliases of an algorithm; empty if it has none. */
  static List<String> of(String type, String algorithm) {
    return TABLE.getOrDefault(type + " " + algorithm, List.of());
  }
}
