package dev.keyhold.cli.custody;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.keyhold.cli.Cli;
import dev.keyhold.cli.Cli.Result;
import dev.keyhold.custody.proof.made.MadeLog;
import dev.keyhold.custody.proof.made.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say of a charter before it is in force. */
class CharterCommandsTest {
  @TempDir Path folder;
  private Cli cli;
  private final World world = new World();

  @BeforeEach
  void make() throws IOException {
    cli = Cli.in(folder);
  }

  private String file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    return file.toString();
  }

  private Result charter(String... arguments) {
    List<String> all = new ArrayList<>(List.of("custody", "charter"));
    all.addAll(List.of(arguments));
    return cli.runBare(all.toArray(String[]::new));
  }

  @Test
  void checkShowsThePeopleAndTheRule() throws IOException {
    Result result = charter("check", file("charter.txt", world.present().text()));
    assertEquals(0, result.code(), result.err());
    assertTrue(
        result
            .out()
            .contains(
                """
                api opens orders by rule 90: 1 person (1 of oncall), and another one who asks
                  rule 90 open orders by api binding orders tenant * purpose break-glass \
                needs 1 oncall max 30m 200-objects review 5d
                """),
        result.out());
    assertTrue(result.out().contains("id, which is the pin, " + world.pin()), result.out());
    assertTrue(result.out().contains("\nwarning: the owner alice also approves"), result.out());
  }

  /** A draft, its text and the signed note are the same charter. */
  @Test
  void checkReadsDraftsAndNotes() throws IOException {
    String text = world.present().text();
    String draft =
        "# ours\n\n" + text.replace("owners 2 of", "owners   2 of").replace("\n", " # c\n");
    Path note = Files.write(folder.resolve("charter.note"), world.charters().get(0));
    String plain = charter("check", file("charter.txt", text)).out();
    assertEquals(plain, charter("check", file("draft.txt", draft)).out());
    assertEquals(plain, charter("check", note.toString()).out());
  }

  @Test
  void checkWritesJson() throws IOException {
    Result result = charter("check", file("charter.txt", world.present().text()), "--json");
    JsonObject check = JsonParser.parseString(result.out()).getAsJsonObject();
    assertEquals(world.pin(), check.get("id").getAsString());
    JsonObject least = check.get("thresholds").getAsJsonArray().get(0).getAsJsonObject();
    assertEquals("api", least.get("workload").getAsString());
    assertEquals(1, least.get("people").getAsInt());
    assertEquals(90, least.get("rule").getAsInt());
  }

  @Test
  void checkRefusesOneKeyForTwoPersons() throws IOException {
    String text = world.present().text();
    String twice =
        text.replace("group security", "person frank " + world.key("alice") + "\ngroup security");
    Result result = charter("check", file("charter.txt", twice));
    assertEquals(1, result.code());
    assertTrue(
        result.err().contains("frank has the same public key as the person alice"), result.err());
    Result none = charter("check", file("charter.txt", text.replace("group oncall", "group on")));
    assertEquals(1, none.code());
    assertTrue(none.err().contains("rule 90 names the group oncall"), none.err());
    assertEquals(1, none.err().lines().count());
  }

  private Result explain(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("explain"));
    all.add(file("charter.txt", world.present().text()));
    all.addAll(List.of(arguments));
    return charter(all.toArray(String[]::new));
  }

  private Result explainOpen(String workload, String... stated) throws IOException {
    List<String> all = new ArrayList<>();
    all.addAll(List.of("--workload", workload, "--key", "orders", "--op", "unwrap"));
    all.addAll(List.of("--binding", "orders", "--tenant", "acme"));
    all.addAll(List.of(stated));
    return explain(all.toArray(String[]::new));
  }

  @Test
  void explainNamesTheRuleAndThePeople() throws IOException {
    Result two = explainOpen("api", "--purpose", "fraud-review", "--ticket", "INC-7");
    assertEquals(0, two.code(), two.err());
    assertTrue(
        two.out()
            .startsWith(
                "unwrap: rule 10: needs a grant signed by 1 of security and 1 of data-owner"),
        two.out());
    assertTrue(two.out().contains("  1 of data-owner: bob, erin\n"), two.out());
    Result allowed = explainOpen(World.REPORTS);
    assertEquals(0, allowed.code());
    assertTrue(
        allowed.out().startsWith("unwrap: rule 30: allowed, nobody is asked"), allowed.out());
  }

  @Test
  void explainSaysWhatIsMissing() throws IOException {
    Result none = explainOpen("api", "--purpose", "fraud-review");
    assertEquals(1, none.code());
    assertTrue(
        none.out().contains("rule 10: ticket INC-* is required, none was stated"), none.out());
    Result via = explainOpen("reports", "--tenant", "globex");
    assertEquals(2, via.code()); // --tenant stands twice
    Result groups =
        explain("--workload", "api", "--key", World.ORDERS, "--op", "protect", "--binding=orders");
    assertEquals(1, groups.code());
    assertEquals(2, groups.out().lines().filter(line -> line.contains("tenant *")).count());
  }

  @Test
  void explainNamesWhatThereIs() throws IOException {
    Result workload = explain("--workload", "apo", "--key", "orders", "--op", "open");
    assertEquals(1, workload.code());
    assertTrue(workload.err().contains("it has [api, reports]"), workload.err());
    Result key = explain("--workload", "api", "--key", "order", "--op", "open");
    assertTrue(key.err().contains("it has [orders, seal]"), key.err());
    Result operation = explain("--workload", "api", "--key", "orders", "--op", "read");
    assertEquals(2, operation.code());
    assertTrue(operation.err().contains("no operation is called read"), operation.err());
  }

  @Test
  void diffReplaysRecordedUses() throws IOException {
    MadeLog log = new MadeLog(world, World.A1);
    for (int i = 0; i < 3; i++) {
      log.ask(MadeLog.open(World.REPORTS, i).build());
    }
    log.ask(MadeLog.open(World.API, 7).build());
    log.checkpoint(true);
    log.write(folder.resolve("a1"));
    String old = file("old.txt", world.present().text());
    String next =
        file(
            "next.txt",
            world
                .present()
                .text()
                .replace("version 1\n", "version 2\nprevious " + world.pin() + "\n")
                .replace("tenant acme hold 5m", "tenant globex hold 5m"));
    Result result = charter("diff", old, next, "--log", folder.resolve("a1").toString());
    assertEquals(0, result.code(), result.err());
    String rule = " rule 30 open orders by reports binding orders tenant ";
    assertTrue(result.out().contains("\n-" + rule + "acme hold 5m\n"), result.out());
    assertTrue(result.out().contains("\n+" + rule + "globex hold 5m\n"), result.out());
    assertTrue(
        result
            .out()
            .contains(
                "3 x unwrap pkcs11:object=orders by spiffe://acme/ns/bi/sa/reports tenant acme:"
                    + " rule 30: allowed, hold 5m -> denied: no rule\n"
                    + "3 recorded uses and 1 denials: 3 are judged otherwise\n"),
        result.out());
    assertFalse(result.out().contains("warning"), result.out());
  }

  @Test
  void diffSaysWhereTheVersionsDoNotFollow() throws IOException {
    String old = file("old.txt", world.present().text());
    Result result = charter("diff", old, old);
    assertTrue(result.out().contains("version 2, previous " + world.pin()), result.out());
    Result log = charter("diff", old, old, "--log", folder.toString());
    assertEquals(1, log.code());
    assertTrue(log.err().contains("is not the folder of a log"), log.err());
  }
}
