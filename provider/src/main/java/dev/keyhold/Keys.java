package dev.keyhold;

import dev.keyhold.jca.key.SecretKeyHandle;
import java.security.InvalidKeyException;
import java.security.Key;

/** What the streams and the channel ask of a key. */
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
