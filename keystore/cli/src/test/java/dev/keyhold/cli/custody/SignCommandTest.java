package dev.keyhold.cli.custody;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.cli.Cli;
import dev.keyhold.cli.Cli.Result;
import dev.keyhold.cli.Main;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.CharterChain;
import dev.keyhold.custody.proof.made.World;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.note.VerifierKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** People sign charters and statements with keys of their own, after they saw what they sign. */
class SignCommandTest {
  private static final String FROM = "2026-11-28T22:00:00Z";
  private static final String UNTIL = "2026-11-29T06:00:00Z";

  @TempDir Path folder;
  private Cli cli;
  private final World world = new World();

  @BeforeEach
  void makeKeys() throws IOException {
    cli = Cli.in(folder);
    assertEquals(0, cli.run("keys", "create", "mine", "--algorithm", "Ed25519").code());
    assertEquals(0, cli.run("keys", "create", "card", "--algorithm", "EC").code());
  }

  private String person(String name, String alias) {
    Result result = cli.run("custody", "person", name, "--key", alias);
    assertEquals(0, result.code(), result.err());
    return result.out();
  }

  private VerifierKey key(String name, String alias) {
    return VerifierKey.parse(person(name, alias).strip().split(" ", 3)[2]);
  }

  private Result sign(String file, String alias, String... more) {
    List<String> all = new ArrayList<>(List.of("custody", "sign", file, "--key", alias));
    all.addAll(List.of(more));
    return cli.run(all.toArray(String[]::new));
  }

  private String file(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
    return cli.path(name);
  }

  private Note note(String name) throws IOException {
    return Note.parse(Files.readAllBytes(folder.resolve(name)));
  }

  private String charter() throws IOException {
    return file(
        "charter.txt",
        """
        # a draft
        keyhold.dev/charter@v1
        name acme
        version 1
        owners 2 of alice bob
        log %s %s   # the first
        %s%s
        key orders software:orders
        workload api spiffe://acme/api
        rule 10 * orders by api
        """
            .formatted(
                World.A1, world.key(World.A1), person("alice", "mine"), person("bob", "card")));
  }

  @Test
  void twoPersonsSignADraftAndItIsACharter() throws IOException {
    String draft = charter();
    cli.answer("charter");
    Result first = sign(draft, "mine");
    assertEquals(0, first.code(), first.err());
    assertTrue(first.out().contains("\nowners 2 of alice bob\n"), first.out());
    assertFalse(first.out().contains("a draft"), first.out());
    assertTrue(first.out().contains("api opens orders by rule 10: nobody is asked"), first.out());
    cli.answer("charter");
    Result second = sign(draft, "card");
    assertEquals(0, second.code(), second.err());
    assertTrue(second.out().contains("has a signature line of alice"), second.out());
    Note note = note("charter.note");
    assertTrue(second.out().contains("charter.note is signed by bob; id " + note.id()));
    Charter charter = new CharterChain(note.id()).check(note);
    assertEquals(Set.of("alice", "bob"), charter.personsOf(note.signers(charter.personKeys())));
    cli.answer("charter");
    Result again = sign(cli.path("charter.note"), "card");
    assertEquals(ExitCode.FAILED, again.code());
    assertTrue(again.err().contains("has a signature by the key bob already"), again.err());
  }

  @Test
  void aCharterNamesTheKeysItIsSignedBy() throws IOException {
    String draft = charter();
    assertEquals(0, cli.run("keys", "create", "other", "--algorithm", "Ed25519").code());
    Result stranger = sign(draft, "other", "--yes");
    assertEquals(ExitCode.FAILED, stranger.code());
    assertTrue(stranger.err().contains("lists the key other for no person"), stranger.err());
    assertFalse(Files.exists(folder.resolve("charter.note")));
    assertEquals(0, sign(draft, "other", "--yes", "--name", "former").code());
    Files.writeString(
        Path.of(draft), Files.readString(Path.of(draft)).replace("name acme", "name acne"));
    Result changed = sign(draft, "mine", "--yes");
    assertEquals(ExitCode.FAILED, changed.code());
    assertTrue(changed.err().contains("is the note of another text"), changed.err());
  }

  private String grant(String tenant, int epochs) throws IOException {
    String text =
        world.grant(
            1,
            FROM,
            UNTIL,
            World.A1 + " objects 500 epochs " + epochs,
            World.B1 + " objects 500 epochs 0");
    return file("grant.txt", text.replace("tenant acme", "tenant " + tenant));
  }

  @Test
  void aGrantIsShownAndTheNumberOfObjectsTyped() throws IOException {
    String grant = grant("m%C3%BCller%20%26%20co", 0);
    cli.answer("1000");
    Result result = sign(grant, "mine", "--name", "dave");
    assertEquals(0, result.code(), result.err());
    assertTrue(result.out().contains("tenant \"m\u00fc[U+00FC]ller & co\""), result.out());
    assertTrue(result.out().contains("reason \"disputed payments\""), result.out());
    assertTrue(result.out().contains("from   2026-11-28T22:00:00Z, here "), result.out());
    assertTrue(result.out().contains("which is 0 d 8 h 0 min"), result.out());
    assertTrue(result.out().contains("api may do open with 1,000 objects of tenant"), result.out());
    Note note = note("grant.note");
    assertEquals(1, note.signers(List.of(key("dave", "mine"))).size());
    cli.answer("1000");
    assertEquals(0, sign(cli.path("grant.note"), "card", "--name", "erin").code());
    assertEquals(
        2, note("grant.note").signers(List.of(key("dave", "mine"), key("erin", "card"))).size());
  }

  @Test
  void whatIsNotTypedIsNotSigned() throws IOException {
    String grant = grant("acme", 0);
    for (String typed : List.of("y", "yes", "500", "")) {
      cli.answer(typed);
      Result result = sign(grant, "mine");
      assertEquals(ExitCode.FAILED, result.code(), typed);
      assertTrue(result.err().contains("nothing was signed"), result.err());
    }
    Result without = sign(grant, "mine"); // no terminal
    assertEquals(ExitCode.USAGE, without.code());
    assertTrue(without.err().contains("--objects NUMBER"), without.err());
    Result yes = sign(grant, "mine", "--yes");
    assertEquals(ExitCode.USAGE, yes.code());
    assertTrue(yes.err().contains("--yes is not for grants"), yes.err());
    assertEquals(ExitCode.FAILED, sign(grant, "mine", "--objects", "500").code());
    assertFalse(Files.exists(folder.resolve("grant.note")));
    assertEquals(0, sign(grant, "mine", "--objects", "1000").code());
  }

  @Test
  void everyTenantAndEpochsAreTypedToo() throws IOException {
    String grant = grant("*", 3);
    cli.answer("1000", "3", "tenant acme");
    assertEquals(ExitCode.FAILED, sign(grant, "mine").code());
    cli.answer("1000", "0");
    assertEquals(ExitCode.FAILED, sign(grant, "mine").code());
    assertEquals(ExitCode.USAGE, sign(grant, "mine", "--objects=1000", "--epochs=3").code());
    assertFalse(Files.exists(folder.resolve("grant.note")));
    cli.answer("1000", "3", "tenant *");
    Result result = sign(grant, "mine");
    assertEquals(0, result.code(), result.err());
    assertTrue(result.out().contains("all objects of 3 epoch keys"), result.out());
    assertTrue(result.out().contains("ANY tenant"), result.out());
  }

  @Test
  void otherStatementsAreConfirmedByTheirName() throws IOException {
    String freeze = file("freeze.txt", world.freeze("workload api", FROM, UNTIL, 4));
    cli.answer("grant");
    assertEquals(ExitCode.FAILED, sign(freeze, "mine").code());
    cli.answer("freeze");
    assertEquals(0, sign(freeze, "mine").code());
    assertEquals(1, note("freeze.note").signers(List.of(key("mine", "mine"))).size());
    Result objects = sign(freeze, "card", "--objects", "1");
    assertEquals(ExitCode.USAGE, objects.code());
    String out = cli.path("elsewhere");
    assertEquals(0, sign(freeze, "card", "--yes", "--out", out).code());
    assertEquals("card", note("elsewhere").signatures().get(0).name());
  }

  @Test
  void whatNobodyWouldAcceptIsNotSigned() throws IOException {
    String text = world.freeze("workload api", FROM, UNTIL, 4);
    Result altered = sign(file("freeze.txt", text.replace("reason alarm", "reason  x")), "mine");
    assertEquals(ExitCode.FAILED, altered.code());
    assertTrue(altered.err().contains("freeze.txt: line "), altered.err());
    assertEquals(0, cli.run("keys", "create", "p384", "--algorithm", "EC", "--size", "384").code());
    assertEquals(0, cli.run("keys", "create", "orders").code());
    for (String alias : List.of("p384", "orders")) {
      Result result = sign(file("freeze.txt", text), alias, "--yes");
      assertEquals(ExitCode.FAILED, result.code());
      assertTrue(result.err().contains("the key " + alias + " is "), result.err());
      assertTrue(result.err().contains("EC keys of 256 bits"), result.err());
    }
    Result name = sign(file("freeze.txt", text), "mine", "--yes", "--name", "a b");
    assertEquals(ExitCode.USAGE, name.code());
    assertFalse(Files.exists(folder.resolve("freeze.note")));
  }

  /** The draft is a charter as soon as what stands in angle brackets is replaced. */
  @Test
  void theDraftOfInitCanBeFilledIn() throws IOException {
    String file = cli.path("draft.txt");
    assertEquals(0, cli.runBare("custody", "charter", "init", file).code());
    assertEquals(ExitCode.FAILED, cli.runBare("custody", "charter", "init", file).code());
    assertEquals(ExitCode.FAILED, cli.runBare("custody", "charter", "check", file).code());
    String text =
        Files.readString(Path.of(file))
            .replace(
                "log <custody.example/a1> <key>", "log " + World.A1 + " " + world.key(World.A1))
            .replace("<64 hexadecimal digits>", "ab".repeat(32));
    for (String name : List.of("alice", "bob", "carol", "dave", "erin")) {
      text = text.replace("person " + name + " <key>", "person " + name + " " + world.key(name));
    }
    Result check = cli.runBare("custody", "charter", "check", file("filled.txt", text));
    assertEquals(0, check.code(), check.err());
    assertTrue(
        check
            .out()
            .contains("api opens orders by rule 10: 2 people (1 of security, 1 of data-owner)"),
        check.out());
  }

  /** In a process without a terminal, with the password in a file. */
  @Test
  @Timeout(300)
  void aProcessWithoutATerminalSignsWhatItWasToldTheNumbersOf() throws Exception {
    String grant = grant("acme", 0);
    assertEquals(ExitCode.USAGE, process(grant));
    assertFalse(Files.exists(folder.resolve("grant.note")));
    assertEquals(0, process(grant, "--objects", "1000"));
    assertEquals(1, note("grant.note").signers(List.of(key("mine", "mine"))).size());
  }

  private int process(String file, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "custody",
                "sign",
                file,
                "--key",
                "mine",
                "--config",
                cli.config().toString()));
    command.addAll(List.of(more));
    return new ProcessBuilder(command)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("output").toFile())
        .start()
        .waitFor();
  }
}
