package dev.keyhold.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.keyhold.KeyholdProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a key file that was not made yet, or is lost: nobody can tell the two apart. */
class MissingKeyFileTest {
  @TempDir Path folder;
  private Cli cli;
  private Path file;

  @BeforeEach
  void configure() throws IOException {
    cli = Cli.in(folder);
    file = folder.resolve("keys.keyhold");
  }

  private void lose() throws IOException {
    assertEquals(0, cli.run("keys", "create", "orders").code());
    Files.move(file, folder.resolve("k.bak"));
  }

  private void assertTold(String text) {
    assertTrue(text.contains("there is no file at " + file), text);
    assertTrue(text.contains("keyhold keys create ALIAS makes it"), text);
    assertTrue(text.contains("restore a backup"), text);
  }

  @Test
  void aLostFileIsNotReady() throws IOException {
    lose();
    Cli.Result health = cli.run("health", "--ready");
    assertEquals(1, health.code(), health.out());
    assertTrue(health.out().startsWith("live, not ready\n"), health.out());
    assertTold(health.out());
    assertEquals(0, cli.run("health", "--live").code());
  }

  @Test
  void norIsItWhereAnExactAliasNamesTheKey() throws IOException {
    lose();
    cli.configure("backend.local.password = file:password.txt\nkey.orders = local");
    Cli.Result health = cli.run("health");
    assertEquals(1, health.code(), health.out());
    assertTold(health.out());
  }

  @Test
  void norForAnApplication() throws IOException {
    lose();
    try (KeyholdProvider provider = new KeyholdProvider().configure(cli.config().toString())) {
      assertFalse(provider.health().ready());
      assertTold(provider.health().backends().get(0).reason().orElseThrow());
    }
  }

  @Test
  void doctorCallsALostFileAProblem() throws IOException {
    lose();
    Cli.Result doctor = cli.run("doctor");
    assertEquals(1, doctor.code(), doctor.out());
    assertTold(doctor.out());
    assertFalse(doctor.out().contains("answers: 0 keys"), doctor.out());
  }

  @Test
  void theListTellsThatThereIsNoFile() throws IOException {
    lose();
    Cli.Result list = cli.run("keys", "list");
    assertTold(list.err());
    assertFalse(list.err().contains("There is no key yet"), list.err());
    Cli.Result json = cli.run("keys", "list", "--json");
    assertEquals(0, JsonParser.parseString(json.out()).getAsJsonArray().size());
    assertTold(json.err());
  }

  @Test
  void theFirstKeyMakesTheFile() {
    Cli.Result list = cli.run("keys", "list");
    assertEquals(0, list.code());
    assertTold(list.err());
    assertEquals(0, cli.run("keys", "create", "orders").code());
    assertEquals(0, cli.run("health").code());
    assertEquals("", cli.run("keys", "list").err());
  }

  @Test
  void anotherBackendThatOpensAloneIsEnough() throws IOException {
    cli.configure(
        """
        backend.local.password = file:password.txt
        backend.other.type = software
        backend.other.file = other.keyhold
        backend.other.password = file:password.txt
        key.pay = any-of(local, other)
        key.mine = other
        """);
    assertEquals(0, cli.run("keys", "create", "mine").code());
    String health = cli.run("health").out();
    assertTrue(health.contains("backend other (software) up"), health);
    assertFalse(health.contains("out of reach: key.pay"), health);
    assertTrue(health.contains("out of reach: key.*"), health);
  }
}
