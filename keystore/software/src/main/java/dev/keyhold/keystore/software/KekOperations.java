package dev.keyhold.keystore.software;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.HmacDerive;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.AEADBadTagException;
import javax.crypto.spec.GCMParameterSpec;

/** Wraps and unwraps data keys with keys of the ring. Thread-safe. */
final class KekOperations {
  private static final int MAX_DATA_KEY = 64;

  private final RingHolder store;
  private final long wrapLimit;
  private final Map<VersionRef, WrapBudget> budgets = new ConcurrentHashMap<>();

  KekOperations(RingHolder store, long wrapLimit) {
    this.store = store;
    this.wrapLimit = wrapLimit;
  }

  /** One version of one key. */
  private record VersionRef(String keyId, int number) {}

  WrappedKey wrap(StoredKey key, WrapContext context, byte[] dataKey) throws BackendException {
    requireKek(key);
    if (dataKey.length < 1 || dataKey.length > MAX_DATA_KEY) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "a data key has 1 to " + MAX_DATA_KEY + " bytes, not " + dataKey.length);
    }
    StoredVersion version = key.current().orElseThrow(() -> notActive(key));
    byte[] wrapped =
        switch (key.mechanism()) {
          case AES_GCM -> wrapByGcm(key, version, context, dataKey);
          case HMAC_DERIVE -> HmacDerive.wrap(hmac(version.material()), context, dataKey);
          default -> throw new IllegalStateException("no such KEK: " + key.spec());
        };
    return new WrappedKey(key.identity(), version.id(), key.mechanism(), wrapped);
  }

  private byte[] wrapByGcm(
      StoredKey key, StoredVersion version, WrapContext context, byte[] dataKey)
      throws BackendException {
    VersionRef ref = new VersionRef(key.id(), version.number());
    budgets.computeIfAbsent(ref, any -> new WrapBudget()).take(wanted -> reserve(ref, wanted));
    byte[] iv = LocalRandom.bytes(Engines.IV_LENGTH);
    byte[] out = new byte[Engines.IV_LENGTH + dataKey.length + Engines.TAG_LENGTH];
    System.arraycopy(iv, 0, out, 0, iv.length);
    Engines.seal(version.material(), iv, context.toBytes(), dataKey, out, iv.length);
    return out;
  }

  /** What was reserved and not used serves nobody: a copy of this process has it too. */
  void dropReserved() {
    budgets.clear();
  }

  private long reserve(VersionRef ref, long wanted) throws BackendException {
    long[] granted = new long[1];
    store.update(
        ring -> {
          StoredKey key =
              ring.find(ref.keyId())
                  .orElseThrow(
                      () -> new BackendException(Reason.NOT_FOUND, "the key is gone: " + ref));
          String versionId = Integer.toString(ref.number());
          StoredVersion version =
              key.version(versionId).orElseThrow(() -> versionGone(key, versionId));
          granted[0] = Math.min(wanted, wrapLimit - version.wrapsReserved());
          if (granted[0] < 1) {
            throw new BackendException(
                Reason.DENIED,
                String.format(
                    "version %s has done its %,d wraps (NIST SP 800-38D, section 8.3): rotate the"
                        + " key",
                    versionId, wrapLimit));
          }
          return ring.with(
              key.withVersion(version.withWrapsReserved(version.wrapsReserved() + granted[0])));
        });
    return granted[0];
  }

  byte[] unwrap(StoredKey key, WrappedKey wrapped, WrapContext context) throws BackendException {
    requireKek(key);
    if (!wrapped.identity().equals(key.identity()) || wrapped.mechanism() != key.mechanism()) {
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
    return key.mechanism() == WrapMechanism.HMAC_DERIVE
        ? HmacDerive.unwrap(hmac(version.material()), context, wrapped.bytes())
        : unwrapByGcm(version.material(), context, wrapped.bytes());
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
    return seed -> Engines.hmac("HmacSHA256", kek, seed);
  }

  private static void requireKek(StoredKey key) throws BackendException {
    if (!key.purposes().contains(Purpose.ENCRYPT)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "the key is for " + key.purposes() + ", it wraps no data keys: use a KEK (ENCRYPT)");
    }
  }

  /** The error for a key that protects nothing now. */
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
