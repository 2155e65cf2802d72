package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.pkcs11.pairs.PairOperations;
import dev.keyhold.keystore.pkcs11.pairs.PairRef;
import dev.keyhold.keystore.pkcs11.pairs.PrivateKeyOperation;
import dev.keyhold.keystore.pkcs11.pairs.SoftwarePair;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Cipher;

/** Key pairs whose limits and faults a test sets; it says what it was given. */
class FakeKeyPairs implements PairOperations {
  Set<PrivateKeyOperation> operations = EnumSet.allOf(PrivateKeyOperation.class);
  BackendException tryingFails;
  BackendException signingFails;
  PairRef used;
  byte[] given;
  byte[] secret = new byte[32];

  /** The private keys by their public ones. */
  Map<PublicKey, PrivateKey> signers = new HashMap<>();

  /** Whether one bit of each signature is wrong. */
  boolean faulty;

  @Override
  public void generate(String label, KeySpec spec, Purpose purpose) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void importPair(String label, SoftwarePair pair, Purpose purpose) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void relabel(PairRef pair, String to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<X509Certificate> certificates(PairRef pair) {
    return List.of();
  }

  @Override
  public void keep(PairRef pair, List<X509Certificate> chain) {
    throw new UnsupportedOperationException();
  }

  @Override
  public byte[] sign(PairRef pair, PrivateKeyOperation operation, byte[] input)
      throws BackendException {
    if (signingFails != null) {
      BackendException once = signingFails;
      signingFails = null;
      throw once;
    }
    used = pair;
    given = input;
    byte[] signature = signed(signers.get(pair.publicKey()), operation, input);
    if (faulty) {
      signature[signature.length - 1] ^= 1;
    }
    return signature;
  }

  private static byte[] signed(PrivateKey key, PrivateKeyOperation operation, byte[] input) {
    try {
      if (operation == PrivateKeyOperation.SIGN_ECDSA) {
        Signature ecdsa = Signature.getInstance("NONEwithECDSA");
        ecdsa.initSign(key);
        ecdsa.update(input);
        return ecdsa.sign();
      }
      boolean block = operation == PrivateKeyOperation.SIGN_BLOCK;
      Cipher rsa = Cipher.getInstance(block ? "RSA/ECB/NoPadding" : "RSA/ECB/PKCS1Padding");
      rsa.init(block ? Cipher.DECRYPT_MODE : Cipher.ENCRYPT_MODE, key);
      return rsa.doFinal(input);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public byte[] decrypt(PairRef pair, byte[] ciphertext) {
    given = ciphertext;
    return new byte[1];
  }

  @Override
  public byte[] agree(PairRef pair, ECPublicKey peer) {
    return secret;
  }

  @Override
  public boolean offers(PrivateKeyOperation operation) {
    return operations.contains(operation);
  }

  @Override
  public boolean does(PrivateKeyOperation operation, PairRef pair) throws BackendException {
    if (tryingFails != null) {
      throw tryingFails;
    }
    return operations.contains(operation)
        && operation.algorithm().equals(pair.publicKey().getAlgorithm());
  }
}
