package dev.keyhold.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.BackendException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A secret is the same one, whether it comes from a file or from the environment. */
class SecretsTest {
  @TempDir Path folder;

  private String secret(String from, Map<String, String> environment)
      throws IOException, BackendException {
    Path file = folder.resolve("keyhold.properties");
    Files.writeString(
        file, "backend.local.type = fake\nboard = jdbc:h2:mem:b\nboard.password = " + from + "\n");
    Configuration read =
        Configuration.read(file, environment, Map.of("fake", new FakeBackend.Factory()));
    return String.valueOf(read.board().orElseThrow().password().orElseThrow().read());
  }

  private String ofFile(byte[] content) throws IOException, BackendException {
    Files.write(folder.resolve("secret"), content);
    return secret("file:secret", Map.of());
  }

  private String refused(byte[] content) {
    return assertThrows(BackendException.class, () -> ofFile(content)).getMessage();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"pässwörd", "pässwörd\n", "pässwörd\r\n", "\uFEFFpässwörd", "\uFEFFpässwörd\r\n"})
  void lineEndsAndAByteOrderMarkAreNoPartOfIt(String text) throws Exception {
    assertEquals("pässwörd", ofFile(text.getBytes(StandardCharsets.UTF_8)));
    assertEquals("pässwörd", secret("env:PASS", Map.of("PASS", text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {" pass word ", "\"pass\"", "pass # word", "pass\u00A0", "a\nb", "\\n"})
  void allElseIsPartOfIt(String text) throws Exception {
    assertEquals(text, ofFile(text.getBytes(StandardCharsets.UTF_8)));
    assertEquals(text, secret("env:PASS", Map.of("PASS", text)));
  }

  @ParameterizedTest
  @CsvSource({
    "UTF-16, is UTF-16",
    "UTF-16LE, is UTF-16",
    "UTF-16BE, is UTF-16",
    "ISO-8859-1, is not UTF-8"
  })
  void anotherEncodingIsRefusedByName(String charset, String expected) {
    String said = refused("pässwort".getBytes(Charset.forName(charset)));
    assertTrue(said.contains(expected) && said.contains("save it as UTF-8"), said);
  }

  @Test
  void whatIsThereInsteadOfASecretIsSaid() throws Exception {
    assertTrue(refused(new byte[0]).contains("is empty"));
    assertTrue(refused("\r\n".getBytes(StandardCharsets.UTF_8)).contains("is empty"));
    assertTrue(refused(new byte[5000]).contains("longer than a secret"));
    Files.createDirectory(folder.resolve("mounted"));
    assertTrue(
        assertThrows(BackendException.class, () -> secret("file:mounted", Map.of()))
            .getMessage()
            .contains("is a folder: name the file in it"));
    assertTrue(
        assertThrows(BackendException.class, () -> secret("env:PASS", Map.of("PASS", "\n")))
            .getMessage()
            .contains("is empty"));
  }

  @Test
  void aSecretThatTheLocaleDamagedIsRefused() {
    String said =
        assertThrows(BackendException.class, () -> secret("env:PASS", Map.of("PASS", "p\uFFFDss")))
            .getMessage();
    assertTrue(said.contains("PASS") && said.contains("LC_ALL=C.UTF-8"), said);
    assertTrue(!said.contains("p\uFFFDss"), said);
  }
}
