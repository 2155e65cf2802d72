package dev.keyhold.keystore.software;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.SignatureAlgorithm.Scheme;
import dev.keyhold.keystore.encoding.Digests;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.Kems;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.keystore.software.engine.AgreementEngine;
import dev.keyhold.keystore.software.engine.Engines;
import dev.keyhold.keystore.software.engine.JdkEngines;
import dev.keyhold.keystore.software.engine.MlDsa;
import dev.keyhold.keystore.software.engine.MlKem;
import dev.keyhold.keystore.software.engine.RsaEngine;
import dev.keyhold.keystore.software.ring.PairAbilities;
import dev.keyhold.keystore.software.ring.StoredKey;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Arrays;
import javax.crypto.BadPaddingException;
import javax.crypto.IllegalBlockSizeException;

/** The operations of key pairs of the ring. Thread-safe. */
final class SoftwareKeyPairs implements PublicKeys, Signatures, Decryptions, Agreements, Kems {
  private final boolean pkcs1Decryption;
  private final RingKeys keys;
  private final ParsedKeys parsed;

  SoftwareKeyPairs(RingKeys keys, ParsedKeys parsed, boolean pkcs1Decryption) {
    this.keys = keys;
    this.parsed = parsed;
    this.pkcs1Decryption = pkcs1Decryption;
  }

  @Override
  public byte[] publicKey(String key) throws BackendException {
    return keys.findPair(key).extras().publicKey().clone();
  }

  @Override
  public byte[] sign(String name, SignatureAlgorithm algorithm, byte[] input)
      throws BackendException {
    StoredKey key = keys.find(name);
    if (input.length > maxSignedMessage()) {
      throw unsupported("a message has at most " + maxSignedMessage() + " bytes");
    }
    require(key, Purpose.SIGN);
    if (PairAbilities.signatures(key).stream().noneMatch(any -> any.covers(algorithm))
        || (algorithm.scheme() == Scheme.RSA_PSS && algorithm.saltLength() < 0)) {
      throw unsupported("a key " + key.spec() + " does not sign by " + algorithm);
    }
    if (algorithm.signsDigest() && input.length != Digests.length(algorithm.digest())) {
      throw unsupported(
          algorithm + " takes a digest of " + Digests.length(algorithm.digest()) + " bytes");
    }
    PrivateKey own = parsed.usable(key);
    try {
      return switch (algorithm.scheme()) {
        case RSA_PKCS1 -> RsaEngine.signPkcs1(own, algorithm.digest(), input);
        case RSA_PSS -> RsaEngine.signPss(own, algorithm, input, hedged(key, input));
        case ECDSA -> signed("NONEwithECDSA", own, input, hedged(key, input));
        case EDDSA -> signed("Ed25519", own, input, LocalRandom.get());
        case ML_DSA -> MlDsa.sign(own, input, hedged(key, input));
      };
    } catch (GeneralSecurityException e) {
      throw new BackendException(
          Reason.UNSUPPORTED, "a key " + key.spec() + " can't sign this by " + algorithm, e);
    }
  }

  /**
   * Returns the generator for a signature's nonce or salt: a copy of this process that signs
   * another message at the same time must not get the same value.
   */
  private static SecureRandom hedged(StoredKey key, byte[] input) throws BackendException {
    byte[] encoded = new byte[0];
    try {
      encoded =
          key.current().orElseThrow(() -> SoftwareKeks.notActive(key)).material().getEncoded();
      return LocalRandom.forSignature(encoded, input);
    } catch (IllegalStateException e) {
      throw Engines.closed();
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }

  private static byte[] signed(String algorithm, PrivateKey key, byte[] input, SecureRandom random)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm, JdkEngines.of("Signature", algorithm));
    signature.initSign(key, random);
    signature.update(input);
    return signature.sign();
  }

  @Override
  public byte[] decrypt(String name, RsaPadding padding, byte[] label, byte[] ciphertext)
      throws BackendException {
    StoredKey key = keys.find(name);
    require(key, Purpose.DECRYPT);
    boolean pkcs1 = padding.equals(RsaPadding.PKCS1);
    if (pkcs1 && !pkcs1Decryption) {
      throw unsupported(
          "decryption with PKCS#1 v1.5 padding is off, since who learns whether a padding is right"
              + " can decrypt: use OAEP, or set the backend's option pkcs1-decryption = allow");
    }
    if (!PairAbilities.paddings(key, pkcs1Decryption).contains(padding)) {
      throw unsupported("a key " + key.spec() + " does not decrypt " + padding);
    }
    if (pkcs1 && label.length > 0) {
      throw unsupported("PKCS#1 v1.5 padding has no label");
    }
    PrivateKey own = parsed.usable(key);
    try {
      return RsaEngine.decrypt(own, padding, label, ciphertext);
    } catch (BadPaddingException | IllegalBlockSizeException e) {
      // no cause: which check failed must not be told
      throw new BackendException(
          Reason.BAD_CIPHERTEXT, "the ciphertext was not made for this key with this padding");
    } catch (GeneralSecurityException e) {
      throw new BackendException(
          Reason.UNSUPPORTED, "a key " + key.spec() + " can't decrypt " + padding, e);
    }
  }

  @Override
  public byte[] agree(String name, byte[] peer) throws BackendException {
    StoredKey key = keys.find(name);
    require(key, Purpose.AGREE);
    return AgreementEngine.agree(key.spec(), parsed.usable(key), peer);
  }

  @Override
  public byte[] decapsulate(String name, byte[] encapsulation) throws BackendException {
    StoredKey key = keys.find(name);
    require(key, Purpose.DECAPSULATE);
    ErasableKey material = key.current().orElseThrow(() -> SoftwareKeks.notActive(key)).material();
    byte[] encoded = new byte[0];
    try {
      encoded = material.getEncoded();
      return MlKem.decapsulate(key.spec().algorithm(), encoded, encapsulation);
    } catch (IllegalStateException e) {
      throw Engines.closed();
    } catch (GeneralSecurityException e) {
      throw new BackendException(
          Reason.MISCONFIGURED, "the key " + key.spec() + " in the file is damaged", e);
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }

  private static void require(StoredKey key, Purpose purpose) throws BackendException {
    if (!key.purposes().contains(purpose)) {
      throw unsupported(
          "the key is "
              + key.spec()
              + " for "
              + key.purposes()
              + ", not for "
              + purpose
              + ": use a key that was made for it");
    }
  }

  private static BackendException unsupported(String message) {
    return new BackendException(Reason.UNSUPPORTED, message);
  }
}
