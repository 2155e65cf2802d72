package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyAttributes;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.LocalEngine;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.SignatureAlgorithm.Scheme;
import dev.keyhold.keystore.encoding.Digests;
import dev.keyhold.keystore.pkcs11.pairs.PairOperations;
import dev.keyhold.keystore.pkcs11.pairs.PairRef;
import dev.keyhold.keystore.pkcs11.pairs.PeerKey;
import dev.keyhold.keystore.pkcs11.pairs.PrivateKeyOperation;
import dev.keyhold.keystore.pkcs11.pairs.RsaEncoding;
import dev.keyhold.keystore.pkcs11.pairs.SignatureCheck;
import dev.keyhold.keystore.pkcs11.token.Token;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The operations of private keys, built upon the few operations of a token. A token receives
 * digests only; the encoding around a digest is made here. Thread-safe.
 */
final class PrivateKeyUse {
  private static final Logger LOG = System.getLogger(PrivateKeyUse.class.getPackageName());

  private static final int PKCS1_OVERHEAD = 11; // RFC 8017, section 9.2
  private static final Set<SignatureAlgorithm> PKCS1 = new HashSet<>();
  private static final Set<SignatureAlgorithm> PSS = new HashSet<>();
  private static final Set<SignatureAlgorithm> ECDSA = new HashSet<>();

  static {
    PKCS1.add(SignatureAlgorithm.pkcs1(SignatureAlgorithm.NO_DIGEST));
    ECDSA.add(SignatureAlgorithm.ecdsa(SignatureAlgorithm.NO_DIGEST));
    for (String digest : RsaEncoding.DIGESTS) {
      PKCS1.add(SignatureAlgorithm.pkcs1(digest));
      ECDSA.add(SignatureAlgorithm.ecdsa(digest));
      PSS.add(SignatureAlgorithm.pss(digest, "SHA-1", SignatureAlgorithm.ANY_SALT));
      for (String mgfDigest : RsaEncoding.DIGESTS) {
        PSS.add(SignatureAlgorithm.pss(digest, mgfDigest, SignatureAlgorithm.ANY_SALT));
      }
    }
  }

  private final boolean pkcs1Decryption;

  PrivateKeyUse(boolean pkcs1Decryption) {
    this.pkcs1Decryption = pkcs1Decryption;
  }

  /** Returns what a key can do, as far as the token lets it be tried. */
  KeyAttributes attributes(Token token, KeyObject key) throws BackendException {
    try {
      return tried(token, key);
    } catch (BackendException e) {
      if (token.health() != Token.Health.GOOD) {
        throw e;
      }
      // one key that can't be used must not hide all others
      LOG.log(Level.WARNING, "could not try {0}: {1}", key.label(), e.getMessage());
      return KeyAttributes.NONE;
    }
  }

  private KeyAttributes tried(Token token, KeyObject key) throws BackendException {
    return switch (key.purpose()) {
      case SIGN -> KeyAttributes.NONE.withSignatures(signatures(token.keyPairs(), key.pair()));
      case DECRYPT ->
          decrypts(token.keyPairs(), key.pair())
              ? KeyAttributes.NONE.withPaddings(Set.of(RsaPadding.PKCS1))
              : KeyAttributes.NONE;
      default -> KeyAttributes.NONE;
    };
  }

  private static Set<SignatureAlgorithm> signatures(PairOperations token, PairRef pair)
      throws BackendException {
    Set<SignatureAlgorithm> signatures = new HashSet<>();
    for (Scheme scheme : Set.of(Scheme.RSA_PKCS1, Scheme.RSA_PSS, Scheme.ECDSA)) {
      if (token.does(operationOf(scheme), pair)) {
        signatures.addAll(allOf(scheme));
      }
    }
    return signatures;
  }

  private boolean decrypts(PairOperations token, PairRef pair) throws BackendException {
    return pkcs1Decryption && token.does(PrivateKeyOperation.DECRYPT_PKCS1, pair);
  }

  byte[] sign(Token token, KeyObject key, SignatureAlgorithm algorithm, byte[] input)
      throws BackendException {
    PairOperations pairs = token.keyPairs();
    PairRef pair = key.pair();
    if (allOf(algorithm.scheme()).stream().noneMatch(known -> known.covers(algorithm))
        || !pairs.does(operationOf(algorithm.scheme()), pair)) {
      throw new BackendException(
          Reason.UNSUPPORTED, "this " + key.spec() + " key does not sign by " + algorithm);
    }
    requireLength(algorithm, input);
    byte[] encoded =
        switch (algorithm.scheme()) {
          case RSA_PKCS1 -> pkcs1(key.spec(), algorithm, input);
          case RSA_PSS -> pss(key.spec(), algorithm, input);
          default -> ecdsa(key.spec(), input);
        };
    PrivateKeyOperation operation = operationOf(algorithm.scheme());
    byte[] signature = pairs.sign(pair, operation, encoded);
    return SignatureCheck.checked(pair.publicKey(), operation, encoded, signature);
  }

  byte[] decrypt(Token token, KeyObject key, RsaPadding padding, byte[] ciphertext)
      throws BackendException {
    if (!padding.equals(RsaPadding.PKCS1)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "SunPKCS11 has no OAEP: a token behind it decrypts by PKCS#1 v1.5 alone");
    }
    if (!pkcs1Decryption) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "PKCS#1 v1.5 decryption is off: who learns whether a padding is right can decrypt; where"
              + " nobody does, set pkcs1-decryption = allow");
    }
    if (ciphertext.length != (key.spec().bits() + 7) / 8) {
      throw new BackendException(
          Reason.BAD_CIPHERTEXT, "the ciphertext is not as long as the key's modulus");
    }
    return token.keyPairs().decrypt(key.pair(), ciphertext);
  }

  byte[] agree(Token token, KeyObject key, byte[] peer) throws BackendException {
    ECPublicKey other = PeerKey.read(peer, key.spec());
    if (!token.keyPairs().does(PrivateKeyOperation.AGREE, key.pair())) {
      throw new BackendException(Reason.UNSUPPORTED, "this token does not do ECDH");
    }
    byte[] secret = token.keyPairs().agree(key.pair(), other);
    int length = (other.getParams().getCurve().getField().getFieldSize() + 7) / 8;
    return secret.length == length ? secret : padded(secret, length);
  }

  private static PrivateKeyOperation operationOf(Scheme scheme) {
    return switch (scheme) {
      case RSA_PKCS1 -> PrivateKeyOperation.SIGN_PKCS1;
      case RSA_PSS -> PrivateKeyOperation.SIGN_BLOCK;
      default -> PrivateKeyOperation.SIGN_ECDSA;
    };
  }

  private static Set<SignatureAlgorithm> allOf(Scheme scheme) {
    return switch (scheme) {
      case RSA_PKCS1 -> PKCS1;
      case RSA_PSS -> PSS;
      case ECDSA -> ECDSA;
      default -> Set.of();
    };
  }

  private static void requireLength(SignatureAlgorithm algorithm, byte[] input) {
    if (algorithm.signsDigest() && input.length != Digests.length(algorithm.digest())) {
      throw new IllegalArgumentException(
          input.length + " bytes are no digest of " + algorithm.digest());
    }
  }

  private static byte[] pkcs1(KeySpec spec, SignatureAlgorithm algorithm, byte[] input)
      throws BackendException {
    if (algorithm.signsDigest()) {
      return Digests.digestInfo(algorithm.digest(), input);
    }
    int longest = (spec.bits() + 7) / 8 - PKCS1_OVERHEAD;
    if (input.length > longest) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "an " + spec + " key signs at most " + longest + " bytes as they are");
    }
    return input;
  }

  private static byte[] pss(KeySpec spec, SignatureAlgorithm algorithm, byte[] input)
      throws BackendException {
    int longest = RsaEncoding.longestSalt(spec.bits(), input.length);
    if (algorithm.saltLength() > longest) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "an " + spec + " key has room for a salt of " + longest + " bytes at most");
    }
    try {
      return RsaEncoding.pss(algorithm, input, spec.bits());
    } catch (NoSuchAlgorithmException e) {
      throw LocalEngine.broken(e);
    }
  }

  /**
   * Returns the leftmost bits, as many as the curve's order has: not every token cuts by itself.
   */
  private static byte[] ecdsa(KeySpec spec, byte[] input) throws BackendException {
    if (input.length > SignatureCheck.MOST_FOR_ECDSA) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "ECDSA signs a digest, of at most " + SignatureCheck.MOST_FOR_ECDSA + " bytes");
    }
    return Arrays.copyOf(input, Math.min(input.length, (spec.bits() + 7) / 8));
  }

  /** Restores leading zeros, which a token may leave out. */
  private static byte[] padded(byte[] secret, int length) {
    byte[] padded = new byte[length];
    System.arraycopy(secret, 0, padded, length - secret.length, secret.length);
    Arrays.fill(secret, (byte) 0);
    return padded;
  }
}
