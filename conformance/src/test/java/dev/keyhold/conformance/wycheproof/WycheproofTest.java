package dev.keyhold.conformance.wycheproof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * Runs all Wycheproof vectors of the folder {@code -Dwycheproof.dir}, a path relative to the
 * project's root. Prints a table, and keeps it in {@code target/wycheproof.txt}.
 */
final class WycheproofTest {
  private static final Path ROOT = Path.of(System.getProperty("keyhold.root", ".."));
  private static final String DEFAULT_FOLDER = "../shared/wycheproof";
  private static final int SHOWN_FAILURES = 8;

  private static final Table TABLE = new Table();
  private static Checks checks;

  @BeforeAll
  static void open(@TempDir Path folder) {
    checks = new Checks(folder);
  }

  @AfterAll
  static void printTable() throws IOException {
    checks.close();
    if (TABLE.isEmpty()) {
      return;
    }
    System.out.println(TABLE);
    Files.writeString(
        Files.createDirectories(Path.of("target")).resolve("wycheproof.txt"), TABLE.toString());
  }

  @TestFactory
  Stream<DynamicTest> everyFile() {
    Path folder = vectorFolder();
    List<Path> files = Files.isDirectory(folder) ? VectorFile.in(folder) : List.of();
    if (files.isEmpty()) {
      String reason =
          "no Wycheproof vectors in " + folder + "; -Dwycheproof.dir says where they are";
      System.out.println(reason);
      return Stream.of(DynamicTest.dynamicTest("vectors", () -> Assumptions.abort(reason)));
    }
    String sample = System.getProperty("wycheproof.files", ".*");
    return files.stream()
        .filter(file -> file.getFileName().toString().matches(sample))
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> run(file)));
  }

  private static Path vectorFolder() {
    Path folder = ROOT.resolve(System.getProperty("wycheproof.dir", DEFAULT_FOLDER)).normalize();
    Path inner = folder.resolve("testvectors_v1");
    return Files.isDirectory(inner) ? inner : folder;
  }

  private static void run(Path path) {
    VectorFile file = VectorFile.read(path);
    List<Tally> rows = new ArrayList<>();
    file.vectors().forEach((kind, vectors) -> rows.addAll(checks.run(file, kind, vectors)));
    rows.forEach(TABLE::add);
    int failed = rows.stream().mapToInt(Tally::failed).sum();
    assertEquals(
        0,
        failed,
        () -> file.name() + ": failed vectors, the first of them:\n" + firstFailures(rows));
    if (rows.stream().noneMatch(Tally::hasRun)) {
      throw new TestAbortedException(
          rows.stream().map(Tally::reasons).distinct().collect(Collectors.joining("; ")));
    }
  }

  private static String firstFailures(List<Tally> rows) {
    return rows.stream()
        .flatMap(row -> row.failures().stream().limit(SHOWN_FAILURES))
        .collect(Collectors.joining("\n"));
  }
}
