package dev.keyhold.keystore.software.ring;

import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyVersion;
import java.time.Instant;
import java.util.Optional;

/**
 * One version of a key in the file.
 *
 * @param number 1, 2, … within its key; in decimal it is the version's id
 * @param state the version's own state
 * @param created when it was made, to the millisecond
 * @param wrapsReserved how many AES-GCM wraps earlier releases set aside in the file, an upper
 *     bound of those done; kept as it is, since no AES-GCM wrap is made any more
 * @param material the key itself
 */
public record StoredVersion(
    int number, KeyState state, Instant created, long wrapsReserved, ErasableKey material) {

  public String id() {
    return Integer.toString(number);
  }

  public StoredVersion withState(KeyState newState) {
    return new StoredVersion(number, newState, created, wrapsReserved, material);
  }

  StoredVersion withMaterial(ErasableKey same) {
    return new StoredVersion(number, state, created, wrapsReserved, same);
  }

  KeyVersion metadata() {
    return new KeyVersion(id(), state, Optional.of(created));
  }
}
