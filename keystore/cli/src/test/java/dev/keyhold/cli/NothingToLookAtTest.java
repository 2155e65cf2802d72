package dev.keyhold.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.cli.command.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands say where a configuration gives them nothing to look at. */
class NothingToLookAtTest {
  private static final String BACKEND =
      """
      backend.local.type = software
      backend.local.file = keys.keyhold
      backend.local.password = file:password.txt
      """;

  @TempDir Path folder;
  private Cli cli;

  @BeforeEach
  void makeKeys() throws IOException {
    cli = Cli.in(folder);
    cli.run("keys", "create", "orders");
    cli.run("keys", "create", "pay");
  }

  private void configure(String text) throws IOException {
    Files.writeString(cli.config(), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keys list",
        "keys list --json",
        "health",
        "health --ready --json",
        "doctor",
        "doctor --json",
        "keystore export ks.khks --password file:FOLDER/password.txt",
        "keys upgrade",
        "keys show orders",
        "rewrap --queue --key orders",
        "explain orders"
      })
  void aConfigurationWithoutABackendIsNoSuccess(String line) throws IOException {
    configure("rewrap-queue = .\n");
    Cli.Result result = cli.run(line.replace("FOLDER", folder.toString()).split(" "));
    assertFalse(result.code() == 0, result.out() + result.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"keys list", "health", "doctor", "keys show orders", "explain orders"})
  void norIsOneWithoutAnAlias(String line) throws IOException {
    configure(BACKEND);
    Cli.Result result = cli.run(line.split(" "));
    assertFalse(result.code() == 0, result.out() + result.err());
    assertTrue((result.out() + result.err()).contains("key."), result.out() + result.err());
  }

  @Test
  void itSaysWhatIsLacking() throws IOException {
    configure("");
    Cli.Result list = cli.run("keys", "list");
    assertEquals(ExitCode.CONFIGURATION, list.code());
    assertTrue(list.err().contains("names no backend"), list.err());
    assertFalse(list.err().contains("keys create"), list.err());
    assertTrue(cli.run("health").out().startsWith("live, not ready\n"));
    assertEquals(0, cli.run("health", "--live").code());
  }

  @Test
  void keysThatNoLineCoversAreCounted() throws IOException {
    configure(BACKEND + "key.order = local\n");
    Cli.Result list = cli.run("keys", "list");
    assertTrue(list.err().contains("not listed: 2 keys of backend local"), list.err());
    Cli.Result doctor = cli.run("doctor");
    assertTrue(doctor.out().contains("not looked at: 2 keys"), doctor.out());
    configure(BACKEND + "key.a = local:orders\nkey.pay = local\n");
    assertFalse(cli.run("keys", "list").err().contains("not listed"));
    assertFalse(cli.run("doctor").out().contains("not looked at"));
  }

  @Test
  void aKeyWhoseNameIsRoutedToAnotherIsCounted() throws IOException {
    configure(BACKEND + "key.orders = local:ordres\nkey.* = local\n");
    assertHidden(cli.run("keys", "list").err(), "not listed: 1 key of backend local", "orders");
    assertHidden(cli.run("doctor").out(), "not looked at: 1 key", "orders");
    configure(BACKEND + "key.pay = local:pya\nkey.orders = local:ordres\n");
    Cli.Result list = cli.run("keys", "list");
    assertHidden(list.err(), "not listed: 2 keys of backend local", "orders, pay");
    assertFalse(list.err().contains("There is no key yet"), list.err());
  }

  private static void assertHidden(String text, String count, String names) {
    assertTrue(text.contains(count), text);
    assertTrue(text.contains("whose names the configuration routes to other keys: " + names), text);
  }

  @Test
  void aBackendWithoutAKeyIsNotAsItShouldBe() throws IOException {
    configure(BACKEND.replace("keys.keyhold", "new.keyhold") + "key.* = local\n");
    String doctor = cli.run("doctor").out();
    assertTrue(doctor.contains("warning  keys: no alias has a key: none was looked at"), doctor);
  }
}
