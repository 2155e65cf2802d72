package dev.keyhold.conformance.contract;

import java.util.Map;

/**
 * What a backend may leave out and still keep the contract.
 *
 * @param imports whether it takes HMAC keys that were made elsewhere
 * @param identityOutlivesName whether a key's identity stays when it is renamed
 * @param renames whether a key can get another name, or lose its own
 * @param disables whether a key can be taken out of use for a while
 * @param destroys whether a key can be destroyed after thirty days, and saved until then
 * @param versionsInWraps whether a wrap names the key's version
 * @param emptyMacs whether it computes the MAC of an empty message
 * @param leftOut cases that the place under test gets wrong itself: a pattern of the method's name
 *     and the case's, and what is wrong there
 */
public record Limits(
    boolean imports,
    boolean identityOutlivesName,
    boolean renames,
    boolean disables,
    boolean destroys,
    boolean versionsInWraps,
    boolean emptyMacs,
    Map<String, String> leftOut) {
  /** Of a backend that leaves out nothing. */
  public static final Limits NONE = new Limits(true, true, true, true, true, true, true, Map.of());

  /** The same, without import. */
  public Limits withoutImport() {
    return new Limits(
        false,
        identityOutlivesName,
        renames,
        disables,
        destroys,
        versionsInWraps,
        emptyMacs,
        leftOut);
  }

  /** The same, where headers name a key by its name. */
  public Limits withIdentityByName() {
    return new Limits(
        imports, false, renames, disables, destroys, versionsInWraps, emptyMacs, leftOut);
  }

  /** The same, where a name is for good. */
  public Limits withPermanentNames() {
    return new Limits(
        imports,
        identityOutlivesName,
        false,
        disables,
        destroys,
        versionsInWraps,
        emptyMacs,
        leftOut);
  }

  /** The same, where a key is in use for ever. */
  public Limits withoutLifecycle() {
    return new Limits(
        imports, identityOutlivesName, renames, false, false, versionsInWraps, emptyMacs, leftOut);
  }

  /** The same, where the service itself finds the version that wrapped. */
  public Limits withoutVersionsInWraps() {
    return new Limits(
        imports, identityOutlivesName, renames, disables, destroys, false, emptyMacs, leftOut);
  }

  /** The same, where a message for a MAC has at least one byte. */
  public Limits withoutEmptyMacs() {
    return new Limits(
        imports,
        identityOutlivesName,
        renames,
        disables,
        destroys,
        versionsInWraps,
        false,
        leftOut);
  }

  /** The same, without the cases that an emulator gets wrong. */
  public Limits without(Map<String, String> cases) {
    return new Limits(
        imports,
        identityOutlivesName,
        renames,
        disables,
        destroys,
        versionsInWraps,
        emptyMacs,
        cases);
  }
}
