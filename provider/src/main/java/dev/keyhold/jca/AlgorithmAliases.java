package dev.keyhold.jca;

import dev.keyhold.keystore.encoding.AlgorithmTable;
import dev.keyhold.keystore.encoding.KeyPairKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The aliases of algorithms in the JDK's providers: mostly object identifiers. */
final class AlgorithmAliases {
  /** The aliases by type, or types, and algorithm. */
  private static final Map<String, List<String>> TABLE = new LinkedHashMap<>();

  static {
    put("Cipher KeyGenerator", "AES", AlgorithmTable.aes());
    for (String mode : List.of("ECB", "CBC", "OFB", "CFB", "GCM")) {
      for (int bits : AlgorithmTable.AES_BITS) {
        String name = "AES_%s/%s/NoPadding".formatted(bits, mode);
        put("Cipher", name, AlgorithmTable.aes(mode, bits));
      }
    }
    for (AlgorithmTable.Digest digest : AlgorithmTable.DIGESTS) {
      String name = digest.joined();
      put("Mac KeyGenerator", "Hmac" + name, digest.hmac());
      put("Signature", name + "withRSA", digest.rsa());
      if (!digest.ecdsa().isEmpty()) {
        put("Signature", name + "withECDSA", digest.ecdsa());
      }
    }
    put("Signature", "RSASSA-PSS", AlgorithmTable.RSASSA_PSS, "PSS");
    put("KeyPairGenerator", "RSA", AlgorithmTable.PKCS1, AlgorithmTable.standard("RSA").oid());
    put("KeyPairGenerator", "EC", AlgorithmTable.EC_PUBLIC_KEY, "EllipticCurve");
    for (KeyPairKind kind : AlgorithmTable.KEY_PAIRS) {
      if (kind.isParameterSet()) {
        put("KeyPairGenerator " + service(kind), kind.algorithm(), kind.oid());
      }
    }
    AlgorithmTable.REFUSED.forEach(
        (name, oids) -> put("Cipher KeyAgreement Signature", name, oids.toArray(new String[0])));
  }

  private AlgorithmAliases() {}

  private static String service(KeyPairKind kind) {
    return switch (kind.purposes().get(0)) {
      case AGREE -> "KeyAgreement";
      case DECAPSULATE -> "KEM";
      default -> "Signature";
    };
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
      TABLE.computeIfAbsent(type + " " + algorithm, name -> new ArrayList<>()).addAll(all);
    }
  }

  /** Returns the aliases of an algorithm; empty if it has none. */
  static List<String> of(String type, String algorithm) {
    return List.copyOf(TABLE.getOrDefault(type + " " + algorithm, List.of()));
  }
}
