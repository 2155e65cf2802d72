package dev.keyhold.cli.object;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.keyhold.cli.Cli;
import dev.keyhold.cli.command.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewrapTest {
  @TempDir Path folder;
  private Cli cli;
  private Path objects;

  @BeforeEach
  void makeObjectsAndRotate() throws IOException {
    cli = Cli.in(folder);
    objects = Files.createDirectories(folder.resolve("objects/deep")).getParent();
    Files.writeString(folder.resolve("plain"), "hello");
    assertEquals(0, cli.run("keys", "create", "orders").code());
    for (String name : new String[] {"objects/a", "objects/deep/b"}) {
      assertEquals(0, cli.run("encrypt", "--key", "orders", cli.path("plain"), path(name)).code());
    }
    Files.writeString(objects.resolve("notes.txt"), "notes\n");
    assertEquals(0, cli.run("keys", "rotate", "orders").code());
  }

  private String path(String name) {
    return cli.path(name);
  }

  private Cli.Result rewrap(String... arguments) {
    String[] all = Arrays.copyOf(new String[] {"rewrap", "--key", "orders"}, 3 + arguments.length);
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return cli.run(all);
  }

  private String version(String name) {
    String json = cli.run("inspect", path(name), "--json").out();
    return json.replaceAll("(?s).*\"version\": \"(.*?)\".*", "$1");
  }

  @Test
  void aFolderIsRewrappedOnce() {
    Cli.Result first = rewrap(path("objects"));
    assertEquals(0, first.code(), first.err());
    assertEquals("rewrapped 2, already current 0, no objects 1, failed 0", first.out().strip());
    assertEquals("2", version("objects/a"));
    assertEquals("2", version("objects/deep/b"));
    Cli.Result second = rewrap(path("objects"));
    assertEquals("rewrapped 0, already current 2, no objects 1, failed 0", second.out().strip());
    Cli.Result always = rewrap("--even-current", path("objects/a"));
    assertEquals("rewrapped 1, already current 0, failed 0", always.out().strip());
    assertEquals(
        0, cli.run("decrypt", "--key", "orders", path("objects/a"), path("plain-again")).code());
  }

  @Test
  void aDryRunChangesNothing() throws IOException {
    byte[] before = Files.readAllBytes(objects.resolve("a"));
    Cli.Result result = rewrap("--dry-run", path("objects"));
    assertEquals("would rewrap 2, already current 0, no objects 1, failed 0", result.out().strip());
    assertArrayEquals(before, Files.readAllBytes(objects.resolve("a")));
  }

  @Test
  void whatFailsIsNamedAndEndsNothing() throws IOException {
    byte[] altered = Files.readAllBytes(objects.resolve("a"));
    altered[200] ^= 1;
    Files.write(objects.resolve("a"), altered);
    Cli.Result result = rewrap(path("objects"), path("objects/notes.txt"));
    assertEquals(ExitCode.FAILED, result.code());
    assertEquals("rewrapped 1, already current 0, no objects 1, failed 2", result.out().strip());
    assertEquals(2, result.err().lines().count(), result.err());
    assertTrue(result.err().contains(path("objects/a") + ": "), result.err());
    assertTrue(result.err().contains("tenant, IV or AAD (--verbose says which)"), result.err());
    assertTrue(result.err().contains("no Keyhold object, or one"), result.err());
    assertArrayEquals(altered, Files.readAllBytes(objects.resolve("a")));
    String json = rewrap("--json", path("objects")).out();
    assertTrue(json.contains("\"failed\": [") && json.contains("\"current\": 1"), json);
  }

  @Test
  void aMissingFileOrAliasIsRefusedBeforeAnythingIsChanged() {
    assertEquals(ExitCode.FAILED, rewrap(path("objects"), path("nowhere")).code());
    assertEquals(ExitCode.FAILED, cli.run("rewrap", "--key", "none", path("objects")).code());
    assertEquals(ExitCode.USAGE, cli.run("rewrap", path("objects")).code());
    assertFalse(version("objects/a").equals("2"));
  }

  @Test
  void theQueueIsListedAndAcknowledged() throws Exception {
    assertEquals(ExitCode.CONFIGURATION, cli.run("rewrap", "--queue").code());
    cli.configure("backend.local.password = file:password.txt\nrewrap-queue = queue");
    Cli.Result away = cli.run("rewrap", "--queue", "--json");
    assertEquals(ExitCode.FAILED, away.code(), away.out());
    assertTrue(away.err().contains("queue is not there"), away.err());
    Path queue = Files.createDirectory(folder.resolve("queue"));
    Cli.Result none = cli.run("rewrap", "--queue");
    assertEquals(0, none.code());
    assertTrue(none.out().contains("nothing is pending"), none.out());
    assertEquals("[]", cli.run("rewrap", "--queue", "--json").out().strip());
    byte[] object = Files.readAllBytes(objects.resolve("a"));
    byte[] header = Arrays.copyOf(object, 256);
    String id = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(header));
    String entry =
        "alias=orders\nbinding=orders\nheader=" + Base64.getEncoder().encodeToString(header);
    Files.writeString(queue.resolve(id + ".rewrap"), entry);
    Files.writeString(queue.resolve("0".repeat(64) + ".rewrap"), "damaged");
    String list = cli.run("rewrap", "--queue").out();
    assertTrue(list.contains("orders") && list.contains(id.substring(0, 16)), list);
    assertTrue(list.contains("(unreadable)"), list);
    String json = cli.run("rewrap", "--queue", "--json").out();
    assertTrue(json.contains("\"dataKeys\": \"per-object\""), json);
    assertEquals(2, JsonParser.parseString(json).getAsJsonArray().size(), json);
    assertEquals(ExitCode.USAGE, cli.run("rewrap", "--queue", "--done").code());
    assertEquals(ExitCode.USAGE, cli.run("rewrap", "--queue", path("objects")).code());
    assertEquals(
        "removed 0, kept 0; left 1 that can't be read",
        cli.run("rewrap", "--queue", "--done", "--key", "others").out().strip());
    assertEquals(
        "removed 1, kept 0; left 1 that can't be read",
        cli.run("rewrap", "--queue", "--done", "--key", "orders").out().strip());
    assertFalse(cli.run("rewrap", "--queue").out().contains(id.substring(0, 16)));
    String left = cli.run("rewrap", "--queue", "--key", "orders").out();
    assertTrue(left.contains("(unreadable)"), left);
    Files.writeString(
        cli.config(),
        Files.readString(cli.config()).replace("key.* = local", "key.orders = local"));
    Cli.Result unknown = cli.run("rewrap", "--queue", "--key", "order");
    assertEquals(ExitCode.CONFIGURATION, unknown.code(), unknown.out());
  }

  @Test
  void eachFolderThatIsNamedHasAnObject() throws IOException {
    String unmounted = Files.createDirectory(folder.resolve("unmounted")).toString();
    Cli.Result result = rewrap(path("objects"), unmounted, "--json");
    assertEquals(ExitCode.FAILED, result.code(), result.out());
    assertTrue(result.err().contains("no object was found in " + unmounted + ":"), result.err());
    assertTrue(result.out().contains("\"withoutObject\": [\n    \"" + unmounted), result.out());
    assertEquals("2", version("objects/a"));
  }

  @Test
  void aLinkThatIsNamedIsFollowed() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), objects);
    Cli.Result result = rewrap(link.toString());
    assertEquals(0, result.code(), result.err());
    assertEquals("rewrapped 2, already current 0, no objects 1, failed 0", result.out().strip());
    assertEquals("2", version("objects/deep/b"));
  }

  @Test
  void whatIsSkippedIsNamedAndCounted() throws IOException {
    Files.createDirectory(folder.resolve("elsewhere"));
    Path outside = folder.resolve("elsewhere/c");
    Files.copy(objects.resolve("a"), outside);
    Files.createSymbolicLink(objects.resolve("out"), outside);
    Files.createSymbolicLink(objects.resolve("folder"), outside.getParent());
    Files.createSymbolicLink(objects.resolve("lost"), folder.resolve("nowhere"));
    Files.createSymbolicLink(objects.resolve("inside"), objects.resolve("a"));
    Cli.Result result = rewrap(path("objects"));
    assertEquals(
        "rewrapped 2, already current 0, no objects 1, skipped 3, failed 0", result.out().strip());
    for (String name : new String[] {"objects/out", "objects/folder", "objects/lost"}) {
      assertTrue(result.err().contains("skipped " + path(name) + ": "), result.err());
    }
    assertFalse(result.err().contains("inside"), result.err());
  }

  @Test
  void aRunThatLookedAtNothingIsNoSuccess() throws IOException {
    String empty = Files.createDirectory(folder.resolve("empty")).toString();
    for (String where : new String[] {empty, path("plain")}) {
      Cli.Result result = rewrap(where);
      assertEquals(ExitCode.FAILED, result.code(), result.out());
      assertTrue(result.err().contains(where), result.err());
    }
    Files.writeString(folder.resolve("empty/notes"), "notes");
    assertEquals(ExitCode.FAILED, rewrap("--dry-run", empty).code());
    assertTrue(rewrap(empty).err().contains("no object was found in " + empty));
  }

  @Test
  void whatAKilledRunLeftIsNoObject() throws IOException {
    Path part = objects.resolve(".keyhold-" + "0".repeat(32) + ".part");
    Files.copy(objects.resolve("a"), part);
    Files.copy(objects.resolve("a"), objects.resolve(".b.khrewrap"));
    Cli.Result result = rewrap(path("objects"));
    assertEquals("rewrapped 2, already current 0, no objects 1, failed 0", result.out().strip());
  }
}
