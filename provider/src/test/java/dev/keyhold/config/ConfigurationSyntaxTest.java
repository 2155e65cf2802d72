package dev.keyhold.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What people write who take the file for one of another syntax is refused, and never another
 * value.
 */
class ConfigurationSyntaxTest {
  private static final String BACKEND = "backend.local.type = fake\nkey.* = local\n";

  @TempDir Path folder;

  private Configuration read(String text, Map<String, String> environment) throws IOException {
    Path file = folder.resolve("keyhold.properties");
    Files.writeString(file, text);
    return Configuration.read(file, environment, Map.of("fake", new FakeBackend.Factory()));
  }

  private String error(String text, Map<String, String> environment) {
    return assertThrows(ConfigurationException.class, () -> read(text, environment)).getMessage();
  }

  private Path queue(String value) throws IOException {
    return read(BACKEND + "rewrap-queue = " + value + "\n", Map.of()).rewrapQueue().orElseThrow();
  }

  @EnabledOnOs({OS.LINUX, OS.MAC})
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          queue   # mine              | has a comment behind its value ('# mine')
          queue #mine                 | has a comment
          queue ; mine                | has a comment
          queue // mine               | has a comment
          # mine                      | has a comment
          "queue"                     | has quotation marks
          'queue'                     | has quotation marks
          “queue”                     | has quotation marks
          "queue                      | has quotation marks
          queue"                      | has quotation marks
          data\\queue                 | has a single backslash
          C:\\keys\\new               | has a single backslash
          \\\\\\\\server\\\\keys      | is a path of Windows
          C:\\\\keys\\\\new           | is a path of Windows
          C:/keys/new                 | is a path of Windows
          C:keys                      | is a path of Windows
          keys\\tnew                  | has a single backslash
          keys\\u00zz                 | not a property
          ~/queue                     | begins with ~
          ~app/queue                  | begins with ~
          $HOME/queue                 | names a variable
          ${user.home}/queue          | names a variable
          a/${x}/queue                | names a variable
          %APPDATA%/queue             | names a variable
          file:queue                  | begins as a URL does
          file:///tmp/queue           | begins as a URL does
          queue\u00A0                 | U+00A0 (NO-BREAK SPACE), which can't be seen
          \u200Bqueue                 | U+200B (ZERO WIDTH SPACE)
          queue\uFFFD                 | stands for a damaged one
          """)
  void aPathIsNeverAnotherOne(String value, String expected) {
    String message = error(BACKEND + "rewrap-queue = " + value.strip() + "\n", Map.of());
    assertTrue(message.contains(expected.strip()), message);
    assertTrue(message.contains("line 3"), message);
  }

  @Test
  void whatIsMeantCanBeWritten() throws IOException {
    assertEquals(folder.resolve("a #1 \"x\" b"), queue("a \\#1 \\\"x\\\" b"));
    assertEquals(folder.resolve("größe"), queue("gr\\u00f6\\u00DFe"));
    assertEquals(folder.resolve("a\u00A0b"), queue("a\\u00a0b"));
    assertEquals(folder.resolve("it's#1"), queue("it's#1"));
    assertEquals(folder.resolve("./c:keys"), queue("./c:keys"));
    assertEquals(
        Optional.of("Luna #7; certificate \"4718\" # x"),
        read(BACKEND + "backend.local.module = Luna #7; certificate \"4718\" # x\n", Map.of())
            .backends()
            .get("local")
            .module());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "key.a = local # mine",
        "key.a = local:there # mine",
        "key.a = local:\"there\"",
        "key.a = any-of(local:one, local:'two')",
        "key.a = local:there\u00A0",
        "key.a\u00A0 = local",
        "key.a\\b = local",
        "key.“a” = local",
        "key.'a' = local",
        "backend.local.import = refuse # or allow",
        "backend.local.pin = env:\"PIN\"",
        "backend.local.pin = file:\"pin.txt\"",
        "backend.local.pin = file:C:\\\\pin.txt",
        "backend.local.pin = file:~/pin.txt",
        "generate = \"local\"",
        "board = boards\\\nkey.b = local",
        "board = boards\\",
        "board = JDBC:h2:mem:x",
        "board = postgresql://host/db",
      })
  void noValueIsSilentlyAnotherOne(String line) {
    String message = error(BACKEND + line + "\n", Map.of());
    assertTrue(message.contains("line 3"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"250ms\"", "250ms # mine", "250ms\u00A0", "250ms\uFFFD"})
  void theEnvironmentHasNoOtherSyntax(String value) {
    String message = error(BACKEND, Map.of("KEYHOLD_BACKEND_LOCAL_DEADLINE", value));
    assertTrue(message.contains("KEYHOLD_BACKEND_LOCAL_DEADLINE"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          key.orders = local~key.Orders = local         | KEYHOLD_KEY_ORDERS | key.Orders or key.orders
          key.pay-eu = local~key.pay_eu = local         | KEYHOLD_KEY_PAY_EU | key.pay-eu or key.pay_eu
          key.a.tenant = required~key.a = local~key.a-tenant = local | KEYHOLD_KEY_A_TENANT | key.a-tenant or key.a.tenant
          backend.a-b.type = fake~backend.a_b.type = fake | KEYHOLD_BACKEND_A_B_DEADLINE | backend.a-b.deadline or backend.a_b.deadline
          """)
  void aVariableThatCouldMeanTwoPropertiesIsRefused(
      String lines, String variable, String expected) {
    String message = error(BACKEND + lines.replace('~', '\n') + "\n", Map.of(variable, "100ms"));
    assertTrue(message.contains(variable), message);
    assertTrue(message.contains(expected), message);
  }

  @Test
  void serviceLinksAreNoOverrides() throws IOException {
    Map<String, String> links =
        Map.ofEntries(
            Map.entry("KEYHOLD_BOARD_PORT", "tcp://10.0.0.7:5432"),
            Map.entry("KEYHOLD_BOARD_SERVICE_HOST", "10.0.0.7"),
            Map.entry("KEYHOLD_BOARD_SERVICE_PORT", "5432"),
            Map.entry("KEYHOLD_BOARD_SERVICE_PORT_DB", "5432"),
            Map.entry("KEYHOLD_BOARD_PORT_5432_TCP", "tcp://10.0.0.7:5432"),
            Map.entry("KEYHOLD_BOARD_PORT_5432_TCP_PROTO", "tcp"),
            Map.entry("KEYHOLD_BOARD_PORT_5432_TCP_PORT", "5432"),
            Map.entry("KEYHOLD_BOARD_PORT_5432_TCP_ADDR", "fd00::7"),
            Map.entry("KEYHOLD_KEY_SERVICE_HOST", "10.0.0.8"),
            Map.entry("KEYHOLD_BACKEND_LOCAL_PORT_53_UDP", "udp://10.0.0.8:53"));
    Configuration read = read(BACKEND + "key.service-host = local\n", links);
    assertEquals(Set.copyOf(links.keySet()), Set.copyOf(read.serviceLinks()));
    assertEquals("local", read.routes().policy("service-host").orElseThrow().soleKey().backend());
    assertTrue(
        error(BACKEND, Map.of("KEYHOLD_BOARD_PORT", "5432")).contains("overrides no property"));
  }

  @Test
  void aVariableThatHoldsTheSecretIsNoOverride() throws Exception {
    Configuration read =
        read(
            BACKEND
                + "backend.local.pin = env:KEYHOLD_BACKEND_LOCAL_PIN\n"
                + "board = jdbc:h2:mem:b\nboard.password = env:KEYHOLD_KEY_PASSWORD\n",
            Map.of("KEYHOLD_BACKEND_LOCAL_PIN", "12 # 34", "KEYHOLD_KEY_PASSWORD", "\"x\""));
    assertEquals(
        "\"x\"", String.valueOf(read.board().orElseThrow().password().orElseThrow().read()));
  }

  @EnabledOnOs({OS.LINUX, OS.MAC})
  @Test
  void twoDotsLeadWhereTheOperatingSystemLeads() throws IOException {
    Path real = Files.createDirectories(folder.resolve("real/deep"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    Files.createDirectory(folder.resolve("real/data"));
    Path file =
        Files.writeString(link.resolve("k.properties"), BACKEND + "rewrap-queue = ../data\n");
    Configuration read =
        Configuration.read(file, Map.of(), Map.of("fake", new FakeBackend.Factory()));
    assertEquals(
        folder.resolve("real/data").toRealPath(), read.rewrapQueue().orElseThrow().toRealPath());
  }

  @ParameterizedTest
  @CsvSource({
    "pkcs11, add dev.keyhold:keyhold-pkcs11",
    "aws-kms, add dev.keyhold:keyhold-aws-kms",
    "hsm, 'no such type; there are: aws-kms, custodian, fake, google-kms, pkcs11, software'",
    "softwre, 'no such type; did you mean software?'",
    "pkcs-11, 'no such type; did you mean pkcs11?'",
    "aws-kmss, 'no such type; did you mean aws-kms?'"
  })
  void aBackendWithoutItsJarNamesTheArtifact(String type, String expected) {
    String message = error("backend.x.type = " + type + "\n", Map.of());
    assertTrue(message.contains(expected), message);
  }

  @ParameterizedTest
  @CsvSource({
    "typ, 'line 1: backend.x.typ leaves backend x without a type; did you mean backend.x.type?'",
    "tpye, did you mean backend.x.type?",
    "file, 'line 1: backend.x.file is option file of backend x, which has no type; add backend.x.type'"
  })
  void aBackendWithoutATypeIsToldBeforeTheLinesThatNameIt(String option, String expected) {
    String message = error("backend.x." + option + " = fake\nkey.* = x\n", Map.of());
    assertTrue(message.contains(expected), message);
  }

  @Test
  void anUnknownOptionNamesTheType() {
    String message = error("backend.x.type = fake\nbackend.x.colour = red\n", Map.of());
    assertTrue(message.contains("is not an option of backends of type fake"), message);
  }
}
