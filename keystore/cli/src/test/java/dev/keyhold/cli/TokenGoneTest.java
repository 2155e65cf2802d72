package dev.keyhold.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.demo.DemoFolder;
import dev.keyhold.demo.SoftHsmToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The command line, in processes of its own, on a token that is there and then gone. */
@EnabledOnOs({OS.LINUX, OS.MAC})
@Timeout(600)
class TokenGoneTest {
  private DemoFolder tokens;
  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    tokens = DemoFolder.create();
    folder = tokens.path();
  }

  @AfterEach
  void deleteFolder() {
    tokens.close();
  }

  private record Result(int code, String output) {}

  private Result run(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("SOFTHSM2_CONF", SoftHsmToken.settings(folder).toString());
    builder.environment().put("KEYHOLD_CONFIG", "keyhold.properties");
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  private void makeToken() throws Exception {
    assumeTrue(SoftHsmToken.isInstalled(), "SKIPPED: no SoftHSM2");
    SoftHsmToken.prepare(tokens);
    String configuration = SoftHsmToken.configuration();
    Files.writeString(
        folder.resolve("keyhold.properties"), configuration + "key.web = demo:site-2026\n");
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void allThatAsksItIsUnavailable() throws Exception {
    makeToken();
    Files.writeString(folder.resolve("in"), "text");
    for (String alias : new String[] {"orders", "web"}) {
      assertEquals(0, run("keys", "create", alias).code());
      assertEquals(0, run("encrypt", "--key", alias, "in", alias).code());
    }
    delete(folder.resolve("tokens"));
    Files.createDirectory(folder.resolve("tokens"));
    for (String line :
        List.of(
            "keys list",
            "keys show orders",
            "encrypt --key orders in again",
            "decrypt --key orders orders again",
            "decrypt --key web web again",
            "rewrap --key orders orders",
            "keys create further")) {
      Result result = run(line.split(" "));
      assertEquals(ExitCode.UNAVAILABLE, result.code(), line + ": " + result.output());
      assertTrue(result.output().contains("shows no token"), line + ": " + result.output());
      if (line.contains("web")) {
        assertTrue(result.output().contains("site-2026 (which key.web names)"), result.output());
      }
    }
  }

  /** A key pair takes longer than the deadline, and is in the token some time later. */
  @Test
  void aPairThatIsMadeLateIsMadeOnceAndShown() throws Exception {
    makeToken();
    Files.writeString(
        folder.resolve("keyhold.properties"),
        Files.readString(folder.resolve("keyhold.properties"))
            + "backend.demo.deadline = 100s\nbackend.demo.change-deadline = 50ms\n");
    for (int i = 1; i <= 3; i++) {
      Result made = run("keys", "create", "sign-" + i, "--algorithm", "RSA", "--size", "4096");
      Result listed = run("keys", "list");
      long keys = listed.output().lines().filter(line -> line.contains("RSA-4096")).count();
      if (made.code() == 0) {
        assertTrue(made.output().contains("sign-" + i), made.output());
        assertEquals(i, keys, listed.output());
      } else { // no thread came to it in the time
        assertTrue(made.output().contains("no answer within 50 ms"), made.output());
      }
    }
  }
}
