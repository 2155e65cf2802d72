package dev.keyhold.keystore;

import java.util.Objects;

/**
 * The place where a key is kept. All keys of one residence are unreachable, or lost, together.
 *
 * @param kind what such a place is called where it is: {@code region} (AWS), {@code location}
 *     (Google), {@code token}, {@code file}
 * @param name which one
 */
public record Residence(String kind, String name) {
  /** Checks that both parts are there. */
  public Residence {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(name, "name");
  }

  @Override
  public String toString() {
    return kind + " " + name;
  }
}
