package dev.keyhold.keys;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.object.Header;
import dev.keyhold.object.NotOpened;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Policy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.crypto.AEADBadTagException;

/**
 * Records the keys that were asked about one object, and why they did not open it. Each key is
 * asked at most once, whatever the header says and in however many shapes the policy lists the key.
 * Not thread-safe.
 */
final class Asked {
  private final Set<KeyRef> calls = new HashSet<>();
  private final List<BackendException> failures = new ArrayList<>();

  /** Null for nothing. */
  private String altered;

  /** Returns whether a key was asked before; else it is about to be. */
  boolean again(KeyRef key) {
    return !calls.add(key);
  }

  /** Returns whether any of these was asked before. */
  boolean anyOf(List<KeyRef> keys) {
    return keys.stream().anyMatch(calls::contains);
  }

  /** Notes why a key did not open it, or why it was not found out whether a recipient is a key. */
  void failed(BackendException failure) {
    failures.add(failure);
  }

  /** Notes that a key unwrapped what the header is not made with. */
  void altered(String detail) {
    if (altered == null) {
      altered = detail;
    }
  }

  /** Returns whether a key unwrapped what the header is not made with. */
  boolean foundAltered() {
    return altered != null;
  }

  /**
   * Returns what to throw when no key opened it: that a key is out of reach goes before all else.
   */
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
    if (altered != null) {
      return NotOpened.because(altered);
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
