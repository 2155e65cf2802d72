package dev.keyhold;

import dev.keyhold.jca.key.SecretKeyHandle;
import java.security.InvalidKeyException;
import java.security.Key;

/** Checks the keys that are passed to the streams and the channel. */
final class Keys {
  private Keys() {}

  static SecretKeyHandle forEncryption(Key key) throws InvalidKeyException {
    if (key instanceof SecretKeyHandle handle && handle.getAlgorithm().equals("AES")) {
      return handle;
    }
    throw new InvalidKeyException(
        key instanceof KeyholdKey
            ? key + " is no key for encryption"
            : "not a key of Keyhold; take one from KeyStore.getInstance(\"Keyhold\")");
  }
}
