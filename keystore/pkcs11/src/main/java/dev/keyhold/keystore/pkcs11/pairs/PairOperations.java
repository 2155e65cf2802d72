package dev.keyhold.keystore.pkcs11.pairs;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.List;

/**
 * The key pairs of one logged-in token, whichever binding to PKCS#11 is underneath. A private key
 * is found by its certificate: one without a certificate is not found. Thread-safe; every method
 * may block in native code.
 */
public interface PairOperations {
  /**
   * Makes a key pair whose private half never leaves the token and serves one purpose, with a
   * placeholder for a certificate. Fails with DENIED if the label exists.
   */
  void generate(String label, KeySpec spec, Purpose purpose) throws BackendException;

  /** Stores a key pair that was made elsewhere, likewise. */
  void importPair(String label, SoftwarePair pair, Purpose purpose) throws BackendException;

  /** Gives a key pair another label. Fails with DENIED if that exists. */
  void relabel(PairRef pair, String to) throws BackendException;

  /** Returns the certificates of a key pair, its own first, as far as the token has them. */
  List<X509Certificate> certificates(PairRef pair) throws BackendException;

  /**
   * Replaces the certificates of a key pair.
   *
   * @param chain for this public key, its own first
   */
  void keep(PairRef pair, List<X509Certificate> chain) throws BackendException;

  /** Signs. The input has a length that the operation takes: see {@link PrivateKeyOperation}. */
  byte[] sign(PairRef pair, PrivateKeyOperation operation, byte[] input) throws BackendException;

  /** Decrypts. Fails with BAD_CIPHERTEXT only where the token otherwise works. */
  byte[] decrypt(PairRef pair, byte[] ciphertext) throws BackendException;

  /**
   * Agrees on a secret.
   *
   * @param peer on the key's curve: that is checked already
   */
  byte[] agree(PairRef pair, ECPublicKey peer) throws BackendException;

  /** Returns whether the token says that it does this. */
  boolean offers(PrivateKeyOperation operation) throws BackendException;

  /**
   * Returns whether the token supports an operation.
   *
   * @param pair tried with this key, once per token, where the token's own word is not enough
   */
  boolean does(PrivateKeyOperation operation, PairRef pair) throws BackendException;
}
