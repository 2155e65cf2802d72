package dev.keyhold.cli.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdProvider;
import dev.keyhold.cli.Cli;
import dev.keyhold.cli.command.ExitCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a command takes from a secret file is what a configuration reads from the same file. */
@Timeout(300)
class NewPasswordTest {
  private static final String SECRET = "second-Pässword-456";

  @TempDir Path folder;
  private Cli cli;
  private Path given;

  @BeforeEach
  void makeKey() throws IOException {
    cli = Cli.in(folder);
    given = folder.resolve("new.txt");
    assertEquals(0, cli.run("keys", "create", "orders").code());
  }

  private void write(String text) throws IOException {
    Files.writeString(given, text, StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "%s\n", "%s\r\n", "\uFEFF%s\r\n", "\uFEFF%s", " %s \n", "a\n%s\n"})
  void theFileThatSetsAPasswordOpensTheKeyFile(String form) throws IOException {
    write(form.formatted(SECRET));
    Cli.Result changed = cli.run("keys", "password", "--new=" + given);
    assertEquals(0, changed.code(), changed.err());
    cli.configure("backend.local.password = file:new.txt");
    Cli.Result list = cli.run("keys", "list");
    assertTrue(list.out().contains("orders"), list.err());
  }

  private void refused(Cli.Result result, String why) {
    assertEquals(ExitCode.CONFIGURATION, result.code(), result.err());
    assertTrue(result.err().contains(why), result.err());
    assertFalse(result.err().contains(SECRET), result.err());
    assertTrue(cli.run("keys", "list").out().contains("orders"), "changed");
  }

  @Test
  void aFileThatAConfigurationWouldRefuseSetsNoPassword() throws IOException {
    write(SECRET + "\0");
    refused(cli.run("keys", "password", "--new=" + given), "UTF-16");
    Files.writeString(given, SECRET, StandardCharsets.UTF_16);
    refused(cli.run("keys", "password", "--new=" + given), "UTF-16");
    Files.writeString(given, SECRET, StandardCharsets.ISO_8859_1);
    refused(cli.run("keys", "password", "--new=" + given), "not UTF-8");
    write("x1".repeat(2500));
    refused(cli.run("keys", "password", "--new=" + given), "longer");
    write("\r\n");
    refused(cli.run("keys", "password", "--new=" + given), "is empty");
    refused(cli.run("keys", "password", "--new=" + folder), "is a folder");
    refused(cli.run("keys", "password", "--new=" + cli.path("none")), "does not exist");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aFileWithoutAnEndIsRefused() {
    refused(cli.run("keys", "password", "--new=/dev/zero"), "longer");
    String out = cli.path("out.khks");
    refused(cli.run("keystore", "export", out, "--password", "file:/dev/zero"), "longer");
    assertFalse(Files.exists(folder.resolve("out.khks")));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aConfigurationWithoutAnEndIsRefused() {
    Cli.Result list = cli.runBare("keys", "list", "--config", "/dev/zero");
    assertEquals(ExitCode.CONFIGURATION, list.code(), list.err());
    assertTrue(list.err().contains("larger than 4 MiB"), list.err());
    Cli.Result doctor = cli.runBare("doctor", "--config", "/dev/zero");
    assertTrue((doctor.out() + doctor.err()).contains("larger than 4 MiB"), doctor.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\uFEFF" + SECRET, "second-\uFFFDassword-456", "second\0password-456"})
  void whatWasTypedAndNoFileGivesBackIsRefused(String typed) {
    refused(cli.type(typed).run("keys", "password"), "the new password ");
    refused(
        cli.type(typed).run("keystore", "export", cli.path("out.khks")),
        "the password of " + cli.path("out.khks"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "%s\n", "%s\r\n", "\uFEFF%s\r\n"})
  void aKeyStoreFileHasThePasswordThatAConfigurationWouldRead(String form) throws Exception {
    write(form.formatted(SECRET));
    String out = cli.path("out.khks");
    Cli.Result made = cli.run("keystore", "export", out, "--password", "file:" + given);
    assertEquals(0, made.code(), made.err());
    KeyholdProvider provider = new KeyholdProvider();
    try (provider) {
      provider.configure(cli.config().toString());
      KeyStore store = KeyStore.getInstance("Keyhold", provider);
      store.load(new ByteArrayInputStream(Files.readAllBytes(Path.of(out))), SECRET.toCharArray());
      assertTrue(store.containsAlias("orders"));
    }
  }
}
