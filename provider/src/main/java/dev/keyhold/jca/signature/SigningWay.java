package dev.keyhold.jca.signature;

import dev.keyhold.jca.key.PrivateKeyHandle;
import dev.keyhold.jca.key.Refusal;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.SignatureAlgorithm.Scheme;
import dev.keyhold.keystore.encoding.Digests;
import java.security.InvalidKeyException;
import java.security.SignatureException;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The way in which a key makes a signature: directly, or by an equivalent algorithm.
 *
 * @param algorithm what the backend is asked for
 * @param input from the digest or message to what the backend is given
 */
public record SigningWay(SignatureAlgorithm algorithm, UnaryOperator<byte[]> input) {
  private static final SignatureAlgorithm RAW_RSA =
      SignatureAlgorithm.pkcs1(SignatureAlgorithm.NO_DIGEST);
  private static final SignatureAlgorithm RAW_ECDSA =
      SignatureAlgorithm.ecdsa(SignatureAlgorithm.NO_DIGEST);

  /**
   * Returns the way in which a key makes a signature.
   *
   * @throws InvalidKeyException if there is none; says what the key can do
   */
  public static SigningWay of(PrivateKeyHandle key, SignatureAlgorithm wanted)
      throws InvalidKeyException {
    if (key.signs(wanted)) {
      return new SigningWay(wanted, UnaryOperator.identity());
    }
    if (wanted.signsDigest() && wanted.scheme() == Scheme.RSA_PKCS1 && key.signs(RAW_RSA)) {
      return new SigningWay(RAW_RSA, digest -> Digests.digestInfo(wanted.digest(), digest));
    }
    if (wanted.signsDigest() && wanted.scheme() == Scheme.ECDSA && key.signs(RAW_ECDSA)) {
      return new SigningWay(RAW_ECDSA, UnaryOperator.identity());
    }
    throw new InvalidKeyException(refusal(key, wanted));
  }

  /**
   * Returns the way to sign an input as it is, for a key that signs digests only: the input is
   * interpreted as a digest by its form.
   *
   * @param raw {@code NONEwithRSA} or {@code NONEwithECDSA}
   */
  static SigningWay ofRaw(PrivateKeyHandle key, SignatureAlgorithm raw, byte[] input)
      throws SignatureException {
    if (key.signs(raw)) {
      return new SigningWay(raw, UnaryOperator.identity());
    }
    if (raw.scheme() == Scheme.RSA_PKCS1) {
      Optional<String> digest = Digests.inDigestInfo(input);
      if (digest.isPresent() && key.signs(SignatureAlgorithm.pkcs1(digest.get()))) {
        int length = Digests.local(digest.get()).getDigestLength();
        return new SigningWay(
            SignatureAlgorithm.pkcs1(digest.get()), whole -> Digests.last(whole, length));
      }
    } else {
      for (String digest : Digests.SHA_2) {
        SignatureAlgorithm algorithm = SignatureAlgorithm.ecdsa(digest);
        if (Digests.local(digest).getDigestLength() == input.length && key.signs(algorithm)) {
          return new SigningWay(algorithm, UnaryOperator.identity());
        }
      }
    }
    throw new SignatureException(
        "%s signs digests only (%s), and these %s bytes are none of them"
            .formatted(key, choices(key, raw.scheme()), input.length));
  }

  /** Says what a key can do instead. */
  static String refusal(PrivateKeyHandle key, SignatureAlgorithm wanted) {
    String choices = choices(key, wanted.scheme());
    if (choices.isEmpty()) {
      return "%s can't sign %s".formatted(key, wanted);
    }
    String advice =
        wanted.scheme() == Scheme.RSA_PSS
            ? " Call setParameter with these parameters"
            : " Ask for that; with keytool and jarsigner: -sigalg " + choices.split(", ", -1)[0];
    return "%s can't sign %s; its backend has it sign %s only.%s"
        .formatted(key, wanted, choices, advice);
  }

  /** Returns what a key can do in a scheme, in words. */
  static String choices(PrivateKeyHandle key, Scheme scheme) {
    return Refusal.signatures(
        key.abilities().signatures().stream().filter(way -> way.scheme() == scheme).toList());
  }
}
