package dev.keyhold.policy;

/** Whether the objects of an alias belong to tenants: {@code key.<alias>.tenant}. */
public enum Tenancy {
  /** To the one that the application names, or to nobody. */
  OPTIONAL,
  /** To a tenant always: without one, nothing is encrypted or decrypted. */
  REQUIRED
}
