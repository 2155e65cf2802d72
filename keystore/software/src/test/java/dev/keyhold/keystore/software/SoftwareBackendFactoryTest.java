package dev.keyhold.keystore.software;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.BackendOptions;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.keystore.SecretSource;
import dev.keyhold.keystore.facet.KeyMaking;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoftwareBackendFactoryTest {
  @TempDir Path folder;

  private final BackendFactory factory = ServiceLoader.load(BackendFactory.class).iterator().next();

  @Test
  void isFoundAsAServiceAndMakesAWorkingBackend() throws Exception {
    assertEquals("software", factory.type());
    Path file = folder.resolve("keys");
    try (Backend backend = factory.create(new Options(Map.of("file", file.toString())))) {
      assertFalse(backend.isRemote());
      assertEquals(List.of(), backend.list());
      backend.require(KeyMaking.class).create(Fixture.kek("k"));
    }
    byte[] header = Files.readAllBytes(file);
    assertEquals(2, header[6], "Argon2id");
    assertEquals(0x0201_0013, ByteBuffer.wrap(header).getInt(7), "2 passes, 1 lane, 19 MiB");
  }

  @Test
  void theFileOptionMustBeThere() {
    ConfigurationException e =
        assertThrows(ConfigurationException.class, () -> factory.create(new Options(Map.of())));
    assertTrue(e.getMessage().contains("file"), e.getMessage());
  }

  private record Options(Map<String, String> values) implements BackendOptions {
    @Override
    public String backend() {
      return "local";
    }

    @Override
    public Optional<String> optional(String option) {
      return Optional.ofNullable(values.get(option));
    }

    @Override
    public Optional<Path> path(String option) {
      return optional(option).map(Path::of);
    }

    @Override
    public Optional<SecretSource> secret(String option) {
      return Optional.of(Fixture.PASSWORD::toCharArray);
    }

    @Override
    public ConfigurationException invalid(String option, String what) {
      return new ConfigurationException(option + " " + what);
    }
  }
}
