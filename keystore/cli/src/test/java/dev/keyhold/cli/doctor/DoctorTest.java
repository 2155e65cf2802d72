package dev.keyhold.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.keyhold.cli.Cli;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    assertTrue(result.out().contains("ok       orders: AES-256 at local:orders"), result.out());
    assertTrue(result.out().contains("(software): answers: 1 key listed"), result.out());
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
    assertTrue(finding("note", "web").contains("key.web.certificates"));
  }

  @Test
  void theCommandForACertificateWorksAsItIsPrinted() throws Exception {
    cli.run("keys", "create", "web", "--algorithm", "EC");
    String todo =
        JsonParser.parseString(finding("note", "web")).getAsJsonObject().get("todo").getAsString();
    String command =
        todo.substring(0, todo.indexOf("; have it signed"))
            .replace("$(keyhold providerpath)", System.getProperty("java.class.path"));
    Process keytool =
        new ProcessBuilder("sh", "-c", System.getProperty("java.home") + "/bin/" + command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, keytool.waitFor(), output);
    assertTrue(
        Files.readString(folder.resolve("request.csr")).contains("CERTIFICATE REQUEST"), output);
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

  private static final String TWO =
      """
      backend.local.password = file:password.txt
      backend.us.type = software
      backend.us.file = us.keyhold
      backend.us.password = file:password.txt
      key.orders = any-of(local:eu, us:orders)
      key.eu = local
      %s
      """;

  @Test
  void aKeyThatAnAnyOfLacksIsAProblem() throws IOException {
    cli.configure(TWO.formatted(""));
    assertEquals(0, cli.run("keys", "create", "eu").code());
    String missing = finding("problem", "orders");
    assertTrue(missing.contains("names us:orders, and there is no such key"), missing);
    assertTrue(missing.contains("add key.orders-us = us:orders, then"), missing);
    assertTrue(missing.contains("keyhold keys create orders-us"), missing);
    assertTrue(finding("ok", "orders").contains("AES-256 at local:eu"));

    cli.configure(TWO.formatted("key.orders-us = us:orders"));
    assertTrue(finding("problem", "orders").contains("keyhold keys create orders-us"));
    assertEquals(0, cli.run("keys", "create", "orders-us").code());
    Cli.Result whole = cli.run("doctor");
    assertEquals(0, whole.code(), whole.out());
    assertTrue(whole.out().contains("ok       orders: AES-256 at us:orders"), whole.out());

    cli.run("keys", "disable", "orders-us");
    String disabled = finding("problem", "orders");
    assertTrue(disabled.contains("us:orders is suspended"), disabled);
    assertTrue(disabled.contains("keyhold keys enable orders-us"), disabled);
  }

  @Test
  void ofABackendThatDoesNotAnswerTheKeysAreNotLookedAtAndOthersAre() throws IOException {
    cli.configure(TWO.formatted("key.us-* = us"));
    Files.writeString(folder.resolve("us.keyhold"), "no key file");
    assertEquals(0, cli.run("keys", "create", "eu").code());
    finding("problem", "backend us");
    assertTrue(finding("ok", "orders").contains("local:eu"));
    assertTrue(finding("note", "orders").contains("us:orders was not looked at"));
    assertTrue(finding("note", "key.us-*").contains("not looked at"));
  }

  @Test
  void theBoardIsLookedAt() throws IOException {
    cli.configure("backend.local.password = file:password.txt\nboard = nodir");
    assertTrue(finding("problem", "board").contains("nodir does not exist"));
    Files.writeString(folder.resolve("nodir"), "a file");
    assertTrue(finding("problem", "board").contains("is no directory"));
    Files.delete(folder.resolve("nodir"));
    Files.createDirectory(folder.resolve("nodir"));
    assertTrue(finding("ok", "board").contains("nodir"));
    cli.configure("backend.local.password = file:password.txt\nboard = jdbc:nobody://host/db?p=x");
    String database = finding("warning", "board");
    assertTrue(database.contains("no JDBC driver here takes jdbc:nobody://host/db;"), database);
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
    assertEquals(
        "NOTE", order(config, KEYHOLD + " /other.properties", KEYHOLD + " name=b " + config));
    assertEquals(
        "OK WARNING", order(config, KEYHOLD + " " + config, KEYHOLD + " /other.properties"));
    assertEquals(
        "OK WARNING",
        order(config, KEYHOLD + " name=b " + config, KEYHOLD + " name=Keyhold-b /other"));
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
