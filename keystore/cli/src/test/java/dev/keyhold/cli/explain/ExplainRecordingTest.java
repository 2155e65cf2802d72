package dev.keyhold.cli.explain;

import static dev.keyhold.cli.explain.Explained.at;
import static dev.keyhold.cli.explain.Explained.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.keyhold.cli.Cli;
import dev.keyhold.cli.command.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls as Flight Recorder recorded them. */
class ExplainRecordingTest {
  @TempDir Path folder;
  private Explained aliases;

  @BeforeEach
  void configure() throws IOException {
    aliases = Explained.in(folder);
  }

  /** As a provider writes it; the names are a contract. */
  @SuppressWarnings("UnusedVariable") // Flight Recorder reads the fields
  @Name("dev.keyhold.KeyUse")
  static final class KeyUse extends Event {
    String backend;
    String operation;
    String key;
    String outcome;
    int attempts;

    static void commit(String key, String operation, String outcome, int attempts) {
      KeyUse event = new KeyUse();
      event.begin();
      event.backend = key.split(":", 2)[0];
      event.key = key.split(":", 2)[1];
      event.operation = operation;
      event.outcome = outcome;
      event.attempts = attempts;
      event.commit();
    }
  }

  private String record(Runnable application) throws IOException {
    Path file = aliases.folder().resolve("application.jfr");
    try (Recording recording = new Recording()) {
      recording.start();
      application.run();
      recording.stop();
      recording.dump(file);
    }
    return file.toString();
  }

  private static double monthly(JsonObject explanation, double number) {
    Duration span = Duration.parse(text(explanation, "measuredOver"));
    return number * Duration.ofDays(30).toNanos() / span.toNanos();
  }

  @Test
  void aRecordingIsMeasured() throws IOException {
    String file =
        record(
            () -> {
              KeyUse.commit("eu:orders", "describe", "ok", 1);
              KeyUse.commit("eu:orders", "wrap", "ok", 1);
              KeyUse.commit("eu:orders", "wrap", "ok", 2);
              KeyUse.commit("eu:orders", "wrap", "unavailable", 4);
              KeyUse.commit("eu:orders", "unwrap", "ok", 1);
              KeyUse.commit("eu:orders", "unwrap", "breaker_open", 0);
              KeyUse.commit("eu:other", "wrap", "ok", 1);
            });
    aliases.configure(
        "key.orders = all-of(eu, local)\nkey.epochs = eu:orders\nkey.epochs.data-keys = epoch");
    JsonObject explanation =
        aliases.explain(
            "orders",
            "--offline",
            "--recording",
            file,
            "--processes=3",
            "--what-if",
            "data-keys=epoch");
    JsonObject now = at(explanation, "costs", 0);
    // 1 + 2 + 4 + 1 calls in one of three processes; local calls are not recorded
    double calls = monthly(explanation, 3 * 8);
    assertEquals(calls, at(now, "keys", 0).get("callsPerMonth").getAsDouble(), 1);
    assertEquals(calls * 0.03 / 10_000, at(now, "keys", 0).get("callDollars").getAsDouble(), 1e-3);
    assertFalse(at(now, "keys", 1).has("callsPerMonth"));
    assertFalse(now.has("callsPerMonth"));
    // two objects written and one read, by each of three
    JsonObject workload = explanation.get("workload").getAsJsonObject();
    assertEquals(monthly(explanation, 3 * 2) / 30, workload.get("objects").getAsDouble(), 3);
    assertEquals(monthly(explanation, 3 * 1) / 30, workload.get("reads").getAsDouble(), 3);
    assertTrue(at(explanation, "costs", 1).has("callsPerMonth"));
    String[] epochs = {"explain", "epochs", "--offline", "--recording", file, "--what-if"};
    Cli.Result unknown = aliases.cli().run(with(epochs, "data-keys=per-object"));
    assertEquals(2, unknown.code());
    assertTrue(unknown.err().contains("give --objects and --reads"), unknown.err());
    assertEquals(0, aliases.cli().run(with(epochs, "max-age=10m", "--objects=5")).code());
  }

  /** Each use of a key costs, whatever it is for; what only looks at a key is left out. */
  @Test
  void eachKindOfUseIsCounted() throws IOException {
    List<String> uses =
        List.of(
            "wrap",
            "unwrap",
            "wrap_key",
            "unwrap_key",
            "mac",
            "sign",
            "decrypt",
            "agree",
            "decapsulate");
    String file =
        record(
            () -> {
              uses.forEach(use -> KeyUse.commit("eu:orders", use, "ok", 1));
              KeyUse.commit("eu:orders", "identify", "ok", 1);
              KeyUse.commit("eu:orders", "read_public_key", "ok", 1);
            });
    aliases.configure("key.orders = eu");
    JsonObject explanation = aliases.explain("orders", "--offline", "--recording", file);
    assertEquals(
        monthly(explanation, uses.size()),
        at(at(explanation, "costs", 0), "keys", 0).get("callsPerMonth").getAsDouble(),
        1);
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.of(arguments, more).flatMap(Stream::of).toArray(String[]::new);
  }

  @Test
  void aRecordingWithoutKeysIsRefused() throws IOException {
    Cli.Result result = aliases.cli().run("explain", "orders", "--recording", record(() -> {}));
    assertEquals(ExitCode.FAILED, result.code());
    assertTrue(result.err().contains("no use of a remote key is in the recording"), result.err());
    Cli.Result none =
        aliases.cli().run("explain", "orders", "--recording", aliases.cli().path("none.jfr"));
    assertTrue(none.err().contains("none.jfr cannot be read"), none.err());
    Files.writeString(aliases.folder().resolve("text.jfr"), "no recording");
    assertEquals(
        1,
        aliases
            .cli()
            .run("explain", "orders", "--recording", aliases.cli().path("text.jfr"))
            .code());
  }
}
