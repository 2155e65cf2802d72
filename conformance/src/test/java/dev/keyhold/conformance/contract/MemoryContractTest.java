package dev.keyhold.conformance.contract;

import dev.keyhold.conformance.BackendFixture;
import dev.keyhold.keystore.Backend;
import dev.keyhold.testkit.KeyholdTest;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;

/** The test kit's backend keeps the contract, as long as it is told no faults. */
class MemoryContractTest extends BackendContract {
  private KeyholdTest keyhold;

  MemoryContractTest() {
    super(Limits.NONE);
  }

  @Override
  protected Backend create(Path folder) {
    keyhold = KeyholdTest.create().backend("b").build();
    String place = properties(keyhold.configuration()).getProperty("backend.b.place");
    return BackendFixture.create("memory", folder, Map.of("place", place));
  }

  @AfterEach
  void closeKeyhold() {
    keyhold.close();
  }

  private static Properties properties(Path file) {
    try (Reader reader = Files.newBufferedReader(file)) {
      Properties properties = new Properties();
      properties.load(reader);
      return properties;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
