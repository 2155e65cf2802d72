package dev.keyhold.cli.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.cli.Cli;
import dev.keyhold.cli.command.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tools show once an alias was taken off its key, and how it comes back. */
class RemovedAliasTest {
  @TempDir Path folder;
  private Cli cli;

  @BeforeEach
  void encryptAndRemove() throws Exception {
    cli = Cli.in(folder);
    assertEquals(0, cli.run("keys", "create", "orders").code());
    Files.writeString(folder.resolve("plain"), "needs the old key");
    assertEquals(
        0, cli.run("encrypt", "--key", "orders", cli.path("plain"), cli.path("sealed")).code());
    assertEquals(0, cli.run("keys", "create", "other").code());
    delete("orders");
  }

  private void delete(String alias) throws IOException, GeneralSecurityException {
    try (KeyholdProvider provider = new KeyholdProvider().configure(cli.config().toString())) {
      KeyStore keys = KeyStore.getInstance("Keyhold", provider);
      keys.load(null, null);
      keys.deleteEntry(alias);
      keys.store(null, null);
    }
  }

  private Cli.Result decrypt(String to) {
    return cli.run("decrypt", "--key", "orders", cli.path("sealed"), cli.path(to));
  }

  @Test
  void theKeyIsListedAndGetsItsAliasAgain() throws IOException {
    String listed = cli.run("keys", "list").out();
    assertTrue(listed.contains("- (was orders)  AES-256"), listed);
    JsonObject last =
        JsonParser.parseString(cli.run("keys", "list", "--json").out())
            .getAsJsonArray()
            .get(1)
            .getAsJsonObject();
    assertTrue(last.get("alias") == null || last.get("alias").isJsonNull(), last.toString());
    Cli.Result refused = decrypt("refused");
    assertEquals(ExitCode.FAILED, refused.code());
    assertTrue(refused.err().contains("keyhold keys list"), refused.err());
    assertFalse(refused.err().contains("create"), refused.err());
    assertEquals(0, cli.run("keys", "restore-alias", "orders").code());
    assertEquals(0, decrypt("again").code());
    assertEquals("needs the old key", Files.readString(folder.resolve("again")));
    assertFalse(cli.run("keys", "list").out().contains("was orders"));
  }

  @Test
  void doctorAdvisesToRestoreIt() throws IOException {
    cli.configure("backend.local.password = file:password.txt\nkey.orders = local");
    String said = cli.run("doctor").out();
    assertTrue(said.contains("keyhold keys restore-alias orders"), said);
    assertFalse(said.contains("keys create"), said);
  }

  @Test
  void oneOfSeveralIsNamedByItsUri() throws IOException, GeneralSecurityException {
    assertEquals(0, cli.run("keys", "create", "orders").code());
    delete("orders");
    Cli.Result unclear = cli.run("keys", "restore-alias", "orders");
    assertEquals(ExitCode.FAILED, unclear.code());
    assertTrue(unclear.err().contains("several keys"), unclear.err());
    for (String uri : unclear.err().strip().replaceAll(".*by its URI: ", "").split(", ", -1)) {
      assertEquals(0, cli.run("keys", "restore-alias", "orders", uri).code(), uri);
      if (decrypt("again").code() == 0) {
        return;
      }
      delete("orders");
    }
    throw new AssertionError("neither is the key: " + unclear.err());
  }

  @Test
  void nothingIsRestoredInAnothersPlace() {
    assertEquals(0, cli.run("keys", "create", "orders").code());
    assertEquals(ExitCode.DENIED, cli.run("keys", "restore-alias", "orders").code());
    assertEquals(ExitCode.FAILED, cli.run("keys", "restore-alias", "never-was").code());
    assertEquals(ExitCode.FAILED, cli.run("keys", "restore-alias", "never-was", "x").code());
  }

  @Test
  void anExportedFileOpensAndHoldsWhatWasNamed() throws Exception {
    assertEquals(0, cli.run("keys", "create", "web", "--algorithm", "EC").code());
    String file = cli.path("web.khks");
    String password = "--password=file:" + cli.path("password.txt");
    Cli.Result made = cli.run("keystore", "export", file, "--alias", "web", password);
    assertEquals(0, made.code(), made.err());
    assertEquals(List.of("web"), aliases(file));
    assertEquals(ExitCode.FAILED, cli.run("keystore", "export", file, password).code());
    assertEquals(0, cli.run("keystore", "export", file, password, "--force").code());
    assertEquals(List.of("other", "web"), aliases(file));
    Cli.Result missing =
        cli.run("keystore", "export", cli.path("no.khks"), "--alias", "orders", password);
    assertEquals(ExitCode.FAILED, missing.code());
    assertTrue(missing.err().contains("orders"), missing.err());
    assertFalse(Files.exists(folder.resolve("no.khks")));
    assertEquals(2, cli.run("keystore", "export", file, "--password", "plain").code());
  }

  private List<String> aliases(String file) throws Exception {
    try (KeyholdProvider provider = new KeyholdProvider().configure(cli.config().toString());
        InputStream in = Files.newInputStream(Path.of(file))) {
      KeyStore keys = KeyStore.getInstance("Keyhold", provider);
      keys.load(in, Cli.PASSWORD.toCharArray());
      if (keys.containsAlias("web")) {
        assertEquals(1, keys.getCertificateChain("web").length);
      }
      return Collections.list(keys.aliases()).stream().sorted().toList();
    }
  }
}
