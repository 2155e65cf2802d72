package dev.keyhold.keystore.software.ring;

import dev.keyhold.keystore.KeyAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The properties that only some keys have. None of them is secret; the arrays are not changed.
 *
 * @param publicKey SubjectPublicKeyInfo of a key pair; else empty
 * @param certificates of a key pair, its own first; may be empty
 * @param labels as the request gave them
 * @param destruction of a key that is to be destroyed
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record KeyExtras(
    byte[] publicKey,
    List<byte[]> certificates,
    Map<String, String> labels,
    Optional<ScheduledDestruction> destruction) {
  static final KeyExtras NONE = new KeyExtras(new byte[0], List.of(), Map.of(), Optional.empty());

  public KeyExtras {
    certificates = List.copyOf(certificates);
    labels = Map.copyOf(labels);
  }

  /**
   * Returns whether none of them is set, so that the first version of the format can hold the key.
   */
  boolean isEmpty() {
    return publicKey.length == 0
        && certificates.isEmpty()
        && labels.isEmpty()
        && destruction.isEmpty();
  }

  public KeyExtras withCertificates(List<byte[]> chain) {
    return new KeyExtras(publicKey, chain, labels, destruction);
  }

  KeyExtras withDestruction(Optional<ScheduledDestruction> scheduled) {
    return new KeyExtras(publicKey, certificates, labels, scheduled);
  }

  /**
   * Returns those of a key that is given a name, or loses it, as far as there is room for a label.
   */
  KeyExtras withFormerName(String newName, String name) {
    Map<String, String> changed = new HashMap<>(labels);
    if (!newName.isEmpty()) {
      changed.remove(KeyAttributes.FORMER_NAME);
    } else if (!name.isEmpty()) {
      changed.put(KeyAttributes.FORMER_NAME, name);
    }
    return ExtrasCodec.areLabels(changed)
        ? new KeyExtras(publicKey, certificates, changed, destruction)
        : this;
  }
}
