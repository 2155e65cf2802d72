package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.facet.Macs;

/** MACs with keys of the token. Thread-safe. */
final class TokenMacs implements Macs {
  private final TokenKeys keys;

  TokenMacs(TokenKeys keys) {
    this.keys = keys;
  }

  @Override
  public byte[] mac(String key, String algorithm, byte[] message) throws BackendException {
    KeyObject macKey = keys.family(key, Purpose.MAC).current();
    if (!macKey.spec().algorithm().equals(algorithm)) {
      throw new BackendException(
          Reason.UNSUPPORTED, "this key is for " + macKey.spec().algorithm() + " alone");
    }
    if (message.length > maxMacMessage()) {
      throw new BackendException(
          Reason.UNSUPPORTED, "the longest message for a MAC is " + maxMacMessage() + " bytes");
    }
    return keys.token().hmac(macKey.label().toString(), algorithm, message);
  }
}
