package dev.keyhold.conformance.jvm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.Jvm;
import dev.keyhold.conformance.KeyholdFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fifty short processes at once on one key file: some encrypt, some decrypt, some rotate. */
@Tag("soak")
class ManyProcessesTest {
  private static final int PROCESSES = 50;

  @TempDir Path folder;
  private final Map<Process, Path> running = new LinkedHashMap<>();

  @Test
  void allSucceedAndEachObjectOpensAfterwards() throws Exception {
    try (KeyholdFixture keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder)) {
      SecretKey key = keyhold.newKey("AES", "orders");
      List<Integer> encrypting = new ArrayList<>();
      List<Integer> decrypting = new ArrayList<>();
      int rotations = 0;
      for (int i = 0; i < PROCESSES; i++) {
        Files.write(plain(i), bytes(i));
        if (i % 5 < 2) {
          Files.write(object(i), keyhold.seal(key, bytes(i)));
        }
      }
      try {
        for (int i = 0; i < PROCESSES; i++) {
          if (i % 5 == 4) {
            rotations++;
            start(keyhold, i, "keys", "rotate", "orders");
          } else if (i % 5 >= 2) {
            encrypting.add(i);
            start(
                keyhold,
                i,
                "encrypt",
                "--key",
                "orders",
                plain(i).toString(),
                object(i).toString());
          } else {
            decrypting.add(i);
            start(
                keyhold,
                i,
                "decrypt",
                "--key",
                "orders",
                object(i).toString(),
                again(i).toString());
          }
        }
        for (Map.Entry<Process, Path> entry : running.entrySet()) {
          assertTrue(entry.getKey().waitFor(10, TimeUnit.MINUTES), "it hangs");
          assertEquals(0, entry.getKey().exitValue(), Files.readString(entry.getValue()));
        }
      } finally {
        running.keySet().forEach(Process::destroyForcibly);
      }
      for (int i : decrypting) {
        assertArrayEquals(bytes(i), Files.readAllBytes(again(i)));
      }
      SecretKey current = keyhold.key("orders");
      for (int i : encrypting) {
        byte[] object = Files.readAllBytes(object(i));
        assertArrayEquals(bytes(i), keyhold.open(current, object, KeyholdParameterSpec.NONE));
      }
      String shown =
          Jvm.run("java", java(keyhold, "keys", "show", "orders").toArray(String[]::new))
              .successful();
      long versions = shown.lines().filter(line -> line.startsWith("version ")).count();
      assertEquals(1 + rotations, versions, shown);
    }
  }

  private static byte[] bytes(int i) {
    return ("order " + i).repeat(1000).getBytes(StandardCharsets.US_ASCII);
  }

  private Path plain(int i) {
    return folder.resolve("plain-" + i);
  }

  private Path object(int i) {
    return folder.resolve("object-" + i);
  }

  private Path again(int i) {
    return folder.resolve("again-" + i);
  }

  private static List<String> java(KeyholdFixture keyhold, String... arguments) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", Jvm.classPath(Jvm.distribution()), "dev.keyhold.cli.Main"));
    command.addAll(List.of("--config", keyhold.configuration().toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private void start(KeyholdFixture keyhold, int i, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(java(keyhold, arguments));
    Path output = folder.resolve("output-" + i);
    running.put(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start(),
        output);
  }
}
