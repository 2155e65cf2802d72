package dev.keyhold.keystore.software;

import dev.keyhold.keystore.facet.KeyMaking;
import java.nio.file.Path;

/** A process of its own that creates keys, and prints the name of each once it is made. */
final class KeyCreator {
  private KeyCreator() {}

  /** Arguments: the key file, a prefix for the names, how many. */
  public static void main(String[] args) throws Exception {
    try (SoftwareBackend backend = Fixture.backend(Path.of(args[0]))) {
      for (int i = 0; i < Integer.parseInt(args[2]); i++) {
        String name = args[1] + i;
        backend.require(KeyMaking.class).create(Fixture.kek(name));
        System.out.println(name);
      }
    }
  }
}
