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
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.BadPaddingException;
import javax.crypto.IllegalBlockSizeException;

/**
 * What private keys of the ring do. The JDK's form of a key is kept from its first use until the
 * key leaves memory: to parse it takes longer than to sign with it. Thread-safe.
 */
final class PairOperations {
  private final boolean pkcs1Decryption;
  private final Map<ErasableKey, PrivateKey> parsed = new ConcurrentHashMap<>();

  PairOperations(boolean pkcs1Decryption) {
    this.pkcs1Decryption = pkcs1Decryption;
  }

  byte[] sign(StoredKey key, SignatureAlgorithm algorithm, byte[] input) throws BackendException {
    require(key, Purpose.SIGN);
    if (PairAbilities.signatures(key).stream().noneMatch(any -> any.covers(algorithm))
        || (algorithm.scheme() == Scheme.RSA_PSS && algorithm.saltLength() < 0)) {
      throw unsupported("a key " + key.spec() + " does not sign by " + algorithm);
    }
    if (algorithm.signsDigest() && input.length != Digests.length(algorithm.digest())) {
      throw unsupported(
          algorithm + " takes a digest of " + Digests.length(algorithm.digest()) + " bytes");
    }
    PrivateKey own = usable(key);
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
   * What a signature takes its nonce or salt from: a copy of this process that signs another
   * message at the same moment must not meet it.
   */
  private static SecureRandom hedged(StoredKey key, byte[] input) throws BackendException {
    byte[] encoded = new byte[0];
    try {
      encoded =
          key.current().orElseThrow(() -> KekOperations.notActive(key)).material().getEncoded();
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

  byte[] decrypt(StoredKey key, RsaPadding padding, byte[] label, byte[] ciphertext)
      throws BackendException {
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
    PrivateKey own = usable(key);
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

  byte[] agree(StoredKey key, byte[] peer) throws BackendException {
    require(key, Purpose.AGREE);
    return AgreementEngine.agree(key.spec(), usable(key), peer);
  }

  static byte[] decapsulate(StoredKey key, byte[] encapsulation) throws BackendException {
    require(key, Purpose.DECAPSULATE);
    ErasableKey material = key.current().orElseThrow(() -> KekOperations.notActive(key)).material();
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

  /** Drops the JDK's form of keys that are not in memory any more. */
  void forgetDestroyed() {
    parsed.keySet().removeIf(ErasableKey::isDestroyed);
  }

  private PrivateKey usable(StoredKey key) throws BackendException {
    ErasableKey material = key.current().orElseThrow(() -> KekOperations.notActive(key)).material();
    PrivateKey known = parsed.get(material);
    if (known != null && !material.isDestroyed()) {
      return known;
    }
    byte[] encoded = new byte[0];
    try {
      encoded = material.getEncoded();
      PrivateKey fresh = KeyPairs.parse(key.spec().algorithm(), encoded);
      parsed.put(material, fresh);
      if (material.isDestroyed()) {
        parsed.remove(material); // it was destroyed meanwhile
      }
      return fresh;
    } catch (IllegalStateException e) {
      throw Engines.closed();
    } catch (GeneralSecurityException e) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "this JVM can't use a key " + key.spec() + ": check java.security",
          e);
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
