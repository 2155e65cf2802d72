package dev.keyhold.conformance.contract;

/**
 * What a backend may leave out and still keep the contract.
 *
 * @param imports whether it takes HMAC keys that were made elsewhere
 * @param identityOutlivesName whether a key's identity stays when it is renamed
 * @param disables whether a key can be taken out of use for a while
 * @param destroys whether a key can be destroyed after thirty days, and saved until then
 */
public record Limits(
    boolean imports, boolean identityOutlivesName, boolean disables, boolean destroys) {
  /** Of a backend that leaves out nothing. */
  public static final Limits NONE = new Limits(true, true, true, true);

  /** The same, without import. */
  public Limits withoutImport() {
    return new Limits(false, identityOutlivesName, disables, destroys);
  }

  /** The same, where headers name a key by its name. */
  public Limits withIdentityByName() {
    return new Limits(imports, false, disables, destroys);
  }

  /** The same, where a key is in use for ever. */
  public Limits withoutLifecycle() {
    return new Limits(imports, identityOutlivesName, false, false);
  }
}
