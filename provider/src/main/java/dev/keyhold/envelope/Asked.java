package dev.keyhold.envelope;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.routing.KeyRef;
import dev.keyhold.routing.Policy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.crypto.AEADBadTagException;

/**
 * Which keys were asked about one object, and what about: several shapes of a policy may list the
 * same key, which is not to be asked twice in vain. And why they did not open it. For one thread.
 */
final class Asked {
  private final Set<List<Object>> calls = new HashSet<>();
  private final Set<KeyRef> givenUp = new HashSet<>();
  private final List<BackendException> failures = new ArrayList<>();

  /** Whether a key was asked about a recipient before; else it is about to be. */
  boolean again(KeyRef key, int recipient) {
    return !calls.add(List.of(key, recipient));
  }

  /** Notes why a key did not open it: anything but a wrap by another key is the key's own fault. */
  void failed(KeyRef key, BackendException failure) {
    failed(failure);
    if (failure.reason() != Reason.BAD_CIPHERTEXT) {
      givenUp.add(key);
    }
  }

  /** Notes why it was not found out whether a recipient is a key. */
  void failed(BackendException failure) {
    failures.add(failure);
  }

  boolean isGivenUp(KeyRef key) {
    return givenUp.contains(key);
  }

  /** What to throw when no key opened it: that a key is out of reach goes before all else. */
  AEADBadTagException explain(Policy policy, Header header) throws BackendException {
    BackendException decisive = null;
    for (BackendException failure : failures) {
      switch (failure.reason()) {
        case NOT_FOUND, BAD_CIPHERTEXT -> {}
        default -> {
          if (decisive == null) {
            decisive = failure;
          } else {
            decisive.addSuppressed(failure);
          }
        }
      }
    }
    if (decisive != null) {
      throw decisive;
    }
    if (!failures.isEmpty()) {
      return NotOpened.because(
          failures.get(0).getMessage()
              + "; if the object was made under another alias, key.%s.binding must name that one"
                  .formatted(policy.alias())
              + "; a tenant's object opens for this tenant alone");
    }
    List<String> recipients =
        header.recipients().stream()
            .map(r -> r.wrapped().identity() + " version " + r.wrapped().version())
            .toList();
    return NotOpened.because(
        "it is for %s (%s, %s), which alias %s does not list; if it may still be read, add"
                .formatted(
                    recipients,
                    header.combinator().text(),
                    header.dataKeys().text(),
                    policy.alias())
            + " key.%s.decrypt-with = <backend>:<key>".formatted(policy.alias()));
  }
}
