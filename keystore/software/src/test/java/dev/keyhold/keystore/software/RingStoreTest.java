package dev.keyhold.keystore.software;

import static dev.keyhold.keystore.software.Fixture.PASSWORD;
import static dev.keyhold.keystore.software.Fixture.kek;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.software.file.KeyFile;
import dev.keyhold.keystore.software.file.Passwords;
import dev.keyhold.keystore.software.file.RingStore;
import dev.keyhold.keystore.software.file.Tuning;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingStoreTest {
  @TempDir Path folder;

  @Test
  void closingTheStoreZeroesEveryKeyAndAReloadKeepsThoseInUse() throws Exception {
    Path file = folder.resolve("keys");
    Passwords passwords = new Passwords("p", Optional.of(PASSWORD::toCharArray));
    try (SoftwareBackend writer = Fixture.backend(file)) {
      writer.require(KeyMaking.class).create(kek("k"));
      RingStore store = new RingStore(new KeyFile(file), passwords, Tuning.DEFAULT);
      ErasableKey first = material(store);
      writer.require(Rotation.class).rotate("k");
      assertSame(first, material(store));
      assertFalse(first.isDestroyed());
      store.close();
      assertTrue(first.isDestroyed());
    }
  }

  private static ErasableKey material(RingStore store) throws Exception {
    return store.fresh().find("k").orElseThrow().versions().get(0).material();
  }
}
