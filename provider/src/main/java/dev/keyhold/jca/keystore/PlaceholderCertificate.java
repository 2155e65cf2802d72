package dev.keyhold.jca.keystore;

import dev.keyhold.gate.KeyCall;
import dev.keyhold.jca.key.PrivateKeyHandle;
import dev.keyhold.jca.key.PssParameters;
import dev.keyhold.jca.signature.SigningWay;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.SignatureAlgorithm.Scheme;
import dev.keyhold.keystore.encoding.AlgorithmTable;
import dev.keyhold.keystore.encoding.Der;
import dev.keyhold.keystore.encoding.Digests;
import dev.keyhold.keystore.encoding.KeyPairKind;
import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The certificate of a key that has none: the JCA has no private key without one. It is issued to
 * the alias, by the key itself if the key can sign; else it is unsigned (RFC 9925). It is not
 * trusted; it contains the public key until a real certificate replaces it.
 */
public final class PlaceholderCertificate {
  private static final int LONGEST_NAME = 64;

  /**
   * The time that means no end (RFC 5280, section 4.1.2.5): the certificate serves until a real one
   * replaces it.
   */
  private static final Instant END = Instant.parse("9999-12-31T23:59:59Z");

  /** The bits of a key usage (RFC 5280, section 4.2.1.3), the first on the left. */
  private static final int DIGITAL_SIGNATURE = 0x80;

  private static final int KEY_ENCIPHERMENT = 0x20;
  private static final int DATA_ENCIPHERMENT = 0x10;
  private static final int KEY_AGREEMENT = 0x08;

  /** A signature algorithm as a certificate names it, and how to come by it. */
  private static final class Choice {
    private final byte[] identifier;
    private final SignatureAlgorithm algorithm;
    private final SigningWay way;

    Choice(byte[] identifier, SignatureAlgorithm algorithm, SigningWay way) {
      this.identifier = identifier;
      this.algorithm = algorithm;
      this.way = way;
    }
  }

  private PlaceholderCertificate() {}

  /** Returns the certificate, DER. Signs once, where the key can. */
  public static byte[] of(PrivateKeyHandle key) throws BackendException {
    Choice choice = choice(key);
    byte[] body = body(key, choice.identifier);
    byte[] signature = new byte[0];
    if (choice.way != null) {
      boolean digests = choice.algorithm.signsDigest();
      byte[] input = digests ? Digests.local(choice.algorithm.digest()).digest(body) : body;
      signature =
          key.instance()
              .router()
              .pass(
                  key.solePolicy(),
                  new KeyCall.Sign(choice.way.algorithm(), choice.way.input().apply(input)));
    }
    return Der.sequence(body, choice.identifier, Der.bitString(signature));
  }

  /** Returns whether a chain is such a certificate, or the like of a token (of X.509 version 1). */
  static boolean isOne(List<X509Certificate> chain) {
    X509Certificate own = chain.get(0);
    return chain.size() == 1
        && END.equals(own.getNotAfter().toInstant())
        && (own.getVersion() == 1
            || own.getSerialNumber().equals(serial(own.getPublicKey().getEncoded())));
  }

  private static Choice choice(PrivateKeyHandle key) {
    if (key.signs(Scheme.RSA_PKCS1)) {
      for (String digest : List.of("SHA-256", "SHA-384", "SHA-512")) {
        byte[] identifier =
            Der.sequence(Der.oid(AlgorithmTable.digest(digest).rsa()), Der.nothing());
        SignatureAlgorithm algorithm = SignatureAlgorithm.pkcs1(digest);
        SigningWay way = way(key, algorithm);
        if (way != null) {
          return new Choice(identifier, algorithm, way);
        }
      }
    }
    if (key.signs(Scheme.ECDSA)) {
      for (String digest : ecdsaDigests(key)) {
        byte[] identifier = Der.sequence(Der.oid(AlgorithmTable.digest(digest).ecdsa()));
        SignatureAlgorithm algorithm = SignatureAlgorithm.ecdsa(digest);
        SigningWay way = way(key, algorithm);
        if (way != null) {
          return new Choice(identifier, algorithm, way);
        }
      }
    }
    Optional<KeyPairKind> set = AlgorithmTable.parameterSet(key.abilities().parameterSet());
    for (SignatureAlgorithm algorithm :
        List.of(SignatureAlgorithm.ED25519, SignatureAlgorithm.ML_DSA)) {
      if (set.isPresent() && key.signs(algorithm)) {
        byte[] identifier = Der.sequence(Der.oid(set.get().oid()));
        return new Choice(identifier, algorithm, way(key, algorithm));
      }
    }
    return pss(key);
  }

  private static List<String> ecdsaDigests(PrivateKeyHandle key) {
    int bits = key instanceof ECKey ec ? ec.getParams().getOrder().bitLength() : 256;
    return bits > 384
        ? List.of("SHA-512", "SHA-384", "SHA-256")
        : bits > 256
            ? List.of("SHA-384", "SHA-256", "SHA-512")
            : List.of("SHA-256", "SHA-384", "SHA-512");
  }

  /** Returns a key that can PSS alone, or not sign at all. */
  private static Choice pss(PrivateKeyHandle key) {
    for (String digest : List.of("SHA-256", "SHA-384", "SHA-512")) {
      int length = Digests.local(digest).getDigestLength();
      SignatureAlgorithm algorithm = SignatureAlgorithm.pss(digest, digest, length);
      SigningWay way = way(key, algorithm);
      if (way != null) {
        return new Choice(PssParameters.identifier(digest, length), algorithm, way);
      }
    }
    return new Choice(Der.sequence(Der.oid(AlgorithmTable.UNSIGNED)), null, null);
  }

  private static SigningWay way(PrivateKeyHandle key, SignatureAlgorithm algorithm) {
    try {
      return SigningWay.of(key, algorithm);
    } catch (InvalidKeyException e) {
      return null;
    }
  }

  private static byte[] body(PrivateKeyHandle key, byte[] algorithm) {
    PublicKey publicKey = key.publicKey();
    byte[] name = name(key.alias());
    return Der.sequence(
        Der.explicit(0, Der.integer(BigInteger.TWO)),
        Der.integer(serial(publicKey.getEncoded())),
        algorithm,
        name,
        Der.sequence(Der.utcTime("200101000000Z"), Der.generalizedTime("99991231235959Z")),
        name,
        publicKey.getEncoded(),
        Der.explicit(3, Der.sequence(keyUsage(key.abilities().purposes()))));
  }

  private static byte[] keyUsage(Set<Purpose> purposes) {
    int bits = 0;
    for (Purpose purpose : purposes) {
      bits |=
          switch (purpose) {
            case SIGN -> DIGITAL_SIGNATURE;
            case DECRYPT -> KEY_ENCIPHERMENT | DATA_ENCIPHERMENT;
            case DECAPSULATE -> KEY_ENCIPHERMENT; // RFC 9935, section 5
            case AGREE -> KEY_AGREEMENT;
            case ENCRYPT, MAC, KEY_WRAP -> 0;
          };
    }
    byte[] usage = Der.namedBits(bits);
    return Der.sequence(Der.oid(AlgorithmTable.KEY_USAGE), Der.yes(), Der.octetString(usage));
  }

  private static byte[] name(String alias) {
    String text = alias.length() > LONGEST_NAME ? alias.substring(0, LONGEST_NAME) : alias;
    return Der.sequence(Der.set(Der.sequence(Der.oid(AlgorithmTable.COMMON_NAME), Der.utf8(text))));
  }

  /** Returns a serial number that depends on the key alone. */
  private static BigInteger serial(byte[] publicKey) {
    MessageDigest digest = Digests.local("SHA-256");
    return new BigInteger(1, Arrays.copyOf(digest.digest(publicKey), 16));
  }
}
