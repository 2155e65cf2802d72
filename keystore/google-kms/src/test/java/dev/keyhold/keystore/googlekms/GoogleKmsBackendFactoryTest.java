package dev.keyhold.keystore.googlekms;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.keystore.googlekms.fake.FakeServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoogleKmsBackendFactoryTest {
  @TempDir Path folder;

  private static Backend create(String... options) {
    Map<String, String> all = new HashMap<>(Map.of("key-ring", FakeServer.KEY_RING));
    for (int i = 0; i < options.length; i += 2) {
      all.put(options[i], options[i + 1]);
    }
    return new GoogleKmsBackendFactory().create(new MapOptions(all));
  }

  @Test
  void itIsFoundByItsType() {
    List<String> types =
        ServiceLoader.load(BackendFactory.class).stream().map(p -> p.get().type()).toList();
    assertEquals(List.of("google-kms"), types);
  }

  @ParameterizedTest
  @CsvSource({
    "key-ring, projects/p",
    "endpoint, http://10.0.0.1:80",
    "endpoint, http://localhost.example.com:80",
    "endpoint, no port:1",
    "protection, best",
    "wrap, no",
    "timeout, 1ms",
    "credentials-file, /does/not/exist",
    "destroy-wait, 0d"
  })
  void aBadOptionIsNamed(String option, String value) {
    ConfigurationException refused =
        assertThrows(ConfigurationException.class, () -> create(option, value));
    assertTrue(refused.getMessage().startsWith(option + " "), refused.getMessage());
  }

  @Test
  void credentialsAreNeverSentInTheClear() throws Exception {
    Path file = Files.writeString(folder.resolve("c.json"), "{}");
    assertThrows(
        ConfigurationException.class,
        () -> create("endpoint", "http://127.0.0.1:1", "credentials-file", file.toString()));
    assertThrows(
        ConfigurationException.class,
        () -> create("endpoint", "http://127.0.0.1:1", "impersonate", "a@example.com"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1", "kms:443"})
  void itConnectsToNothingYet(String endpoint) {
    assertDoesNotThrow(() -> create("endpoint", endpoint).close());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"service_account\",\"private_key\":\"SECRET-PART\"",
        "{\"type\":\"SECRET-PART\"}",
        "SECRET-PART",
        "{\"type\":\"service_account\",\"client_id\":\"1\",\"client_email\":\"a@b\",\"private_key_id\":\"1\",\"private_key\":\"SECRET-PART\"}"
      })
  void aBadCredentialsFileIsNotRepeated(String content) throws Exception {
    Path file = Files.writeString(folder.resolve("c.json"), content);
    try (Backend backend = create("credentials-file", file.toString())) {
      BackendException failure =
          assertThrows(BackendException.class, () -> backend.describe("orders"));
      assertEquals(Reason.MISCONFIGURED, failure.reason());
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      assertFalse(trace.toString().contains("SECRET-PART"), trace.toString());
    }
  }
}
