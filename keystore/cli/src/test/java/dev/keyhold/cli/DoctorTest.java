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
import java.util.ArrayList;
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
    assertTrue(finding("warning", "password.txt").contains("chmod go-rwx"));
  }

  @Test
  void aWrongPasswordIsAProblemOfItsBackend() throws IOException {
    cli.run("keys", "create", "orders");
    Files.writeString(folder.resolve("password.txt"), "another");
    assertTrue(finding("problem", "backend local").contains("password"));
    assertEquals(1, cli.run("doctor").code());
  }

  @Test
  void aPlaceholderCertificateIsSaid() throws IOException {
    cli.run("keys", "create", "web", "--algorithm", "EC");
    assertTrue(finding("note", "web").contains("keytool -certreq -alias web"));
  }

  @Test
  void aCertificateOfAnotherKeyIsAProblem() throws Exception {
    cli.run("keys", "create", "web", "--algorithm", "EC");
    Path keyStore = folder.resolve("other.p12");
    keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=other", "-validity", "10", keyStore);
    keytool("-exportcert", "-rfc", "-file", folder.resolve("chain.pem").toString(), keyStore);
    cli.configure(
        "backend.local.password = file:password.txt\nkey.web = local\n"
            + "key.web.certificates = chain.pem");
    assertTrue(finding("problem", "web").contains("for another key"));
    assertTrue(finding("warning", "web").contains("CN=other ends on"));
  }

  private static void keytool(Object... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    for (Object argument : arguments) {
      if (argument instanceof Path keyStore) {
        command.addAll(List.of("-keystore", keyStore.toString(), "-storepass", "changeit"));
      } else {
        command.add(argument.toString());
      }
    }
    command.addAll(List.of("-alias", "other"));
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
  }

  @Test
  void anAliasWithoutAKeyIsAProblem() throws IOException {
    cli.configure("backend.local.password = file:password.txt\nkey.vault = local");
    assertTrue(finding("problem", "vault").contains("keyhold keys create vault"));
  }

  @Test
  void aConfigurationThatCannotBeReadIsAProblem() throws IOException {
    cli.configure("backend.local.pasword = file:password.txt");
    assertTrue(finding("problem", "configuration").contains("backend.local.pasword"));
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
