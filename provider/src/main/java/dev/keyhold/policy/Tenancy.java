package dev.keyhold.policy;

import java.util.Optional;
import java.util.stream.Stream;

/** Whether the objects of an alias belong to tenants: {@code key.<alias>.tenant}. */
public enum Tenancy {
  /** To the one that the application names, or to nobody. */
  OPTIONAL("optional"),
  /** To a tenant always: without one, nothing is encrypted or decrypted. */
  REQUIRED("required");

  private final String text;

  Tenancy(String text) {
    this.text = text;
  }

  /** Returns the value of the option with this text; empty if there is none. */
  public static Optional<Tenancy> of(String text) {
    return Stream.of(values()).filter(tenancy -> tenancy.text.equals(text)).findFirst();
  }
}
