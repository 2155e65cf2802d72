package dev.keyhold.policy;

import dev.keyhold.object.Combinator;
import dev.keyhold.object.DataKeyMode;
import java.util.List;

/**
 * One way in which an alias's objects are, or were, protected. Decryption matches an object's
 * header against it whole.
 */
public record Shape(DataKeyMode dataKeys, Combinator combinator, List<KeyRef> keys) {
  /** Copies the list. */
  public Shape {
    keys = List.copyOf(keys);
  }
}
