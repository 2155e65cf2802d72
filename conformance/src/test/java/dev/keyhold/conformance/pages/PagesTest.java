package dev.keyhold.conformance.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.pages.Page.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for all pages: links lead somewhere, and no block is left out unseen. */
@Tag("sources")
class PagesTest {
  private static final Path TOP = Path.of("..");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

  /** Languages of blocks that a test runs, compiles or reads; others are data of other programs. */
  private static final Set<String> LANGUAGES =
      Set.of("sh", "java", "python", "properties", "console");

  /** Each page whose blocks a test runs. */
  private static final Set<String> TESTED =
      Set.of(
          "README.md", // ReadmeTest
          "docs/COMMANDS.md", // CommandsPageTest
          "docs/CONFIGURATION.md", // ConfigurationPageTest
          "docs/DEVELOPMENT.md", // DevelopmentPageTest
          "docs/guides/java.md", // JavaGuideTest
          "docs/guides/tls.md", // TlsGuideTest
          "docs/KEYFILE.md", // here
          "keystore/testkit/README.md"); // ReadmeTest of the test kit

  /** A block that can't be run is an exception, which somebody decided on. */
  private static final Map<String, Integer> NOT_RUN =
      Map.of(
          "README.md", 1,
          "conformance/examples/kubernetes/README.md", 3,
          "docs/COMMANDS.md", 11,
          "docs/CONFIGURATION.md", 1,
          "docs/DEVELOPMENT.md", 2,
          "docs/guides/tls.md", 4);

  @TempDir Path folder;

  @Test
  void everyBlockIsRunOrSaysWhyNot() throws Exception {
    Set<String> tested = new TreeSet<>();
    Map<String, Integer> left = new TreeMap<>();
    for (Path page : pages()) {
      String name = TOP.relativize(page).toString();
      for (Block block : new Page(page).blocks()) {
        if (LANGUAGES.contains(block.language()) && block.run()) {
          tested.add(name);
        } else if (!block.run()) {
          left.merge(name, 1, Integer::sum);
        }
      }
    }
    assertEquals(new TreeSet<>(TESTED), tested);
    assertEquals(new TreeMap<>(NOT_RUN), left);
  }

  @Test
  void everyLinkLeadsToAFile() throws Exception {
    List<String> dead = new ArrayList<>();
    for (Path page : pages()) {
      Matcher link = LINK.matcher(Files.readString(page).replaceAll("(?ms)^```.*?^```", ""));
      while (link.find()) {
        if (!Files.exists(page.resolveSibling(link.group(1)))) {
          dead.add(page + ": " + link.group(1));
        }
      }
    }
    assertEquals(List.of(), dead);
  }

  @Test
  void theProgramOfThePageOnKeyFilesPrintsTheKeys() throws Exception {
    PageShell shell = new PageShell(folder);
    shell.write("keyhold.properties", Page.of("README.md").run("properties").get(0));
    shell.write("keys.py", Page.of("docs/KEYFILE.md").run("python").get(0));
    String output =
        shell.run(
            """
            keyhold keys create orders > created
            keyhold keys create web --algorithm EC > created
            printf %s "$KEYHOLD_PASSWORD" | python3 keys.py keys.keyhold
            """);
    assertEquals(
        List.of("orders", "web"),
        output.lines().map(line -> line.substring(0, line.indexOf(' '))).toList(),
        output);
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (String place : List.of("docs", "keystore", "provider", "conformance/examples")) {
      try (Stream<Path> files = Files.walk(TOP.resolve(place))) {
        files
            .filter(
                file -> file.toString().endsWith(".md") && !file.toString().contains("/target/"))
            .forEach(pages::add);
      }
    }
    pages.add(TOP.resolve("README.md"));
    pages.add(TOP.resolve("CHANGELOG.md"));
    assertTrue(pages.size() >= 16, pages.toString());
    return pages;
  }
}
