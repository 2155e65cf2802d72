package dev.keyhold.keystore.encoding;

import dev.keyhold.keystore.LocalEngine;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The digests that key pairs are used with, and the DigestInfo (RFC 8017, section 9.2) of each. */
public final class Digests {
  private static final Map<String, String> OIDS = new LinkedHashMap<>();

  /** SHA-3: for signatures whose digest is made here, and put into a DigestInfo where RSA is. */
  public static final List<String> SHA_3 = List.of("SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512");

  private static final Map<String, String> SHA_3_OIDS =
      Map.of(
          "SHA3-224", "2.16.840.1.101.3.4.2.7",
          "SHA3-256", "2.16.840.1.101.3.4.2.8",
          "SHA3-384", "2.16.840.1.101.3.4.2.9",
          "SHA3-512", "2.16.840.1.101.3.4.2.10");

  static {
    OIDS.put("SHA-1", "1.3.14.3.2.26");
    OIDS.put("SHA-224", "2.16.840.1.101.3.4.2.4");
    OIDS.put("SHA-256", "2.16.840.1.101.3.4.2.1");
    OIDS.put("SHA-384", "2.16.840.1.101.3.4.2.2");
    OIDS.put("SHA-512", "2.16.840.1.101.3.4.2.3");
    OIDS.put("SHA-512/224", "2.16.840.1.101.3.4.2.5");
    OIDS.put("SHA-512/256", "2.16.840.1.101.3.4.2.6");
  }

  /** SHA-1 and SHA-2, by their standard names. */
  public static final List<String> ALL = List.copyOf(OIDS.keySet());

  /** Those that stand in the names of signatures. */
  public static final List<String> SHA_2 = ALL.subList(1, ALL.size());

  private Digests() {}

  /** Returns a digest's standard name: {@code SHA-256} for {@code sha256}. */
  public static String standard(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    if (upper.equals("SHA") || upper.equals("SHA1")) {
      return "SHA-1";
    }
    return upper.matches("SHA[25].*") ? "SHA-" + upper.substring(3) : upper;
  }

  /** Returns a fresh engine for a digest that every JDK has. */
  public static MessageDigest local(String standardName) {
    try {
      return MessageDigest.getInstance(standardName);
    } catch (NoSuchAlgorithmException e) {
      throw LocalEngine.broken(e);
    }
  }

  /** Returns the length of a digest, in bytes. */
  public static int length(String standardName) {
    return switch (standardName) {
      case "SHA-1" -> 20;
      case "SHA-224", "SHA-512/224", "SHA3-224" -> 28;
      case "SHA-256", "SHA-512/256", "SHA3-256" -> 32;
      case "SHA-384", "SHA3-384" -> 48;
      case "SHA-512", "SHA3-512" -> 64;
      default -> throw new IllegalArgumentException("no digest " + standardName);
    };
  }

  /** Returns what PKCS #1 v1.5 pads: the digest with its algorithm. */
  public static byte[] digestInfo(String standardName, byte[] digest) {
    String oid = OIDS.getOrDefault(standardName, SHA_3_OIDS.get(standardName));
    return Der.sequence(Der.sequence(Der.oid(oid), Der.nothing()), Der.octetString(digest));
  }

  /**
   * Returns which digest a DigestInfo is of, its last bytes; empty if it is none, or of an unknown
   * one.
   */
  public static Optional<String> inDigestInfo(byte[] input) {
    return ALL.stream()
        .filter(
            name -> {
              int length = length(name);
              return input.length > length
                  && Arrays.equals(input, digestInfo(name, last(input, length)));
            })
        .findFirst();
  }

  /** Returns the last bytes. */
  public static byte[] last(byte[] input, int count) {
    return Arrays.copyOfRange(input, input.length - count, input.length);
  }
}
