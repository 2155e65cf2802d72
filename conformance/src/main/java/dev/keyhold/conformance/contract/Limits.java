package dev.keyhold.conformance.contract;

/**
 * What a backend may leave out and still keep the contract.
 *
 * @param imports whether it takes HMAC keys that were made elsewhere
 * @param identityOutlivesName whether a key's identity stays when it is renamed
 * @param renames whether a key can get another name, or lose its own
 */
public record Limits(boolean imports, boolean identityOutlivesName, boolean renames) {
  /** Of a backend that leaves out nothing. */
  public static final Limits NONE = new Limits(true, true, true);

  /** The same, without import. */
  public Limits withoutImport() {
    return new Limits(false, identityOutlivesName, renames);
  }

  /** The same, where headers name a key by its name. */
  public Limits withIdentityByName() {
    return new Limits(imports, false, renames);
  }

  /** The same, where a name is for good. */
  public Limits withPermanentNames() {
    return new Limits(imports, identityOutlivesName, false);
  }
}
