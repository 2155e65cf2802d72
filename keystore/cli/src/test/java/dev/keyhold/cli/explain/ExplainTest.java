package dev.keyhold.cli.explain;

import static dev.keyhold.cli.explain.Explained.at;
import static dev.keyhold.cli.explain.Explained.text;
import static dev.keyhold.cli.explain.Explained.without;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.keyhold.admin.AliasPolicy;
import dev.keyhold.admin.KeyAddress;
import dev.keyhold.admin.KeySet;
import dev.keyhold.cli.Cli;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.cost.KeyFacts;
import dev.keyhold.cli.cost.Plan;
import dev.keyhold.keystore.Residence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which keys open an alias, and what stops without them. */
class ExplainTest {
  @TempDir Path folder;
  private Explained aliases;

  @BeforeEach
  void configure() throws IOException {
    aliases = Explained.in(folder);
  }

  @Test
  void aKeyIsToldAsItsBackendHasIt() {
    aliases.cli().run("keys", "create", "orders");
    aliases.cli().run("keys", "rotate", "orders");
    JsonObject explanation = aliases.explain("orders");
    assertEquals("local:orders", text(explanation, "newObjects"));
    JsonObject key = at(explanation, "keys", 0);
    assertEquals("file " + aliases.folder().resolve("keys.keyhold"), text(key, "residence"));
    assertEquals("other", text(key, "keeper"));
    JsonObject told = key.get("told").getAsJsonObject();
    assertEquals("AES", text(told, "algorithm"));
    assertEquals("2", text(told, "currentVersion"));
    assertEquals(2, told.get("versions").getAsJsonArray().size());
    assertTrue(text(told, "uri").startsWith("software:"));
    String shown = aliases.cli().run("explain", "orders").out();
    assertTrue(shown.contains("AES-256, for: encrypt, active, versions: 2, current: 2"), shown);
  }

  @Test
  void moduleAndCertificateAreAsConfiguredOrSaidToBeMissing() throws IOException {
    aliases.configure(
        """
        backend.hsm.module = Example HSM 7
        backend.hsm.certificate = FIPS 140-3 level 3, certificate 4703
        key.orders = all-of(hsm, local)
        """);
    JsonObject hsm = at(aliases.explain("orders", "--offline"), "keys", 0);
    assertEquals("own-module", text(hsm, "keeper"));
    assertEquals("Example HSM 7", text(hsm, "module"));
    assertEquals(
        "token vault (" + aliases.folder().resolve("hsm.so") + ")", text(hsm, "residence"));
    String shown = aliases.cli().run("explain", "orders", "--offline").out();
    assertTrue(
        shown.contains("FIPS 140-3 level 3, certificate 4703 (as configured: nobody verifies it)"),
        shown);
    assertTrue(shown.contains("not configured (backend.local.module)"), shown);
    assertTrue(shown.contains("not configured (backend.local.certificate)"), shown);
  }

  @Test
  void offlineNobodyIsAskedAndNoPasswordIsNeeded() throws IOException {
    aliases.cli().run("keys", "create", "orders");
    Files.delete(aliases.folder().resolve("password.txt"));
    JsonObject key = at(aliases.explain("orders", "--offline"), "keys", 0);
    assertFalse(key.has("told"));
    assertFalse(key.has("problem"));
    assertEquals("file " + aliases.folder().resolve("keys.keyhold"), text(key, "residence"));
  }

  @Test
  void aKeyThatDoesNotAnswerIsSaidAndTheOthersAreTold() throws IOException {
    aliases.configure("key.orders = any-of(hsm, local)\nkey.orders.decrypt-with = local:gone");
    assertEquals(1, aliases.cli().run("explain", "orders").code());
    aliases.configure("key.orders = local");
    aliases.cli().run("keys", "create", "orders");
    aliases.configure("key.orders = any-of(hsm, local)\nkey.orders.decrypt-with = local:gone");
    JsonObject explanation = aliases.explain("orders");
    assertTrue(text(at(explanation, "keys", 0), "problem").contains("backend hsm (pkcs11)"));
    assertTrue(text(at(explanation, "keys", 2), "problem").startsWith("not there: "));
  }

  @Test
  void whereAKeyResidesIsSaidAsFarAsItIsKnown() throws IOException {
    aliases.configure(
        """
        backend.any.type = aws-kms
        key.named = any
        key.whole = any:arn:aws:kms:ap-south-1:111122223333:key/mrk-1234
        """);
    assertFalse(at(aliases.explain("named", "--offline"), "keys", 0).has("residence"));
    JsonObject explanation = aliases.explain("whole", "--offline");
    assertEquals("region ap-south-1", text(at(explanation, "keys", 0), "residence"));
    assertEquals(
        List.of("writes: stop", "reads of new objects: stop"),
        without(aliases.explain("named", "--offline"), "backend any"));
  }

  @Test
  void aSuspendedKeyIsNoted() {
    aliases.cli().run("keys", "create", "orders");
    aliases.cli().run("keys", "disable", "orders");
    String shown = aliases.cli().run("explain", "orders").out();
    assertTrue(shown.contains("local:orders is suspended: it is as if lost"), shown);
  }

  @Test
  void anAliasWithoutAKeySaysSoFirst() {
    Cli.Result result = aliases.cli().run("explain", "order");
    assertEquals(ExitCode.FAILED, result.code(), result.err());
    String first = result.out().lines().findFirst().orElse("");
    assertTrue(first.contains("local:order, and there is no such key"), result.out());
    assertEquals(ExitCode.OK, aliases.cli().run("explain", "order", "--offline").code());
  }

  @Test
  void anAliasWithoutALineFails() throws IOException {
    Files.writeString(
        aliases.cli().config(), "backend.local.type = software\nbackend.local.file = k\n");
    assertEquals(ExitCode.CONFIGURATION, aliases.cli().run("explain", "orders").code());
  }

  @Test
  void aSingleKeyLostStopsAll() throws IOException {
    aliases.configure("key.orders = eu");
    assertEquals(
        List.of("writes: stop", "reads of new objects: stop"),
        without(aliases.explain("orders", "--offline"), "backend eu (region eu-west-1)"));
  }

  @Test
  void anAnyOfReadsOnByTheKeyThatIsLeft() throws IOException {
    aliases.configure(
        "key.orders = any-of(eu, us)\nkey.orders.decrypt-with = hsm:root, all-of(us, hsm)");
    JsonObject explanation = aliases.explain("orders", "--offline");
    assertEquals(
        List.of(
            "writes: stop",
            "reads of new objects: go on by us:orders",
            "reads of objects of hsm:root: go on",
            "reads of objects of all-of(us:orders, hsm:orders): go on"),
        without(explanation, "backend eu"));
    assertEquals(
        List.of(
            "writes: go on",
            "reads of new objects: go on",
            "reads of objects of hsm:root: stop; those under an epoch key at hand after 5m at most",
            "reads of objects of all-of(us:orders, hsm:orders): stop; those under an epoch key at"
                + " hand after 5m at most"),
        without(explanation, "backend hsm"));
  }

  @Test
  void aWriteQuorumWritesOnForTheKeysThatAreLeft() {
    List<KeyAddress> keys =
        Stream.of("a", "b", "c").map(name -> new KeyAddress(name, "orders")).toList();
    AliasPolicy policy =
        new AliasPolicy(
            "orders",
            "orders",
            new KeySet(false, KeySet.Rule.ANY_OF, keys),
            2,
            List.of(),
            new AliasPolicy.Epochs(Duration.ofMinutes(5), Duration.ofMinutes(5), 1 << 20),
            false,
            false);
    Residence east = new Residence("region", "east");
    Map<KeyAddress, KeyFacts> facts = new LinkedHashMap<>();
    for (KeyAddress key : keys) {
      Optional<Residence> place = Optional.of(east).filter(p -> !key.backend().equals("a"));
      facts.put(key, new KeyFacts(key, Optional.empty(), Optional.empty(), place));
    }
    Plan plan = Plan.of(policy, false);
    List<String> writes =
        new Losses(policy, plan, facts, 2)
            .all(Optional.empty()).stream()
                .map(loss -> loss.lost() + ": " + loss.effects().get(0).outcome())
                .toList();
    assertEquals(
        List.of(
            "backend a: go on for 2 of 3 keys",
            "backend b (region east): go on for 2 of 3 keys",
            "backend c (region east): go on for 2 of 3 keys",
            "region east: stop"),
        writes);
  }

  @Test
  void epochKeysCarryOverAnOutage() throws IOException {
    aliases.configure(
        "key.orders = all-of(eu, hsm)\nkey.orders.data-keys = epoch\nkey.orders.max-stale = 1h");
    String goesOn = "go on for 1h at most, with the epoch keys at hand; then stop";
    assertEquals(
        List.of("writes: " + goesOn, "reads of new objects: " + goesOn),
        without(aliases.explain("orders", "--offline"), "backend hsm"));
  }

  @Test
  void aRegionTakesAllItsBackendsWithIt() throws IOException {
    aliases.configure(
        "backend.eu2.type = aws-kms\nbackend.eu2.region = eu-west-1\n"
            + "key.orders = any-of(eu, eu2, us)");
    JsonObject explanation = aliases.explain("orders", "--offline");
    JsonArray losses = explanation.get("losses").getAsJsonArray();
    assertEquals(4, losses.size(), losses.toString()); // three backends, one region of two
    assertEquals(
        List.of("writes: stop", "reads of new objects: go on by us:orders"),
        without(explanation, "region eu-west-1"));
    assertEquals(
        List.of("writes: stop", "reads of new objects: go on by eu2:orders, us:orders"),
        without(explanation, "backend eu "));
  }
}
