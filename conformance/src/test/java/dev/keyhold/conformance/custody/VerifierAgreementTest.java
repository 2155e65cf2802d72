package dev.keyhold.conformance.custody;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.Python;
import dev.keyhold.custody.proof.made.MadeFolders;
import dev.keyhold.custody.proof.verify.LogSource;
import dev.keyhold.custody.proof.verify.LogVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The verifier in Java and the one in Python find the same, in the logs that either's tests make.
 */
class VerifierAgreementTest {
  private static final int LOGS = 200;
  private static final int CASES = 60;
  private static final int MUTANTS = 150;

  @TempDir Path root;

  @Test
  void pythonFindsInTheLogsOfJavaWhatJavaFinds() throws Exception {
    IntStream.range(0, LOGS).parallel().forEach(this::make);
    python(Map.of(), "-m", "tests.verdicts", root.toString());
    agree("expected", LOGS);
  }

  @Test
  void javaFindsInTheLogsOfPythonWhatPythonFinds() throws Exception {
    python(Map.of("KEYHOLD_AUDIT_KEEP", root.toString()), "-m", "unittest", "tests.test_findings");
    verifyInJava();
    agree("java", CASES);
  }

  @Test
  void bothReadTextsThatWereChangedAtRandomAlike() throws Exception {
    python(Map.of(), "-m", "tests.mutants", root.toString(), "0", Integer.toString(MUTANTS));
    python(Map.of(), "-m", "tests.verdicts", root.toString());
    verifyInJava();
    agree("java", MUTANTS);
  }

  private void verifyInJava() throws IOException {
    for (Path folder : cases()) {
      Files.writeString(folder.resolve("java"), verdict(folder));
    }
  }

  private void make(int seed) {
    try {
      MadeFolders.make(root.resolve(Integer.toString(seed)), seed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void python(Map<String, String> environment, String... arguments)
      throws Exception {
    Map<String, String> all = new HashMap<>(environment);
    all.put("PYTHONPATH", Python.program(""));
    all.put("PYTHONDONTWRITEBYTECODE", "1");
    Python.Result result = Python.run(all, "", List.of(arguments));
    assertEquals(0, result.exitCode(), result.errors());
  }

  private static String verdict(Path folder) throws IOException {
    List<LogSource> sources = new ArrayList<>();
    for (int number = 0; Files.isDirectory(folder.resolve("log" + number)); number++) {
      Path mirror = folder.resolve("log" + number + ".mirror");
      sources.add(
          new LogSource(folder.resolve("log" + number), Files.isDirectory(mirror) ? mirror : null));
    }
    String pin = Files.readString(folder.resolve("pin")).strip();
    return MadeFolders.expected(LogVerifier.verify(pin, sources));
  }

  private List<Path> cases() throws IOException {
    try (Stream<Path> folders = Files.list(root)) {
      return folders.sorted().toList();
    }
  }

  /** Compares the verdicts in all folders, and says in which they differ, and how. */
  private void agree(String java, int atLeast) throws IOException {
    List<Path> folders = cases();
    assertTrue(folders.size() >= atLeast, "only " + folders.size());
    List<String> differences = new ArrayList<>();
    boolean faulty = false;
    for (Path folder : folders) {
      String one = Files.readString(folder.resolve(java)).strip();
      String other = Files.readString(folder.resolve("python")).strip();
      faulty |= one.startsWith("exit 1");
      if (!one.equals(other)) {
        String about = Files.readString(folder.resolve("about")).strip();
        differences.add(about + "\nJava: " + one + "\nPython: " + other);
      }
    }
    assertEquals(List.of(), differences);
    assertTrue(faulty, "no log had a fault");
  }
}
