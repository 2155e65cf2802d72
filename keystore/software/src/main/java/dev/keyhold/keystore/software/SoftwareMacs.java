package dev.keyhold.keystore.software;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.software.engine.Engines;
import dev.keyhold.keystore.software.ring.StoredKey;
import dev.keyhold.keystore.software.ring.StoredVersion;

/** MACs with keys of the ring. Thread-safe. */
final class SoftwareMacs implements Macs {
  private final RingKeys keys;

  SoftwareMacs(RingKeys keys) {
    this.keys = keys;
  }

  @Override
  public byte[] mac(String key, String algorithm, byte[] message) throws BackendException {
    StoredKey found = keys.find(key);
    if (!found.purposes().contains(Purpose.MAC) || !found.spec().algorithm().equals(algorithm)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "the key is "
              + found.spec()
              + " for "
              + found.purposes()
              + ", so it makes no "
              + algorithm
              + ": use a key that was made for it");
    }
    if (message.length > maxMacMessage()) {
      throw new BackendException(
          Reason.UNSUPPORTED, "a message has at most " + maxMacMessage() + " bytes");
    }
    StoredVersion version = found.current().orElseThrow(() -> SoftwareKeks.notActive(found));
    return Engines.hmac(algorithm, version.material(), message);
  }
}
