package dev.keyhold.cli.explain;

import static dev.keyhold.cli.explain.Explained.at;
import static dev.keyhold.cli.explain.Explained.text;
import static dev.keyhold.cli.explain.Explained.without;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls and dollars, reckoned by hand. */
class ExplainCostTest {
  @TempDir Path folder;
  private Explained aliases;

  @BeforeEach
  void configure() throws IOException {
    aliases = Explained.in(folder);
  }

  @Test
  void oneCallAnObjectIsPaidForEachWay() throws IOException {
    aliases.configure("key.orders = eu");
    JsonObject explanation =
        aliases.explain("orders", "--offline", "--objects", "1e6", "--reads", "1e6");
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
    aliases.configure("key.orders = eu");
    JsonObject explanation =
        aliases.explain(
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
    aliases.configure("key.orders = eu\nkey.orders.data-keys = epoch");
    // 10 a day: each object finds no epoch key that is young enough, nor does each read
    JsonObject plan =
        at(aliases.explain("orders", "--offline", "--objects=10", "--reads=10"), "costs", 0);
    assertEquals(300 + 300 + 300, plan.get("callsPerMonth").getAsLong());
  }

  @Test
  void epochKeysEndByTheirObjectsToo() throws IOException {
    aliases.configure(
        "key.orders = eu\nkey.orders.data-keys = epoch\nkey.orders.max-objects = 1000\n"
            + "key.orders.max-age = 24h");
    // 30,000,000 objects / (0.9 x 1,000) = 33,333.3 epoch keys, each wrapped and checked
    JsonObject plan = at(aliases.explain("orders", "--offline", "--objects=1e6"), "costs", 0);
    assertEquals(66_667, plan.get("callsPerMonth").getAsLong());
  }

  @Test
  void processesShareEpochKeysByABoard() throws IOException {
    aliases.configure("board = board\nkey.orders = eu\nkey.orders.data-keys = epoch");
    JsonObject explanation =
        aliases.explain(
            "orders",
            "--offline",
            "--objects=1e9",
            "--reads=1e9",
            "--processes=2000",
            "--readers=1",
            "--what-if",
            "board=no");
    // a process takes 10,800 keys a month: 21,600,000 in all. There are 8,640 of 300 s each; who
    // makes one wraps it twice and opens it once, the others open it twice; the one reader opens
    // each
    assertEquals(
        2 * (21_600_000 - 8_640) + 3 * 8_640 + 8_640,
        at(explanation, "costs", 0).get("callsPerMonth").getAsLong());
    // each process makes its own: to wrap, to check, to read
    assertEquals(3 * 21_600_000, at(explanation, "costs", 1).get("callsPerMonth").getAsLong());
    assertEquals(
        List.of("writes: go on, each process with epoch keys of its own", "reads: go on"),
        without(explanation, "the board (" + aliases.folder().resolve("board") + ")"));
  }

  @Test
  void tenantsShareNoEpochKey() throws IOException {
    aliases.configure(
        "key.orders = eu\nkey.orders.data-keys = epoch\nkey.orders.tenant = required");
    JsonObject explanation =
        aliases.explain("orders", "--offline", "--objects=1e9", "--tenants=50", "--processes=2");
    // 50 x 2 x 10,800, two calls each
    assertEquals(2_160_000, at(explanation, "costs", 0).get("callsPerMonth").getAsLong());
  }

  @Test
  void purposesShareNoEpochKey() throws IOException {
    aliases.configure(
        "key.orders = eu\nkey.orders.data-keys = epoch\nkey.orders.purpose = required");
    JsonObject explanation =
        aliases.explain("orders", "--offline", "--objects=1e9", "--purposes=50", "--processes=2");
    assertEquals(2_160_000, at(explanation, "costs", 0).get("callsPerMonth").getAsLong());
    JsonObject unsaid = aliases.explain("orders", "--offline", "--objects=1e9");
    assertTrue(unsaid.toString().contains("--purposes says how many"), unsaid.toString());
  }

  @Test
  void theLengthOfAnEpochCanBeSupposed() throws IOException {
    aliases.configure(
        "key.orders = eu\nkey.orders.data-keys = epoch\nkey.orders.max-age = 5m\n"
            + "key.orders.max-stale = 1h");
    JsonObject explanation =
        aliases.explain(
            "orders", "--offline", "--objects=1e6", "--what-if", "max-age=10m,max-stale=2h");
    // half as many as 10,800, two calls each
    assertEquals(10_800, at(explanation, "costs", 1).get("callsPerMonth").getAsLong());
    assertEquals(
        "after 5m at most; in an outage 1h", text(at(explanation, "costs", 0), "revocation"));
    assertEquals(
        "after 10m at most; in an outage 2h", text(at(explanation, "costs", 1), "revocation"));
    assertEquals(
        2, aliases.cli().run("explain", "orders", "--what-if", "max-age=2h,max-stale=1h").code());
    assertEquals(2, aliases.cli().run("explain", "orders", "--what-if", "max-age=soon").code());
    assertEquals(2, aliases.cli().run("explain", "orders", "--what-if", "binding=x").code());
    assertEquals(2, aliases.cli().run("explain", "orders", "--what-if", "data-keys=none").code());
  }

  @Test
  void eachKeyOfAnAnyOfIsWrittenWithAndOneIsReadWith() throws IOException {
    aliases.configure("key.orders = any-of(eu, us)\nkey.former = all-of(eu, hsm)");
    JsonObject plan =
        at(aliases.explain("orders", "--offline", "--objects=100", "--reads=10"), "costs", 0);
    assertEquals(3_300, at(plan, "keys", 0).get("callsPerMonth").getAsLong());
    assertEquals(3_000, at(plan, "keys", 1).get("callsPerMonth").getAsLong());
    assertEquals(100_000, at(plan, "keys", 0).get("quotaPerSecond").getAsInt());
    assertEquals(20_000, at(plan, "keys", 1).get("quotaPerSecond").getAsInt());
    JsonObject all =
        at(aliases.explain("former", "--offline", "--objects=100", "--reads=10"), "costs", 0);
    assertEquals(3_300, at(all, "keys", 0).get("callsPerMonth").getAsLong());
    assertEquals(3_300, at(all, "keys", 1).get("callsPerMonth").getAsLong());
    assertFalse(at(all, "keys", 1).has("callDollars"), "a token has no price");
  }

  @Test
  void aContractsPriceAndAModulesCapacityAreTaken() throws IOException {
    aliases.configure("key.orders = all-of(eu, hsm)");
    JsonObject plan =
        at(
            aliases.explain(
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
    assertEquals(
        2, aliases.cli().run("explain", "orders", "--objects=1", "--quota-per-second=x=1").code());
    assertEquals(2, aliases.cli().run("explain", "orders", "--objects=-1").code());
  }

  @Test
  void aKeyPairIsReckonedByItsUses() {
    aliases.cli().run("keys", "create", "web", "--algorithm", "EC");
    JsonObject explanation = aliases.explain("web", "--objects=10", "--reads=1000");
    JsonObject plan = at(explanation, "costs", 0);
    assertEquals("1 a use", text(plan, "calls"));
    assertEquals(300, plan.get("callsPerMonth").getAsLong()); // verification is local
    assertEquals(List.of("uses of the key: stop"), without(explanation, "backend local"));
    assertEquals(2, aliases.cli().run("explain", "web", "--what-if", "data-keys=epoch").code());
  }
}
