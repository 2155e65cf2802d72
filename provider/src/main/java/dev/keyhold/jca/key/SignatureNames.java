package dev.keyhold.jca.key;

import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.SignatureAlgorithm.Scheme;
import java.util.Collection;
import java.util.List;

/** Selects the signature algorithms of a backend that {@code Signature} offers. */
public final class SignatureNames {
  private static final List<SignatureName> NAMES =
      SignatureName.all().stream().filter(name -> !name.isRefused()).toList();

  private SignatureNames() {}

  /**
   * Returns the names by which {@code Signature} serves ways to sign, in alphabetical order; that
   * of PSS with the parameters that it takes.
   */
  public static List<String> served(Collection<SignatureAlgorithm> ways) {
    return ways.stream()
        .filter(SignatureNames::isServed)
        .map(SignatureAlgorithm::toString)
        .distinct()
        .sorted()
        .toList();
  }

  /** Returns whether {@code Signature} has a name for a way to sign. */
  static boolean isServed(SignatureAlgorithm way) {
    return NAMES.stream()
        .anyMatch(
            name ->
                name.scheme() == way.scheme()
                    && (name.digest().equals(way.digest()) || way.scheme() == Scheme.RSA_PSS));
  }
}
