package dev.keyhold.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainTest {
  private static final String LOCAL = "backend.local.password = file:password.txt\n";

  /** Two regions of AWS KMS and a token; nothing of it is there. */
  private static final String FAR =
      """
      backend.eu.type = aws-kms
      backend.eu.region = eu-west-1
      backend.us.type = aws-kms
      backend.us.region = us-east-2
      backend.hsm.type = pkcs11
      backend.hsm.library = hsm.so
      backend.hsm.token = vault
      """;

  @TempDir Path folder;
  private Cli cli;

  @BeforeEach
  void configure() throws IOException {
    cli = Cli.in(folder);
    Files.writeString(folder.resolve("hsm.so"), "no library: nobody asks it");
  }

  private void configure(String lines) throws IOException {
    cli.configure(LOCAL + FAR + lines);
  }

  private JsonObject explain(String... arguments) {
    List<String> all = new ArrayList<>(List.of("explain", "--json"));
    all.addAll(List.of(arguments));
    Cli.Result result = cli.run(all.toArray(String[]::new));
    assertEquals(0, result.code(), result.err());
    return JsonParser.parseString(result.out()).getAsJsonObject();
  }

  private static JsonObject at(JsonObject object, String list, int index) {
    return object.get(list).getAsJsonArray().get(index).getAsJsonObject();
  }

  private static String text(JsonObject object, String name) {
    return object.get(name).getAsString();
  }

  /** What the loss of something means, use by use. */
  private static List<String> without(JsonObject explanation, String lost) {
    for (JsonElement loss : explanation.get("losses").getAsJsonArray()) {
      if (text(loss.getAsJsonObject(), "lost").startsWith(lost)) {
        List<String> effects = new ArrayList<>();
        for (JsonElement effect : loss.getAsJsonObject().get("effects").getAsJsonArray()) {
          JsonObject told = effect.getAsJsonObject();
          effects.add(text(told, "use") + ": " + text(told, "outcome"));
        }
        return effects;
      }
    }
    throw new AssertionError("no loss of " + lost + " in " + explanation);
  }

  @Test
  void aKeyIsToldAsItsBackendHasIt() {
    cli.run("keys", "create", "orders");
    cli.run("keys", "rotate", "orders");
    JsonObject explanation = explain("orders");
    assertEquals("local:orders", text(explanation, "newObjects"));
    JsonObject key = at(explanation, "keys", 0);
    assertEquals("file " + folder.resolve("keys.keyhold"), text(key, "residence"));
    assertEquals("other", text(key, "keeper"));
    JsonObject told = key.get("told").getAsJsonObject();
    assertEquals("AES", text(told, "algorithm"));
    assertEquals("2", text(told, "currentVersion"));
    assertEquals(2, told.get("versions").getAsJsonArray().size());
    assertTrue(text(told, "uri").startsWith("software:"));
    String shown = cli.run("explain", "orders").out();
    assertTrue(shown.contains("AES-256, for: encrypt, active, versions: 2, current: 2"), shown);
  }

  @Test
  void moduleAndCertificateAreAsConfiguredOrSaidToBeMissing() throws IOException {
    configure(
        """
        backend.hsm.module = Example HSM 7
        backend.hsm.certificate = FIPS 140-3 level 3, certificate 4703
        key.orders = all-of(hsm, local)
        """);
    JsonObject hsm = at(explain("orders", "--offline"), "keys", 0);
    assertEquals("own-module", text(hsm, "keeper"));
    assertEquals("Example HSM 7", text(hsm, "module"));
    assertEquals("token vault (" + folder.resolve("hsm.so") + ")", text(hsm, "residence"));
    String shown = cli.run("explain", "orders", "--offline").out();
    assertTrue(
        shown.contains("FIPS 140-3 level 3, certificate 4703 (as configured: nobody verifies it)"),
        shown);
    assertTrue(shown.contains("not configured (backend.local.module)"), shown);
    assertTrue(shown.contains("not configured (backend.local.certificate)"), shown);
  }

  @Test
  void offlineNobodyIsAskedAndNoPasswordIsNeeded() throws IOException {
    cli.run("keys", "create", "orders");
    Files.delete(folder.resolve("password.txt"));
    JsonObject key = at(explain("orders", "--offline"), "keys", 0);
    assertFalse(key.has("told"));
    assertFalse(key.has("problem"));
    assertEquals("file " + folder.resolve("keys.keyhold"), text(key, "residence"));
  }

  @Test
  void aKeyThatDoesNotAnswerIsSaidAndTheOthersAreTold() throws IOException {
    configure("key.orders = any-of(hsm, local)\nkey.orders.decrypt-with = local:gone");
    cli.run("keys", "create", "other");
    Files.copy(folder.resolve("keys.keyhold"), folder.resolve("copy.keyhold"));
    JsonObject explanation = explain("orders");
    assertTrue(text(at(explanation, "keys", 0), "problem").contains("backend hsm (pkcs11)"));
    assertTrue(text(at(explanation, "keys", 2), "problem").startsWith("not there: "));
  }

  @Test
  void oneCallAnObjectIsPaidForEachWay() throws IOException {
    configure("key.orders = eu");
    JsonObject explanation = explain("orders", "--offline", "--objects", "1e6", "--reads", "1e6");
    JsonObject cost = at(at(explanation, "costs", 0), "keys", 0);
    // (1,000,000 + 1,000,000) x 30 days; $0.03 for 10,000
    assertEquals(60_000_000, cost.get("callsPerMonth").getAsLong());
    assertEquals(180.00, cost.get("callDollars").getAsDouble(), 1e-6);
    assertEquals(1.00, cost.get("keyDollars").getAsDouble(), 1e-6);
    // 60,000,000 / 2,592,000 s = 23.148 a second, ten times that at the peak, of 100,000
    assertEquals(231.481, cost.get("peakPerSecond").getAsDouble(), 1e-3);
    assertEquals(0.00231481, cost.get("quotaShare").getAsDouble(), 1e-8);
    assertEquals("at the next use", text(at(explanation, "costs", 0), "revocation"));
  }

  @Test
  void epochKeysAreSetBesideIt() throws IOException {
    configure("key.orders = eu");
    JsonObject explanation =
        explain(
            "orders",
            "--offline",
            "--objects=1000000",
            "--reads=1000000",
            "--processes=20",
            "--what-if",
            "data-keys=epoch");
    assertEquals(2, explanation.get("costs").getAsJsonArray().size());
    JsonObject plan = at(explanation, "costs", 1);
    assertEquals("data-keys=epoch, max-age=5m", text(plan, "plan"));
    // 2,592,000 s / (0.8 x 300 s) = 10,800 epoch keys a process, 216,000 in all: one call to wrap
    // each, one to check it; 20 readers x 216,000 = 4,320,000 to read
    assertEquals(4_752_000, plan.get("callsPerMonth").getAsLong());
    assertEquals(14.256, at(plan, "keys", 0).get("callDollars").getAsDouble(), 1e-6);
    assertEquals("after 5m at most", text(plan, "revocation"));
    assertTrue(text(plan, "outage").startsWith("goes on for 5m at most"));
    assertTrue(
        explanation.get("notes").toString().contains("key.orders.decrypt-with lists eu:orders"),
        explanation.toString());
  }

  @Test
  void epochKeysAreNeverMoreThanTheirObjects() throws IOException {
    configure("key.orders = eu\nkey.orders.data-keys = epoch");
    // 10 a day: each object finds no epoch key that is young enough, nor does each read
    JsonObject plan = at(explain("orders", "--offline", "--objects=10", "--reads=10"), "costs", 0);
    assertEquals(300 + 300 + 300, plan.get("callsPerMonth").getAsLong());
  }

  @Test
  void epochKeysEndByTheirObjectsToo() throws IOException {
    configure(
        "key.orders = eu\nkey.orders.data-keys = epoch\nkey.orders.max-objects = 1000\n"
            + "key.orders.max-age = 24h");
    // 30,000,000 objects / (0.9 x 1,000) = 33,333.3 epoch keys, each wrapped and checked
    JsonObject plan = at(explain("orders", "--offline", "--objects=1e6"), "costs", 0);
    assertEquals(66_667, plan.get("callsPerMonth").getAsLong());
  }

  @Test
  void theLengthOfAnEpochCanBeSupposed() throws IOException {
    configure(
        "key.orders = eu\nkey.orders.data-keys = epoch\nkey.orders.max-age = 5m\n"
            + "key.orders.max-stale = 1h");
    JsonObject explanation =
        explain("orders", "--offline", "--objects=1e6", "--what-if", "max-age=10m,max-stale=2h");
    // half as many as 10,800, two calls each
    assertEquals(10_800, at(explanation, "costs", 1).get("callsPerMonth").getAsLong());
    assertEquals(
        "after 5m at most; in an outage 1h", text(at(explanation, "costs", 0), "revocation"));
    assertEquals(
        "after 10m at most; in an outage 2h", text(at(explanation, "costs", 1), "revocation"));
    assertEquals(2, cli.run("explain", "orders", "--what-if", "max-age=2h,max-stale=1h").code());
    assertEquals(2, cli.run("explain", "orders", "--what-if", "max-age=soon").code());
    assertEquals(2, cli.run("explain", "orders", "--what-if", "binding=x").code());
    assertEquals(2, cli.run("explain", "orders", "--what-if", "data-keys=none").code());
  }

  @Test
  void eachKeyOfAnAnyOfIsWrittenWithAndOneIsReadWith() throws IOException {
    configure("key.orders = any-of(eu, us)\nkey.former = all-of(eu, hsm)");
    JsonObject plan = at(explain("orders", "--offline", "--objects=100", "--reads=10"), "costs", 0);
    assertEquals(3_300, at(plan, "keys", 0).get("callsPerMonth").getAsLong());
    assertEquals(3_000, at(plan, "keys", 1).get("callsPerMonth").getAsLong());
    assertEquals(100_000, at(plan, "keys", 0).get("quotaPerSecond").getAsInt());
    assertEquals(20_000, at(plan, "keys", 1).get("quotaPerSecond").getAsInt());
    JsonObject all = at(explain("former", "--offline", "--objects=100", "--reads=10"), "costs", 0);
    assertEquals(3_300, at(all, "keys", 0).get("callsPerMonth").getAsLong());
    assertEquals(3_300, at(all, "keys", 1).get("callsPerMonth").getAsLong());
    assertFalse(at(all, "keys", 1).has("callDollars"), "a token has no price");
  }

  @Test
  void aContractsPriceAndAModulesCapacityAreTaken() throws IOException {
    configure("key.orders = all-of(eu, hsm)");
    JsonObject plan =
        at(
            explain(
                "orders",
                "--offline",
                "--objects=864000",
                "--peak=2",
                "--price-per-10000=0.02",
                "--quota-per-second=500",
                "--quota-per-second=hsm=40"),
            "costs",
            0);
    // 864,000 a day are 10 a second, 20 in the busiest one; 25,920,000 a month
    assertEquals(51.84, at(plan, "keys", 0).get("callDollars").getAsDouble(), 1e-6);
    assertEquals(0.04, at(plan, "keys", 0).get("quotaShare").getAsDouble(), 1e-9);
    assertEquals(0.5, at(plan, "keys", 1).get("quotaShare").getAsDouble(), 1e-9);
    assertFalse(at(plan, "keys", 1).has("callDollars"));
    assertEquals(2, cli.run("explain", "orders", "--objects=1", "--quota-per-second=x=1").code());
    assertEquals(2, cli.run("explain", "orders", "--objects=-1").code());
  }

  @Test
  void aSingleKeyLostStopsAll() throws IOException {
    configure("key.orders = eu");
    assertEquals(
        List.of("writes: stop", "reads of new objects: stop"),
        without(explain("orders", "--offline"), "backend eu (region eu-west-1)"));
  }

  @Test
  void anAnyOfReadsOnByTheKeyThatIsLeft() throws IOException {
    configure("key.orders = any-of(eu, us)\nkey.orders.decrypt-with = hsm:root, all-of(us, hsm)");
    JsonObject explanation = explain("orders", "--offline");
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
  void epochKeysCarryOverAnOutage() throws IOException {
    configure(
        "key.orders = all-of(eu, hsm)\nkey.orders.data-keys = epoch\nkey.orders.max-stale = 1h");
    String goesOn = "go on for 1h at most, with the epoch keys at hand; then stop";
    assertEquals(
        List.of("writes: " + goesOn, "reads of new objects: " + goesOn),
        without(explain("orders", "--offline"), "backend hsm"));
  }

  @Test
  void aRegionTakesAllItsBackendsWithIt() throws IOException {
    configure(
        "backend.eu2.type = aws-kms\nbackend.eu2.region = eu-west-1\n"
            + "key.orders = any-of(eu, eu2, us)");
    JsonObject explanation = explain("orders", "--offline");
    JsonArray losses = explanation.get("losses").getAsJsonArray();
    assertEquals(4, losses.size(), losses.toString()); // three backends, one region of two
    assertEquals(
        List.of("writes: stop", "reads of new objects: go on by us:orders"),
        without(explanation, "region eu-west-1"));
    assertEquals(
        List.of("writes: stop", "reads of new objects: go on by eu2:orders, us:orders"),
        without(explanation, "backend eu "));
  }

  @Test
  void aKeyPairIsReckonedByItsUses() {
    cli.run("keys", "create", "web", "--algorithm", "EC");
    JsonObject explanation = explain("web", "--objects=10", "--reads=1000");
    JsonObject plan = at(explanation, "costs", 0);
    assertEquals("1 a use", text(plan, "calls"));
    assertEquals(300, plan.get("callsPerMonth").getAsLong()); // verification is local
    assertEquals(List.of("uses of the key: stop"), without(explanation, "backend local"));
    assertEquals(2, cli.run("explain", "web", "--what-if", "data-keys=epoch").code());
  }

  @Test
  void aSuspendedKeyIsNoted() {
    cli.run("keys", "create", "orders");
    cli.run("keys", "disable", "orders");
    String shown = cli.run("explain", "orders").out();
    assertTrue(shown.contains("local:orders is suspended: it is as if lost"), shown);
  }

  @Test
  void anAliasWithoutALineFails() throws IOException {
    Files.writeString(cli.config(), "backend.local.type = software\nbackend.local.file = k\n");
    assertEquals(ExitCode.CONFIGURATION, cli.run("explain", "orders").code());
  }
}
