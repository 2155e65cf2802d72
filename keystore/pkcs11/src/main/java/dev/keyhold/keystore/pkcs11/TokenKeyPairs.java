package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.keystore.pkcs11.token.Token;

/** The operations of key pairs of the token. Thread-safe. */
final class TokenKeyPairs implements PublicKeys, Signatures, Decryptions, Agreements {
  private final TokenKeys keys;
  private final PrivateKeyUse use;

  TokenKeyPairs(TokenKeys keys, PrivateKeyUse use) {
    this.keys = keys;
    this.use = use;
  }

  @Override
  public byte[] publicKey(String key) throws BackendException {
    KeyFamily family = keys.recent(key);
    return family.keyPair().publicKey().getEncoded();
  }

  @Override
  public byte[] sign(String key, SignatureAlgorithm algorithm, byte[] input)
      throws BackendException {
    return with(key, Purpose.SIGN, (token, pair) -> use.sign(token, pair, algorithm, input));
  }

  @Override
  public byte[] decrypt(String key, RsaPadding padding, byte[] label, byte[] ciphertext)
      throws BackendException {
    return with(
        key, Purpose.DECRYPT, (token, pair) -> use.decrypt(token, pair, padding, ciphertext));
  }

  @Override
  public byte[] agree(String key, byte[] peer) throws BackendException {
    return with(key, Purpose.AGREE, (token, pair) -> use.agree(token, pair, peer));
  }

  /** Uses a private key; one that is not there has another label by now, or is gone. */
  private byte[] with(String key, Purpose purpose, PairUse pairUse) throws BackendException {
    KeyFamily family = keys.family(key, purpose);
    try {
      return pairUse.with(keys.token(), family.current());
    } catch (BackendException e) {
      if (e.reason() != Reason.NOT_FOUND) {
        throw e;
      }
    }
    family = keys.fresh(key);
    family.require(purpose);
    return pairUse.with(keys.token(), family.current());
  }

  /** A use of a key pair. */
  @FunctionalInterface
  private interface PairUse {
    byte[] with(Token token, KeyObject pair) throws BackendException;
  }
}
