package dev.keyhold.envelope;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.routing.KeyRef;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which keys were asked about one object, and what about: several shapes of a policy may list the
 * same key, which is not to be asked twice in vain. For one thread.
 */
final class Asked {
  private final Set<List<Object>> calls = new HashSet<>();
  private final Set<KeyRef> givenUp = new HashSet<>();

  /** Whether a key was asked about a recipient before; else it is about to be. */
  boolean again(KeyRef key, int recipient) {
    return !calls.add(List.of(key, recipient));
  }

  /** Anything but a wrap by another key says something of the key that failed. */
  void failed(KeyRef key, BackendException failure) {
    if (failure.reason() != Reason.BAD_CIPHERTEXT) {
      givenUp.add(key);
    }
  }

  boolean isGivenUp(KeyRef key) {
    return givenUp.contains(key);
  }
}
