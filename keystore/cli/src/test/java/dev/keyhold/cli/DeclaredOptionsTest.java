package dev.keyhold.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.cli.Cli.Result;
import dev.keyhold.cli.command.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a command declares is recorded with all that it asks of backends. Of backends in the process
 * the events tell failures only, so that the password is wrong.
 */
class DeclaredOptionsTest {
  @TempDir Path folder;
  private Cli cli;

  @BeforeEach
  void makeAKey() throws Exception {
    cli = Cli.in(folder);
    cli.configure("backend.local.password = file:password.txt\nkey.orders = local");
    assertEquals(0, cli.run("keys", "create", "orders").code());
    Files.writeString(folder.resolve("password.txt"), "not-" + Cli.PASSWORD);
  }

  private List<RecordedEvent> recorded(String... command) throws Exception {
    Path file = folder.resolve("uses.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("dev.keyhold.KeyUse").withoutThreshold();
      recording.start();
      Result result = cli.run(command);
      assertTrue(result.code() != ExitCode.USAGE, result.err());
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keys list",
        "keys show orders",
        "keys rotate orders",
        "keys disable orders",
        "health",
        "doctor",
        "explain orders",
        "keystore export keys.khks --alias orders"
      })
  void arriveWithEveryCall(String line) throws Exception {
    String text =
        line.replace("keys.khks", folder.resolve("keys.khks").toString())
            + " --purpose audit --ticket INC-7";
    if (line.startsWith("keystore")) {
      text += " --password file:" + folder.resolve("password.txt");
    }
    List<RecordedEvent> uses = recorded(text.split(" "));
    assertFalse(uses.isEmpty(), "nothing was asked");
    for (RecordedEvent use : uses) {
      assertEquals("audit", use.getString("purpose"), use.toString());
      assertEquals("INC-7", use.getString("ticket"), use.toString());
    }
  }

  @Test
  void arriveWithTheAlias() throws Exception {
    List<RecordedEvent> uses = recorded("keys", "show", "orders", "--purpose", "audit");
    assertTrue(uses.stream().allMatch(use -> use.getString("alias").equals("orders")));
  }

  @Test
  void whoDeclaresNothingRecordsNothing() throws Exception {
    List<RecordedEvent> uses = recorded("keys", "list");
    assertFalse(uses.isEmpty());
    assertTrue(uses.stream().allMatch(use -> use.getString("purpose") == null));
  }

  @Test
  void aTicketGoesWithAPurpose() {
    Result alone = cli.run("keys", "list", "--ticket", "INC-7");
    assertEquals(ExitCode.USAGE, alone.code());
    assertTrue(alone.err().contains("--ticket goes with --purpose"), alone.err());
    Result wrong = cli.run("keys", "list", "--purpose", "x".repeat(256));
    assertEquals(ExitCode.USAGE, wrong.code());
    assertTrue(wrong.err().contains("1 to 255 bytes"), wrong.err());
    assertTrue(Files.exists(folder.resolve("keys.keyhold")));
  }
}
