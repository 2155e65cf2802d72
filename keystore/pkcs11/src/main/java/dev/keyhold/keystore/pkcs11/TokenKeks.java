package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.HmacDerive;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Keks;
import java.util.Optional;

/** Wraps and unwraps data keys with keys of the token. Thread-safe. */
final class TokenKeks implements Keks {
  private static final int MAX_DATA_KEY = 64;

  private final TokenKeys keys;
  private final GcmWrapper gcm;

  TokenKeks(TokenKeys keys, GcmWrapper gcm) {
    this.keys = keys;
    this.gcm = gcm;
  }

  @Override
  public Optional<WrapMechanism> mechanism(String key) throws BackendException {
    return Optional.of(keys.family(key, Purpose.ENCRYPT).current().mechanism());
  }

  @Override
  public WrappedKey wrap(String key, WrapContext context, byte[] dataKey) throws BackendException {
    if (dataKey.length < 1 || dataKey.length > MAX_DATA_KEY) {
      throw new IllegalArgumentException("a data key has 1 to 64 bytes, not " + dataKey.length);
    }
    KeyObject kek = keys.family(key, Purpose.ENCRYPT).current();
    Token token = keys.token();
    String label = kek.label().toString();
    byte[] wrapped =
        kek.mechanism() == WrapMechanism.AES_GCM
            ? gcm.wrap(token, label, context, dataKey)
            : HmacDerive.wrap(hmac(token, label), context, dataKey);
    return new WrappedKey(
        Pkcs11Uri.identity(key), kek.label().versionId(), kek.mechanism(), wrapped);
  }

  @Override
  public byte[] unwrap(String key, WrappedKey wrapped, WrapContext context)
      throws BackendException {
    KeyObject kek = keys.version(key, wrapped.version());
    if (!kek.unwraps(wrapped.mechanism())) {
      throw new BackendException(
          Reason.BAD_CIPHERTEXT, "this version of the key does not wrap by " + wrapped.mechanism());
    }
    Token token = keys.token();
    String label = kek.label().toString();
    return kek.mechanism() == WrapMechanism.AES_GCM
        ? gcm.unwrap(token, label, context, wrapped.bytes())
        : HmacDerive.unwrap(hmac(token, label), context, wrapped.mechanism(), wrapped.bytes());
  }

  private static HmacDerive.Hmac hmac(Token token, String label) {
    return message -> token.hmac(label, "HmacSHA256", message);
  }
}
