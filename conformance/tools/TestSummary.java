import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Sums up Surefire's XML reports: a line for each module, the failures, the reasons for skips, and
 * the totals. Arguments: the root of the project, then the folders of the runs, as they are named
 * in each module's {@code target}. Exits with 1 if a test failed, or if none ran.
 */
final class TestSummary {
  private final Counts total = new Counts();
  private final List<String> failures = new ArrayList<>();
  private final Map<String, Integer> skips = new TreeMap<>();

  public static void main(String[] args) throws Exception {
    TestSummary summary = new TestSummary();
    for (int i = 1; i < args.length; i++) {
      summary.addRun(Path.of(args[0]), args[i]);
    }
    summary.printEnd();
    System.exit(summary.total.failed > 0 || summary.total.passed == 0 ? 1 : 0);
  }

  private void addRun(Path root, String run) throws Exception {
    System.out.println("\n" + run);
    for (String module : modules(root)) {
      Path home = root.resolve(module);
      if (!Files.isDirectory(home.resolve("src/test/java"))) {
        continue;
      }
      Path reports = home.resolve("target").resolve(run);
      Counts counts = new Counts();
      for (Path report : reports(reports)) {
        addReport(report, counts, module + " on " + run.replaceFirst(".*/", ""));
      }
      if (!counts.any() && !run.startsWith("test-reports")) {
        continue; // not every module has tests of that kind
      }
      System.out.printf("  %-18s %s%n", module, counts.any() ? counts : "did not run; the errors are above");
      total.add(counts);
    }
  }

  /** Every folder that can have tests: a module that is new is not left out. */
  private static List<String> modules(Path root) throws IOException {
    List<String> modules = new ArrayList<>();
    for (String parent : List.of("keystore", "keystore/custody")) {
      try (Stream<Path> folders = Files.list(root.resolve(parent))) {
        folders
            .filter(folder -> Files.exists(folder.resolve("pom.xml")))
            .map(folder -> parent + "/" + folder.getFileName())
            .sorted()
            .forEach(modules::add);
      }
    }
    modules.addAll(List.of("provider", "conformance"));
    return modules;
  }

  private static List<Path> reports(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
          .sorted()
          .toList();
    }
  }

  private void addReport(Path report, Counts counts, String where) throws Exception {
    DocumentBuilder parser = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    NodeList tests = parser.parse(report.toFile()).getElementsByTagName("testcase");
    for (int i = 0; i < tests.getLength(); i++) {
      Element test = (Element) tests.item(i);
      String name = test.getAttribute("classname") + "." + test.getAttribute("name");
      Element fault = first(test, "failure", "error");
      Element skipped = first(test, "skipped");
      if (fault != null) {
        counts.failed++;
        failures.add(where + ": " + name + ": " + firstLine(fault));
      } else if (skipped != null) {
        counts.skipped++;
        skips.merge(firstLine(skipped), 1, Integer::sum);
      } else {
        counts.passed++;
      }
    }
  }

  private static Element first(Element test, String... tags) {
    for (String tag : tags) {
      NodeList found = test.getElementsByTagName(tag);
      if (found.getLength() > 0) {
        return (Element) found.item(0);
      }
    }
    return null;
  }

  private static String firstLine(Element outcome) {
    String message = outcome.getAttribute("message");
    String text = message.isBlank() ? outcome.getTextContent() : message;
    return text.lines()
        .filter(line -> !line.isBlank())
        .findFirst()
        .orElse("no reason given")
        .replaceFirst("^(org\\.opentest4j\\.TestAbortedException: )?(Assumption failed: )?", "");
  }

  private void printEnd() {
    if (!failures.isEmpty()) {
      System.out.println("\nfailed:");
      failures.forEach(failure -> System.out.println("  " + failure));
    }
    if (!skips.isEmpty()) {
      System.out.println("\nskipped:");
      skips.forEach((reason, count) -> System.out.printf("  %5d  %s%n", count, reason));
    }
    System.out.println("\n" + total);
  }

  private static final class Counts {
    int passed;
    int failed;
    int skipped;

    boolean any() {
      return passed + failed + skipped > 0;
    }

    void add(Counts other) {
      passed += other.passed;
      failed += other.failed;
      skipped += other.skipped;
    }

    @Override
    public String toString() {
      return passed + " passed, " + failed + " failed, " + skipped + " skipped";
    }
  }
}
