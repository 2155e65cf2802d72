package dev.keyhold.conformance.contract;

import java.util.Map;

/**
 * The differences that a backend may have and still keep the contract. Its facets tell which
 * operations it does not have at all.
 *
 * @param identityOutlivesName whether a key's identity stays when it is renamed
 * @param versionsInWraps whether a wrap names the key's version
 * @param emptyMacs whether it computes the MAC of an empty message
 * @param leftOut cases that the place under test gets wrong itself: a pattern of the method's name
 *     and the case's, and what is wrong there
 */
public record Limits(
    boolean identityOutlivesName,
    boolean versionsInWraps,
    boolean emptyMacs,
    Map<String, String> leftOut) {
  /** The limits of a backend that has none. */
  public static final Limits NONE = new Limits(true, true, true, Map.of());

  /** Returns a copy for backends where headers name a key by its name. */
  public Limits withIdentityByName() {
    return new Limits(false, versionsInWraps, emptyMacs, leftOut);
  }

  /** Returns a copy for backends where the service itself finds the version that wrapped. */
  public Limits withoutVersionsInWraps() {
    return new Limits(identityOutlivesName, false, emptyMacs, leftOut);
  }

  /** Returns a copy for backends where a message for a MAC has at least one byte. */
  public Limits withoutEmptyMacs() {
    return new Limits(identityOutlivesName, versionsInWraps, false, leftOut);
  }

  /** Returns a copy without the cases that an emulator gets wrong. */
  public Limits without(Map<String, String> cases) {
    return new Limits(identityOutlivesName, versionsInWraps, emptyMacs, cases);
  }
}
