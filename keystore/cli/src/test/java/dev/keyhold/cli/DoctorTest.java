package dev.keyhold.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  private static final String KEYHOLD = "dev.keyhold.KeyholdProvider";

  @TempDir Path folder;
  private Cli cli;

  @BeforeEach
  void configure() throws IOException {
    cli = Cli.in(folder);
    Files.setPosixFilePermissions(
        folder.resolve("password.txt"), PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void allIsWell() {
    cli.run("keys", "create", "orders");
    Cli.Result result = cli.run("doctor");
    assertEquals(0, result.code(), result.out());
    assertTrue(result.out().contains("ok       orders: AES-256"), result.out());
    assertTrue(result.out().contains("backend local (software): answers: 1 keys"), result.out());
  }

  @Test
  void aSecretThatOthersReadIsAWarning() throws IOException {
    Files.setPosixFilePermissions(
        folder.resolve("password.txt"), PosixFilePermissions.fromString("rw-r--r--"));
    assertTrue(finding("WARNING", "password.txt").contains("chmod go-rwx"));
  }

  @Test
  void aWrongPasswordIsAProblemOfItsBackend() throws IOException {
    cli.run("keys", "create", "orders");
    Files.writeString(folder.resolve("password.txt"), "another");
    assertTrue(finding("PROBLEM", "backend local").contains("password"));
    assertEquals(1, cli.run("doctor").code());
  }

  @Test
  void anAliasWithoutAKeyIsAProblem() throws IOException {
    cli.configure("backend.local.password = file:password.txt\nkey.vault = local");
    assertTrue(finding("PROBLEM", "vault").contains("keyhold keys create vault"));
  }

  @Test
  void aConfigurationThatCannotBeReadIsAProblem() throws IOException {
    cli.configure("backend.local.pasword = file:password.txt");
    assertTrue(finding("PROBLEM", "configuration").contains("backend.local.pasword"));
  }

  private String finding(String level, String subject) {
    Cli.Result result = cli.run("doctor", "--json");
    JsonArray findings = JsonParser.parseString(result.out()).getAsJsonArray();
    for (JsonElement element : findings) {
      JsonObject finding = element.getAsJsonObject();
      if (finding.get("level").getAsString().equals(level)
          && finding.get("subject").getAsString().contains(subject)) {
        return finding.toString();
      }
    }
    throw new AssertionError("no " + level + " on " + subject + " in " + result.out());
  }

  @Test
  void theOrderOfProvidersIsExplained() {
    Path config = Path.of("/etc/keyhold.properties");
    assertEquals("NOTE", order(config, "sun.security.provider.Sun"));
    assertEquals("OK", order(config, KEYHOLD + " " + config, "sun.security.provider.Sun"));
    assertEquals("NOTE", order(config, "sun.security.provider.Sun", KEYHOLD + " " + config));
    assertEquals("PROBLEM", order(config, "sun.security.provider.Sun", null, KEYHOLD));
    assertEquals(
        "OK WARNING", order(config, KEYHOLD + " /other.properties", "sun.security.provider.Sun"));
  }

  private static String order(Path config, String... providers) {
    Map<String, String> security = new HashMap<>();
    for (int i = 0; i < providers.length; i++) {
      security.put("security.provider." + (i + 1), providers[i]);
    }
    List<Finding> findings = new JavaCheckup(System::getProperty, security::get).findings(config);
    return String.join(
        " ",
        findings.stream()
            .filter(finding -> finding.subject().equals("java.security"))
            .map(finding -> finding.level().name())
            .toList());
  }
}
