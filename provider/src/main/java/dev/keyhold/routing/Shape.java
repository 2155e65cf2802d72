package dev.keyhold.routing;

import java.util.List;

/**
 * One way in which an alias's objects are, or were, protected. Decryption matches an object's
 * header against it whole.
 */
public record Shape(DataKeys dataKeys, Combinator combinator, List<KeyRef> keys) {
  /** Copies the list. */
  public Shape {
    keys = List.copyOf(keys);
  }
}
