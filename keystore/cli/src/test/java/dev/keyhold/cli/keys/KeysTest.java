package dev.keyhold.cli.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.cli.Cli;
import dev.keyhold.cli.command.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {
  @TempDir Path folder;
  private Cli cli;

  @BeforeEach
  void configure() throws IOException {
    cli = Cli.in(folder);
  }

  private JsonObject json(String... arguments) {
    return JsonParser.parseString(cli.run(arguments).out()).getAsJsonObject();
  }

  @Test
  void aKeyThatWasCreatedIsListed() {
    assertEquals(0, cli.run("keys", "create", "orders").code());
    Cli.Result list = cli.run("keys", "list");
    assertEquals(0, list.code());
    List<String> lines = list.out().lines().toList();
    assertTrue(lines.get(0).startsWith("ALIAS"), list.out());
    assertTrue(lines.get(1).matches("orders +AES-256 +encrypt +active +1 +local +software:.*"));
  }

  @Test
  void theListIsJsonForPrograms() {
    assertEquals(
        0, JsonParser.parseString(cli.run("keys", "list", "--json").out()).getAsJsonArray().size());
    cli.run("keys", "create", "b");
    cli.run("keys", "create", "a", "--algorithm", "HmacSHA384");
    JsonArray keys =
        JsonParser.parseString(cli.run("keys", "list", "--json").out()).getAsJsonArray();
    assertEquals(2, keys.size());
    JsonObject first = keys.get(0).getAsJsonObject();
    assertEquals("a", first.get("alias").getAsString());
    assertEquals("HmacSHA384", first.get("algorithm").getAsString());
    assertEquals(384, first.get("bits").getAsInt());
    assertEquals("mac", first.get("purposes").getAsJsonArray().get(0).getAsString());
    assertEquals("software", first.get("backendType").getAsString());
  }

  @Test
  void rotationMakesAVersionAndKeepsTheOldOne() {
    json("keys", "create", "orders", "--json");
    assertEquals(
        "2", json("keys", "rotate", "orders", "--json").get("currentVersion").getAsString());
    JsonArray versions = json("keys", "show", "orders", "--json").get("versions").getAsJsonArray();
    assertEquals(2, versions.size());
    assertEquals("1", versions.get(0).getAsJsonObject().get("id").getAsString());
    assertEquals("active", versions.get(1).getAsJsonObject().get("state").getAsString());
    String shown = cli.run("keys", "show", "orders").out();
    assertTrue(shown.contains("version 2  active, protects new data"), shown);
  }

  @Test
  void whatAKeySignsWithAreNamesThatSignatureServes() throws Exception {
    for (String kind : List.of("EC", "Ed25519")) {
      String alias = kind.toLowerCase(Locale.ROOT);
      JsonObject key = json("keys", "create", alias, "--algorithm", kind, "--json");
      assertFalse(key.get("signatures").getAsJsonArray().isEmpty());
      try (KeyholdProvider provider = new KeyholdProvider().configure(cli.config().toString())) {
        KeyStore store = KeyStore.getInstance("Keyhold", provider);
        store.load(null, null);
        PrivateKey handle = (PrivateKey) store.getKey(alias, null);
        for (JsonElement name : key.get("signatures").getAsJsonArray()) {
          Signature.getInstance(name.getAsString(), provider).initSign(handle);
        }
      }
      String shown = cli.run("keys", "show", alias).out();
      assertFalse(shown.contains("SHA1with") || shown.contains("protects new data"), shown);
    }
    JsonObject rsa = json("keys", "create", "rsa", "--algorithm", "RSA", "--json");
    assertFalse(rsa.get("signatures").toString().contains("SHA1with"), rsa.toString());
  }

  @Test
  void anAliasThatExistsIsNoMatterOfRights() {
    cli.run("keys", "create", "orders");
    Cli.Result again = cli.run("keys", "create", "orders");
    assertEquals(ExitCode.FAILED, again.code());
    assertTrue(again.err().contains("a key named orders exists already"), again.err());
    assertEquals(1, again.err().lines().count());
  }

  @Test
  void aKeyThatIsNotThereIsAFailure() {
    cli.run("keys", "create", "orders");
    for (String command : List.of("show", "rotate")) {
      Cli.Result result = cli.run("keys", command, "other");
      assertEquals(ExitCode.FAILED, result.code());
      assertTrue(result.err().contains("other"), result.err());
    }
  }

  @Test
  void whatTheBackendCannotHoldIsWrongUsage() {
    assertEquals(2, cli.run("keys", "create", "").code());
    assertEquals(2, cli.run("keys", "create", "a", "--size", "100").code());
    assertEquals(2, cli.run("keys", "create", "a", "--size", "-1").code());
    assertEquals(2, cli.run("keys", "create", "a", "--purpose", "mac").code());
    assertEquals(2, cli.run("keys", "create", "a", "--algorithm", "DES").code());
    assertEquals("", cli.run("keys", "list").out());
  }

  @Test
  void aPurposeIsTaken() {
    JsonObject made = json("keys", "create", "vault", "--purpose", "key-wrap", "--json");
    assertEquals("key-wrap", made.get("purposes").getAsJsonArray().get(0).getAsString());
    assertEquals(made, json("keys", "show", "vault", "--json"));
    JsonObject kem = json("keys", "create", "inbox", "--algorithm", "ml-kem-768", "--json");
    assertEquals("decapsulate", kem.get("purposes").getAsJsonArray().get(0).getAsString());
    Cli.Result rotated = cli.run("keys", "rotate", "vault");
    assertTrue(rotated.err().contains("can't be rotated"), rotated.err());
    assertEquals(
        2, cli.run("keys", "create", "a", "--algorithm", "EC", "--purpose", "key-wrap").code());
  }

  @Test
  void ofSeveralKeysOneIsMadeByAnAliasOfItsOwn() throws IOException {
    String lines =
        "backend.local.password = file:password.txt\nkey.pay = any-of(local:a, local:b)\n";
    cli.configure(lines);
    Cli.Result refused = cli.run("keys", "create", "pay");
    assertEquals(ExitCode.FAILED, refused.code());
    assertTrue(refused.err().contains("such as key.pay-local-a = local:a, and"), refused.err());
    cli.configure(lines + "key.pay-local-a = local:a");
    assertEquals(0, cli.run("keys", "create", "pay-local-a").code());
  }

  @Test
  void aSizeIsTaken() {
    JsonObject key =
        json("keys", "create", "a", "--purpose", "key-wrap", "--size", "128", "--json");
    assertEquals(128, key.get("bits").getAsInt());
  }

  @Test
  void anEmptyListSaysHowToGoOn() {
    Cli.Result list = cli.run("keys", "list");
    assertEquals(0, list.code());
    assertEquals("", list.out());
    assertTrue(list.err().contains("keys create"), list.err());
  }

  @Test
  void aMissingPasswordIsAskedForOnATerminal() throws IOException {
    cli.run("keys", "create", "orders");
    cli.configure("");
    assertEquals(ExitCode.CONFIGURATION, cli.run("keys", "list").code());
    assertEquals(ExitCode.CONFIGURATION, cli.type("wrong-password").run("keys", "list").code());
    Cli.Result list = cli.type(Cli.PASSWORD).run("keys", "list");
    assertEquals(0, list.code(), list.err());
    assertTrue(list.out().contains("orders"));
    assertFalse(list.err().contains(Cli.PASSWORD));
  }

  @Test
  void aKeyIsPurgedOnlyOnceItsTimeHasComeAndOnAClockThatIsRight() {
    cli.run("keys", "create", "orders");
    assertEquals(4, cli.run("keys", "purge", "orders").code());
    assertEquals(0, cli.run("keys", "destroy", "orders", "--in", "30d").code());
    Cli.Result early = cli.run("keys", "purge", "orders");
    assertEquals(4, early.code());
    assertTrue(early.err().contains("destroyed at"), early.err());
    Cli.Result other = cli.run("keys", "purge", "orders", "--today", "2020-01-01");
    assertEquals(2, other.code());
    assertTrue(other.err().contains("set the clock"), other.err());
    assertEquals(0, cli.run("keys", "restore", "orders").code());
  }

  @Test
  void aKeyThatWrapsDataKeysHasAsManyBits() {
    Cli.Result refused = cli.run("keys", "create", "orders", "--size", "128");
    assertFalse(refused.code() == 0, refused.out());
    assertTrue(refused.err().contains("256 bits"), refused.err());
  }

  @Test
  void thePasswordIsChangedToAGeneratedOne() throws IOException {
    cli.run("keys", "create", "orders");
    Path made = folder.resolve("new-password.txt");
    Cli.Result changed = cli.run("keys", "password", "--generate=" + made);
    assertEquals(0, changed.code(), changed.err());
    assertTrue(changed.out().contains(".backup"), changed.out());
    String password = Files.readString(made).strip();
    assertFalse(changed.out().contains(password));
    assertEquals(ExitCode.CONFIGURATION, cli.run("keys", "list").code());
    cli.configure("backend.local.password = file:new-password.txt");
    assertTrue(cli.run("keys", "list").out().contains("orders"));
    Cli.Result current = cli.run("keys", "upgrade");
    assertEquals(0, current.code(), current.err());
    assertTrue(current.out().contains("Argon2id"), current.out());
  }

  @Test
  void aWaitIsANumberOfDays() {
    cli.run("keys", "create", "orders");
    assertEquals(2, cli.run("keys", "destroy", "orders").code());
    Cli.Result wrong = cli.run("keys", "destroy", "orders", "--in", "30");
    assertEquals(2, wrong.code());
    assertTrue(wrong.err().contains("30d"), wrong.err());
  }
}
