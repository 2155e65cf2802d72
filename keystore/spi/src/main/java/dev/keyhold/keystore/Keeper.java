package dev.keyhold.keystore;

/** Who keeps the keys of a backend. */
public enum Keeper {
  /** The owner of the data, in a module (an HSM) of his own. */
  OWN_MODULE,
  /** The operator of a cloud service, whatever module or external manager it uses. */
  CLOUD,
  /** Whoever has a file and its password, or some other thing that is neither of both. */
  OTHER
}
