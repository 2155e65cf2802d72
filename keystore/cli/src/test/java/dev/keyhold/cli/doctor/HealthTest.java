package dev.keyhold.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.keyhold.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthTest {
  @TempDir Path folder;
  private Cli cli;

  @BeforeEach
  void configure() throws IOException {
    cli = Cli.in(folder);
    cli.run("keys", "create", "orders");
  }

  @Test
  void aBackendThatAnswersIsReady() {
    Cli.Result result = cli.run("health", "--ready");
    assertEquals(0, result.code(), result.err());
    assertEquals("ready\n  backend local (software) up\n", result.out());
    assertEquals(0, cli.run("health").code());
  }

  @Test
  void aBackendThatDoesNotIsNotReadyButLive() throws IOException {
    Files.writeString(folder.resolve("password.txt"), "another");
    Cli.Result result = cli.run("health", "--ready");
    assertEquals(1, result.code());
    assertTrue(result.out().startsWith("live, not ready\n"), result.out());
    assertTrue(result.out().contains("backend local (software) down: "), result.out());
    assertTrue(result.out().contains("out of reach: key.*"), result.out());
  }

  @Test
  void whetherItIsLiveNoBackendIsAsked() throws IOException {
    Files.writeString(folder.resolve("password.txt"), "another");
    Cli.Result live = cli.run("health", "--live");
    assertEquals(0, live.code());
    assertEquals("live\n", live.out());
    JsonObject json =
        JsonParser.parseString(cli.run("health", "--live", "--json").out()).getAsJsonObject();
    assertEquals("{\"live\":true}", json.toString());
  }

  @Test
  void aConfigurationThatCannotBeReadIsNotReady() throws IOException {
    cli.configure("backend.local.pasword = file:password.txt");
    Cli.Result result = cli.run("health", "--ready");
    assertEquals(1, result.code());
    assertTrue(result.out().contains("backend.local.pasword"), result.out());
  }

  @Test
  void programsReadIt() throws IOException {
    JsonObject health = JsonParser.parseString(cli.run("health", "--json").out()).getAsJsonObject();
    assertTrue(health.get("ready").getAsBoolean());
    JsonObject backend = health.getAsJsonArray("backends").get(0).getAsJsonObject();
    assertEquals("software", backend.get("type").getAsString());
    assertFalse(backend.has("reason"));
  }

  @Test
  void oneQuestionIsAskedAtATime() {
    assertEquals(2, cli.run("health", "--ready", "--live").code());
  }
}
