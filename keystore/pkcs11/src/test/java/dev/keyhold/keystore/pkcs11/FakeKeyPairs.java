package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Key pairs without cryptography, whose limits and faults a test sets; it says what it was given.
 */
class FakeKeyPairs implements KeyPairs {
  Set<PrivateKeyOperation> operations = EnumSet.allOf(PrivateKeyOperation.class);
  BackendException tryingFails;
  BackendException signingFails;
  PairRef used;
  byte[] given;
  byte[] secret = new byte[32];

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
    return new byte[1];
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
