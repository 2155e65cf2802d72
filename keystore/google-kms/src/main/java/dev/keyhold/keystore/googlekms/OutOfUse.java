package dev.keyhold.keystore.googlekms;

import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Remembers the state of a key before the whole key was taken out of use, so that its return
 * enables no version that was disabled before, and the service rotates it as it did. The state is
 * kept as labels of the key, which every host sees; a key with one version and no rotation needs
 * none. For a single version, which a name can mean too, there is nothing to remember.
 */
final class OutOfUse {
  private static final String DISABLED_BEFORE = "keyhold-disabled-before";
  private static final String DOOMED_BEFORE = "keyhold-doomed-before";
  private static final String ROTATION = "keyhold-rotation-seconds";
  private static final Set<String> OWN = Set.of(DISABLED_BEFORE, DOOMED_BEFORE, ROTATION);
  private static final int MAX_LABEL = 63;

  private final GoogleConnection connection;

  OutOfUse(GoogleConnection connection) {
    this.connection = connection;
  }

  /** Returns the labels of a key without those that are kept here. */
  static Map<String, String> othersLabels(Map<String, String> labels) {
    Map<String, String> others = new HashMap<>(labels);
    others.keySet().removeAll(OWN);
    return others;
  }

  /** Returns whether the key was taken out of use as a whole, and that was to be remembered. */
  boolean isSuspended(GoogleKey key) {
    return labels(key).containsKey(DISABLED_BEFORE);
  }

  /** Returns the versions that were disabled before the key was. */
  Set<String> disabledBefore(GoogleKey key) {
    return numbers(key, DISABLED_BEFORE);
  }

  /** The versions whose destruction was scheduled before the key's was. */
  Set<String> doomedBefore(GoogleKey key) {
    return numbers(key, DOOMED_BEFORE);
  }

  /** Must be called before the key is disabled. */
  void suspended(GoogleKey key) throws BackendException {
    edit(key, labels -> suspend(key, labels));
  }

  /** Must be called before the key's destruction is scheduled. */
  void doomed(GoogleKey key) throws BackendException {
    edit(
        key,
        labels -> {
          suspend(key, labels);
          if (key.versions().size() > 1) {
            labels.putIfAbsent(DOOMED_BEFORE, list(key, CryptoKeyVersionState.DESTROY_SCHEDULED));
          }
        });
  }

  /**
   * Records the versions that are disabled. The record of an earlier attempt stays, since more
   * versions may be disabled by now.
   */
  private static void suspend(GoogleKey key, Map<String, String> labels) throws BackendException {
    if (key.versions().size() > 1 || rotates(key)) {
      labels.putIfAbsent(DISABLED_BEFORE, list(key, CryptoKeyVersionState.DISABLED));
    }
    if (rotates(key)) {
      labels.put(ROTATION, String.valueOf(key.cryptoKey().getRotationPeriod().getSeconds()));
    }
  }

  /** Must be called after the destruction was cancelled. */
  void saved(GoogleKey key) throws BackendException {
    edit(key, labels -> labels.remove(DOOMED_BEFORE));
  }

  /** Must be called after the key was enabled. */
  void inUseAgain(GoogleKey key) throws BackendException {
    edit(key, labels -> labels.keySet().removeAll(OWN));
  }

  @FunctionalInterface
  private interface Edit {
    void of(Map<String, String> labels) throws BackendException;
  }

  private void edit(GoogleKey key, Edit edit) throws BackendException {
    if (!key.isWhole()) {
      return;
    }
    Map<String, String> before = labels(key);
    Map<String, String> labels = new HashMap<>(before);
    edit.of(labels);
    if (labels.equals(before)) {
      return;
    }
    KeyUpdate update = new KeyUpdate(connection, key).labels(labels);
    if (labels.containsKey(ROTATION)) {
      update.rotateEvery(Duration.ZERO);
    } else if (before.containsKey(ROTATION)) {
      update.rotateEvery(Duration.ofSeconds(Long.parseLong(before.get(ROTATION))));
    }
    update.send();
  }

  private static boolean rotates(GoogleKey key) {
    return key.cryptoKey().hasRotationPeriod();
  }

  private static Map<String, String> labels(GoogleKey key) {
    return key.cryptoKey().getLabelsMap();
  }

  private static Set<String> numbers(GoogleKey key, String label) {
    return key.isWhole() ? Set.of(labels(key).getOrDefault(label, "").split("_")) : Set.of();
  }

  private static String list(GoogleKey key, CryptoKeyVersionState state) throws BackendException {
    String list =
        key.versions().stream()
            .filter(version -> version.getState() == state)
            .map(GoogleKey::id)
            .collect(Collectors.joining("_"));
    if (list.length() > MAX_LABEL) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "more of the key's versions are out of use than a label can name: take the others out"
              + " one by one, by their URIs");
    }
    return list;
  }
}
