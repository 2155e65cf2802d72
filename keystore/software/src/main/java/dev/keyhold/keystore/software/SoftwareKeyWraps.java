package dev.keyhold.keystore.software;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyWrap;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.facet.KeyWraps;
import dev.keyhold.keystore.software.engine.Engines;
import dev.keyhold.keystore.software.ring.StoredKey;
import dev.keyhold.keystore.software.ring.StoredVersion;
import javax.crypto.BadPaddingException;

/** Wraps and unwraps the keys of others with keys of the ring. Thread-safe. */
final class SoftwareKeyWraps implements KeyWraps {
  private final RingKeys keys;

  SoftwareKeyWraps(RingKeys keys) {
    this.keys = keys;
  }

  @Override
  public byte[] wrapKey(String name, KeyWrap way, byte[] plain) throws BackendException {
    StoredKey key = keys.find(name);
    require(key);
    if (!way.wraps(plain.length)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "%s does not wrap %s bytes%s"
              .formatted(way, plain.length, way == KeyWrap.KW ? ": KWP may" : ""));
    }
    StoredVersion version = key.current().orElseThrow(() -> SoftwareKeks.notActive(key));
    return Engines.wrap(version.material(), way, plain);
  }

  @Override
  public byte[] unwrapKey(String name, KeyWrap way, byte[] wrapped) throws BackendException {
    StoredKey key = keys.find(name);
    require(key);
    StoredVersion version = key.versions().get(0); // the only one: such a key is not rotated
    if (!key.state().opens() || !version.state().opens()) {
      throw new BackendException(
          Reason.DENIED, "the key is " + key.state() + ": it unwraps nothing now");
    }
    if (!way.unwraps(wrapped.length)) {
      throw bad(null);
    }
    try {
      return Engines.unwrap(version.material(), way, wrapped);
    } catch (BadPaddingException e) {
      throw bad(e);
    }
  }

  private static void require(StoredKey key) throws BackendException {
    if (!key.purposes().contains(Purpose.KEY_WRAP)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "the key is for %s, it wraps no keys of others: make one for KEY_WRAP"
              .formatted(key.purposes()));
    }
  }

  private static BackendException bad(Throwable cause) {
    return new BackendException(
        Reason.BAD_CIPHERTEXT,
        "the wrapped key fails its check: it was changed, or wrapped by another key",
        cause);
  }
}
