package dev.keyhold.conformance.refusal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.cli.Main;
import dev.keyhold.conformance.SoftHsm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The command line, in processes of its own, on a token that is there and then gone. */
@EnabledOnOs({OS.LINUX, OS.MAC})
@Timeout(600)
class TokenGoneTest {
  /** The exit code that {@code keyhold --help} lists. */
  private static final int UNAVAILABLE = 5;

  @TempDir Path folder;
  private SoftHsm token;

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
    return execute(command);
  }

  private Result execute(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("KEYHOLD_CONFIG", "keyhold.properties");
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  private void makeToken(String further) throws IOException {
    token = SoftHsm.newToken("gone");
    Files.writeString(folder.resolve("pin.txt"), token.pin());
    Files.writeString(
        folder.resolve("keyhold.properties"),
        """
        backend.demo.type = pkcs11
        backend.demo.library = %s
        backend.demo.token = %s
        backend.demo.pin = file:pin.txt
        key.* = demo
        %s
        """
            .formatted(token.library(), token.label(), further));
  }

  private void deleteToken() throws IOException, InterruptedException {
    Result deleted = execute(List.of("softhsm2-util", "--delete-token", "--token", token.label()));
    assertEquals(0, deleted.code(), deleted.output());
  }

  @Test
  void allThatAsksItIsUnavailable() throws Exception {
    makeToken("key.web = demo:site-2026");
    Files.writeString(folder.resolve("in"), "text");
    for (String alias : new String[] {"orders", "web"}) {
      assertEquals(0, run("keys", "create", alias).code());
      assertEquals(0, run("encrypt", "--key", alias, "in", alias).code());
    }
    deleteToken();
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
      assertEquals(UNAVAILABLE, result.code(), line + ": " + result.output());
      assertTrue(result.output().contains("shows no token"), line + ": " + result.output());
      if (line.contains("web")) {
        assertTrue(result.output().contains("site-2026 of alias web"), result.output());
      }
    }
  }

  /** A key pair takes longer than the deadline, and is in the token some time later. */
  @Test
  void aPairThatIsMadeLateIsMadeOnceAndShown() throws Exception {
    makeToken("backend.demo.deadline = 100s\nbackend.demo.change-deadline = 50ms");
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
