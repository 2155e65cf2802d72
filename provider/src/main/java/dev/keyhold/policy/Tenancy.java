package dev.keyhold.policy;

/** The rule whether the objects of an alias belong to tenants: {@code key.<alias>.tenant}. */
public enum Tenancy {
  /** Objects belong to the tenant that the application names, or to none. */
  OPTIONAL,
  /** Objects always belong to a tenant: without one, nothing is encrypted or decrypted. */
  REQUIRED
}
