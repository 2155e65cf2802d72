package dev.keyhold.keystore.software;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.HmacDerive;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.software.engine.Engines;
import dev.keyhold.keystore.software.ring.StoredKey;
import dev.keyhold.keystore.software.ring.StoredVersion;
import javax.crypto.AEADBadTagException;
import javax.crypto.spec.GCMParameterSpec;

/** Wraps and unwraps data keys with keys of the ring. Thread-safe. */
final class SoftwareKeks implements Keks {
  private static final int MAX_DATA_KEY = 64;

  private final RingKeys keys;

  SoftwareKeks(RingKeys keys) {
    this.keys = keys;
  }

  /**
   * Wraps a data key with the current version of a KEK, AES or HMAC, by HMAC_DERIVE: no number of
   * wraps is too many, so none is counted and the key file is not written.
   */
  @Override
  public WrappedKey wrap(String name, WrapContext context, byte[] dataKey) throws BackendException {
    StoredKey key = keys.find(name);
    requireKek(key);
    if (dataKey.length < 1 || dataKey.length > MAX_DATA_KEY) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "a data key has 1 to " + MAX_DATA_KEY + " bytes, not " + dataKey.length);
    }
    StoredVersion version = key.current().orElseThrow(() -> notActive(key));
    byte[] wrapped = HmacDerive.wrap(hmac(version.material()), context, dataKey);
    return new WrappedKey(key.identity(), version.id(), WrapMechanism.HMAC_DERIVE, wrapped);
  }

  @Override
  public byte[] unwrap(String name, WrappedKey wrapped, WrapContext context)
      throws BackendException {
    StoredKey key = keys.find(name);
    if (key.version(wrapped.version()).isEmpty()) {
      key = keys.findFresh(name);
    }
    return unwrap(key, wrapped, context);
  }

  private static byte[] unwrap(StoredKey key, WrappedKey wrapped, WrapContext context)
      throws BackendException {
    requireKek(key);
    if (!wrapped.identity().equals(key.identity()) || !serves(key, wrapped.mechanism())) {
      throw badCiphertext("was not wrapped by this key", null);
    }
    StoredVersion version =
        key.version(wrapped.version()).orElseThrow(() -> versionGone(key, wrapped.version()));
    if (!key.state().opens() || !version.state().opens()) {
      throw new BackendException(
          Reason.DENIED,
          String.format(
              "the key is %s and its version %s is %s: it opens nothing now",
              key.state(), version.id(), version.state()));
    }
    return wrapped.mechanism() == WrapMechanism.AES_GCM
        ? unwrapByGcm(version.material(), context, wrapped.bytes())
        : HmacDerive.unwrap(
            hmac(version.material()), context, wrapped.mechanism(), wrapped.bytes());
  }

  private static boolean serves(StoredKey key, WrapMechanism mechanism) {
    return mechanism == WrapMechanism.HMAC_DERIVE || mechanism == key.formerMechanism();
  }

  private static byte[] unwrapByGcm(ErasableKey kek, WrapContext context, byte[] wrapped)
      throws BackendException {
    if (wrapped.length <= Engines.IV_LENGTH + Engines.TAG_LENGTH) {
      throw badCiphertext("is too short", null);
    }
    GCMParameterSpec iv =
        new GCMParameterSpec(8 * Engines.TAG_LENGTH, wrapped, 0, Engines.IV_LENGTH);
    try {
      return Engines.open(kek, iv, context.toBytes(), wrapped, Engines.IV_LENGTH);
    } catch (AEADBadTagException e) {
      throw badCiphertext("fails its check: it or its context was changed", e);
    }
  }

  private static HmacDerive.Hmac hmac(ErasableKey kek) {
    return message -> Engines.hmacSha256(kek, message);
  }

  private static void requireKek(StoredKey key) throws BackendException {
    if (!key.purposes().contains(Purpose.ENCRYPT)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "the key is for " + key.purposes() + ", it wraps no data keys: use a KEK (ENCRYPT)");
    }
  }

  /** Returns the error for a key that protects nothing now. */
  static BackendException notActive(StoredKey key) {
    return new BackendException(
        Reason.DENIED,
        "the key is "
            + key.state()
            + " or has no active version: it protects nothing; use another or rotate it");
  }

  private static BackendException versionGone(StoredKey key, String versionId) {
    return new BackendException(
        Reason.NOT_FOUND,
        String.format(
            "the key %s has no version %s; was an older copy of the key file restored?",
            key.id(), versionId));
  }

  private static BackendException badCiphertext(String what, Throwable cause) {
    return new BackendException(Reason.BAD_CIPHERTEXT, "the wrapped data key " + what, cause);
  }
}
