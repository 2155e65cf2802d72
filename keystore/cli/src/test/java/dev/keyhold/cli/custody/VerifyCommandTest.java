package dev.keyhold.cli.custody;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.keyhold.cli.Cli;
import dev.keyhold.cli.Cli.Result;
import dev.keyhold.cli.Main;
import dev.keyhold.custody.proof.made.MadeFolders;
import dev.keyhold.custody.proof.made.MadeLog;
import dev.keyhold.custody.proof.made.RandomLog;
import dev.keyhold.custody.proof.made.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code custody verify} says what the verifier finds, and needs no configuration. */
class VerifyCommandTest {
  @TempDir Path folder;
  private Cli cli;

  @BeforeEach
  void make() throws IOException {
    cli = Cli.in(folder);
  }

  /** Whole and faulty logs, with mirrors and a second log: every finding and notice is there. */
  @Test
  void itTellsEachFindingAndNotice() throws IOException {
    for (int seed = 0; seed < 16; seed++) {
      Path made = folder.resolve("made" + seed);
      MadeFolders.make(made, seed);
      List<String> arguments = new ArrayList<>(List.of("custody", "verify"));
      arguments.addAll(List.of("--pin", Files.readString(made.resolve("pin")).strip()));
      arguments.add(made.resolve("a1").toString());
      if (Files.isDirectory(made.resolve("a1.mirror"))) {
        arguments.addAll(List.of("--mirror", made.resolve("a1.mirror").toString()));
      }
      if (Files.isDirectory(made.resolve("b1"))) {
        arguments.add(made.resolve("b1").toString());
      }
      Result result = cli.runBare(arguments.toArray(String[]::new));
      assertEquals(
          Files.readString(made.resolve("expected")),
          "exit " + result.code() + "\n" + String.join("\n", places(result)) + "\n",
          Files.readString(made.resolve("about")) + result.err());
    }
  }

  private static Set<String> places(Result result) {
    Set<String> places = new TreeSet<>();
    for (String line : result.out().lines().toList()) {
      String[] words = line.split(" ");
      int count = words[0].equals("notice") ? 4 : 3;
      assertTrue(words.length > count, line);
      places.add(String.join(" ", List.of(words).subList(0, count)));
    }
    return places;
  }

  private String log(World world, String name) throws IOException {
    MadeLog log = RandomLog.make(world, World.A1, 1, 60);
    Path place = folder.resolve(name);
    log.write(place);
    return place.toString();
  }

  private static void flip(String log) throws IOException {
    Path segment = Path.of(log, "segment", "00000000");
    byte[] bytes = Files.readAllBytes(segment);
    bytes[bytes.length / 2] ^= 1;
    Files.write(segment, bytes);
  }

  @Test
  void itWritesTheSameAsJson() throws IOException {
    World world = new World();
    String log = log(world, "a1");
    flip(log);
    Result result = cli.runBare("custody", "verify", "--pin", world.pin(), log, "--json");
    assertEquals(1, result.code());
    JsonObject report = JsonParser.parseString(result.out()).getAsJsonObject();
    assertEquals(1, report.get("exit").getAsInt());
    JsonObject first = report.get("findings").getAsJsonArray().get(0).getAsJsonObject();
    assertEquals("record", first.get("code").getAsString());
    assertEquals(World.A1, first.get("origin").getAsString());
    assertTrue(report.get("notices").getAsJsonArray().size() > 0);
    assertEquals(0, report.get("unreadable").getAsJsonArray().size());
  }

  @Test
  void whatCannotBeReadIsNotWhole() throws IOException {
    World world = new World();
    String log = log(world, "a1");
    Result none = cli.runBare("custody", "verify", "--pin", world.pin(), log, folder + "/none");
    assertEquals(2, none.code());
    assertTrue(none.err().contains("/none"), none.err());
    Result malformed = cli.runBare("custody", "verify", "--pin", "sha256:1", log);
    assertEquals(2, malformed.code());
    assertTrue(malformed.err().contains("--pin: a hash is sha256:"), malformed.err());
    assertEquals(2, cli.runBare("custody", "verify", "--pin", world.pin()).code());
  }

  @Test
  void aMirrorStandsAfterItsFolder() throws IOException {
    World world = new World();
    String log = log(world, "a1");
    for (List<String> wrong :
        List.of(
            List.of("--mirror", log, log),
            List.of(log, "--mirror", log, "--mirror", log),
            List.of(log, "--mirror"))) {
      List<String> arguments = new ArrayList<>(List.of("custody", "verify", "--pin", world.pin()));
      arguments.addAll(wrong);
      Result result = cli.runBare(arguments.toArray(String[]::new));
      assertEquals(2, result.code(), wrong.toString());
      assertTrue(result.err().contains("--mirror"), result.err());
    }
    Result given = cli.runBare("custody", "verify", log, "--mirror=" + log, "--pin=" + world.pin());
    assertEquals(0, given.code(), given.out() + given.err());
  }

  /** In a process of its own, as an auditor runs it. */
  @Test
  @Timeout(300)
  void theProcessExitsWithTheVerdict() throws Exception {
    World world = new World();
    String log = log(world, "a1");
    assertEquals(0, process("custody", "verify", "--pin", world.pin(), log));
    flip(log);
    assertEquals(1, process("custody", "verify", "--pin", world.pin(), log));
    assertTrue(Files.readString(folder.resolve("output")).startsWith("record " + World.A1 + " "));
    assertEquals(2, process("custody", "verify", "--pin", world.pin(), log + "-none"));
  }

  private int process(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("output").toFile())
        .start()
        .waitFor();
  }
}
