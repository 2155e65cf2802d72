package dev.keyhold.keystore;

/** The kind of party that keeps the keys of a backend. */
public enum Keeper {
  /** The owner of the data, in the owner's module (an HSM). */
  OWN_MODULE,
  /** The operator of a cloud service, whatever module or external manager it uses. */
  CLOUD,
  /** Any other party, such as one that has a key file and its password. */
  OTHER
}
