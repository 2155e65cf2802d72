package dev.keyhold.keystore.encoding;

import dev.keyhold.keystore.LocalEngine;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** The digests that key pairs are used with, and the DigestInfo (RFC 8017, section 9.2) of each. */
public final class Digests {
  /** SHA-1 and SHA-2, by their standard names. */
  public static final List<String> ALL = names(name -> name.startsWith("SHA-"));

  /** Those that stand in the names of signatures. */
  public static final List<String> SHA_2 = ALL.subList(1, ALL.size());

  /** SHA-3: for signatures whose digest is made here, and put into a DigestInfo where RSA is. */
  public static final List<String> SHA_3 = names(name -> name.startsWith("SHA3-"));

  private Digests() {}

  private static List<String> names(Predicate<String> which) {
    return AlgorithmTable.DIGESTS.stream().map(AlgorithmTable.Digest::name).filter(which).toList();
  }

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
    return AlgorithmTable.digest(standardName).bytes();
  }

  /** Returns what PKCS #1 v1.5 pads: the digest with its algorithm. */
  public static byte[] digestInfo(String standardName, byte[] digest) {
    String oid = AlgorithmTable.digest(standardName).oid();
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
