package dev.keyhold.jca.key;

import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The error for a key that can't do what it is asked for: says what it does instead. */
public final class Refusal {
  /** The maximum number of ways to sign or decrypt that are named, and of their characters. */
  private static final int NAMED = 6;

  private static final int NAMED_LENGTH = 180;

  private Refusal() {}

  /**
   * Returns the error.
   *
   * @param asked for, by type and name: {@code Cipher AES/CBC/PKCS5Padding}
   */
  public static InvalidKeyException of(KeyHandle key, String asked) {
    return new InvalidKeyException(
        "%s can't be used for %s. %s%s".formatted(key, asked, uses(key), hint(key, asked)));
  }

  /** Returns what a key does, as sentences. */
  private static String uses(KeyHandle key) {
    return key instanceof PrivateKeyHandle handle ? usesOf(handle) : usesOfSecret(key);
  }

  private static String usesOfSecret(KeyHandle key) {
    String algorithm = key.getAlgorithm();
    if (algorithm.equals("AES")) {
      return "It encrypts data by Cipher AES/GCM/NoPadding, each object with a data key of its own:"
          + " use that";
    }
    if (algorithm.startsWith("AESWrap")) {
      return "It wraps keys, by Cipher AES/KW/NoPadding, AES/KW/PKCS5Padding or AES/KWP/NoPadding:"
          + " use one of these";
    }
    return "It makes MACs, by Mac %s: use that".formatted(algorithm);
  }

  private static String usesOf(PrivateKeyHandle key) {
    List<String> uses = new ArrayList<>();
    for (Purpose purpose : key.abilities().purposes()) {
      uses.add(
          switch (purpose) {
            case SIGN -> "It signs, by Signature " + signatures(key.abilities().signatures());
            case DECRYPT -> decrypts(key);
            case AGREE ->
                "It agrees on secrets, by KeyAgreement "
                    + (key.getAlgorithm().equals("EC") ? "ECDH" : key.getAlgorithm());
            case DECAPSULATE -> "It decapsulates, by KEM " + key.abilities().parameterSet();
            default -> "Its purpose is " + purpose;
          });
    }
    return uses.isEmpty() ? "It has no use" : String.join(". ", uses);
  }

  private static String decrypts(PrivateKeyHandle key) {
    return key.abilities().paddings().isEmpty()
        ? "It was made to decrypt, but its backend allows no padding that Keyhold has"
        : "It decrypts, by Cipher " + paddings(key);
  }

  /** Names ways to sign: those that a caller is likely to want, and how many more there are. */
  public static String signatures(Iterable<SignatureAlgorithm> ways) {
    List<SignatureAlgorithm> all = new ArrayList<>();
    ways.forEach(all::add);
    return shortened(
        all.stream()
            .filter(SignatureNames::isServed)
            .sorted(
                Comparator.comparing(SignatureAlgorithm::scheme)
                    .thenComparing(way -> !way.signsDigest())
                    .thenComparing(way -> !way.digest().equals("SHA-256"))
                    .thenComparing(way -> way.digest().equals("SHA-1")) // only PSS has it
                    .thenComparing(
                        way -> !way.mgfDigest().isEmpty() && !way.mgfDigest().equals(way.digest()))
                    .thenComparing(SignatureAlgorithm::toString))
            .map(SignatureAlgorithm::toString));
  }

  /** Names ways to decrypt, likewise. */
  public static String paddings(PrivateKeyHandle key) {
    return shortened(
        key.abilities().paddings().stream()
            .sorted(
                Comparator.comparing((RsaPadding way) -> !way.digest().equals(way.mgfDigest()))
                    .thenComparing(way -> way.digest().equals("SHA-1"))
                    .thenComparing(RsaPadding::toString))
            .map(way -> way.equals(RsaPadding.PKCS1) ? "RSA/ECB/PKCS1Padding" : "RSA/ECB/" + way));
  }

  private static String shortened(Stream<String> ways) {
    List<String> all = ways.distinct().toList();
    List<String> named = new ArrayList<>(all.subList(0, Math.min(NAMED, all.size())));
    while (named.size() > 1 && String.join(", ", named).length() > NAMED_LENGTH) {
      named.remove(named.size() - 1);
    }
    int rest = all.size() - named.size();
    return String.join(", ", named) + (rest > 0 ? " and %s more".formatted(rest) : "");
  }

  /** Says what else is to be known of a name; empty if nothing is. */
  private static String hint(KeyHandle key, String asked) {
    if (asked.equals("Cipher AES")) {
      return ". A bare AES means AES/ECB/PKCS5Padding, which protects nothing";
    }
    if (asked.matches("Cipher AES.*/(CBC|CTR|ECB|CFB.*|OFB.*|PCBC|CTS)(/.*)?")) {
      return ". Modes without authentication let a forger change what is decrypted";
    }
    if (asked.matches("Cipher AES/KWP?/.*") && key.getAlgorithm().equals("AES")) {
      return ". To wrap keys, make one for it, of purpose KEY_WRAP";
    }
    if (asked.matches("Signature (SHA1|MD5|MD2)with.*")) {
      return ". Its digest has been broken";
    }
    boolean pkcs1 = asked.equals("Cipher RSA") || asked.equals("Cipher RSA/ECB/PKCS1Padding");
    if (pkcs1
        && key instanceof PrivateKeyHandle handle
        && handle.abilities().purposes().contains(Purpose.DECRYPT)
        && List.of("software", "pkcs11").contains(key.uri().scheme())) {
      return ". Its backend refuses PKCS#1 v1.5 unless it has the option pkcs1-decryption = allow:"
          + " whoever learns whether a padding is right can decrypt";
    }
    if (asked.startsWith("Cipher RSA/ECB/OAEP") && key.uri().scheme().equals("pkcs11")) {
      return ". SunPKCS11 has no OAEP";
    }
    return "";
  }
}
