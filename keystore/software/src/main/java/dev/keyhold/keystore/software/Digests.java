package dev.keyhold.keystore.software;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The digests that key pairs are used with. Stateless. */
final class Digests {
  /** By their standard JCA names. */
  static final List<String> ALL =
      List.of("SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512", "SHA-512/224", "SHA-512/256");

  private Digests() {}

  static MessageDigest of(String name) throws NoSuchAlgorithmException {
    return MessageDigest.getInstance(name, JdkEngines.of("MessageDigest", name));
  }

  /** The length of a digest, in bytes. */
  static int length(String name) {
    return switch (name) {
      case "SHA-1" -> 20;
      case "SHA-224", "SHA-512/224" -> 28;
      case "SHA-256", "SHA-512/256" -> 32;
      case "SHA-384" -> 48;
      case "SHA-512" -> 64;
      default -> throw new IllegalArgumentException("no digest " + name);
    };
  }

  /** What stands before the digest in a DigestInfo (RFC 8017, section 9.2, note 1). */
  static byte[] prefix(String name) {
    if (name.equals("SHA-1")) {
      return HexFormat.of().parseHex("3021300906052b0e03021a05000414");
    }
    int oidEnd =
        switch (name) {
          case "SHA-256" -> 1;
          case "SHA-384" -> 2;
          case "SHA-512" -> 3;
          case "SHA-224" -> 4;
          case "SHA-512/224" -> 5;
          case "SHA-512/256" -> 6;
          default -> throw new IllegalArgumentException("no digest " + name);
        };
    byte[] prefix = HexFormat.of().parseHex("3031300d0609608648016503040200" + "05000420");
    prefix[1] = (byte) (17 + length(name));
    prefix[14] = (byte) oidEnd;
    prefix[18] = (byte) length(name);
    return prefix;
  }
}
