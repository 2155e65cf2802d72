package dev.keyhold.conformance.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.keyhold.conformance.pages.Page.Block;
import dev.keyhold.conformance.pages.Page.Section;
import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.ConfigurationException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page has a heading for each property that the code accepts, as the code's own messages list
 * them, and no other; and the code reads each of its examples.
 */
class ConfigurationPageTest {
  private static final Page PAGE = Page.of("docs/CONFIGURATION.md");
  private static final String UNKNOWN = "no-such-option";

  /** A backend of each type in the page's first block, by the title of the type's section. */
  private static final Map<String, String> BACKENDS =
      Map.of(
          "software",
          "local",
          "pkcs11",
          "hsm",
          "aws-kms",
          "eu",
          "google-kms",
          "gcp",
          "custodian",
          "guarded");

  @TempDir Path folder;

  @Test
  void everyOptionOfABackendHasItsHeading() throws Exception {
    Set<String> common = headings("Options of every backend", "backend.<name>.");
    assertTrue(common.contains("deadline"), common.toString());
    for (BackendFactory factory : factories().values()) {
      String name = BACKENDS.get(factory.type());
      if (name == null) {
        continue; // of the kit for tests, which has a page of its own
      }
      Set<String> documented =
          new TreeSet<>(headings("Options of `" + factory.type() + "`", "backend.<name>."));
      documented.addAll(common);
      assertEquals(
          accepted("backend." + name + "." + UNKNOWN + " = 1", "they have: "),
          documented,
          factory.type());
    }
  }

  @Test
  void everyTypeOfBackendIsOnThePage() {
    Set<String> types = new TreeSet<>(factories().keySet());
    types.remove("memory"); // of the kit for tests
    types.remove("folder"); // the example of the page for developers
    assertEquals(types, new TreeSet<>(BACKENDS.keySet()));
  }

  @Test
  void everyOptionOfAnAliasHasItsHeading() throws Exception {
    Set<String> documented = new TreeSet<>(headings("Aliases", "key.<alias>."));
    assertEquals(accepted("key.\"orders\"." + UNKNOWN + " = 1", "there are: "), documented);
  }

  @Test
  void everyOtherPropertyHasItsHeading() throws Exception {
    Set<String> documented =
        PAGE.sections().stream()
            .filter(section -> section.level() == 3)
            .map(section -> section.title().replace("`", ""))
            .filter(title -> !title.startsWith("backend.") && !title.startsWith("key.<alias>."))
            .collect(Collectors.toCollection(TreeSet::new));
    documented.add("backend.<name>.<option>");
    documented.add("key.<alias>.<option>");
    assertEquals(accepted(UNKNOWN + " = 1", "there are: "), documented);
  }

  @TestFactory
  Stream<DynamicTest> everyExampleIsRead() {
    return PAGE.sections().stream()
        .filter(section -> section.level() == 3)
        .map(section -> dynamicTest(section.title(), () -> requireExample(section)));
  }

  /** Or the tests above would pass for a page whose examples are not read. */
  @Test
  void aWrongExampleWouldBeSeen() {
    assertThrows(ConfigurationException.class, () -> read("backend.local.deadline = soon"));
  }

  private void requireExample(Section section) throws Exception {
    List<Block> blocks = section.blocks();
    assertFalse(blocks.isEmpty(), "there is no example");
    String property = section.title().replace("`", "");
    for (Block block : blocks) {
      assertTrue(block.run(), "an example of a property can always be read");
      read(block.text());
    }
    String pattern = property.replace(".", "\\.").replaceAll("<\\w+>", "[^=]+") + "\\s*=";
    assertTrue(
        blocks.stream()
            .flatMap(block -> block.text().lines())
            .anyMatch(line -> line.matches(pattern + ".*")),
        "no example sets " + property);
  }

  private static Set<String> headings(String chapter, String prefix) {
    Set<String> options = new TreeSet<>();
    String at = "";
    for (Section section : PAGE.sections()) {
      if (section.level() == 2) {
        at = section.title();
      } else if (at.equals(chapter)) {
        String title = section.title().replace("`", "");
        if (title.startsWith(prefix)) {
          options.add(title.substring(prefix.length()));
        }
      }
    }
    return options;
  }

  /** Returns what the code lists where it refuses a property that it does not have. */
  private Set<String> accepted(String line, String before) throws Exception {
    String message = assertThrows(ConfigurationException.class, () -> read(line)).getMessage();
    int list = message.indexOf(before);
    assertTrue(list > 0, message);
    return new TreeSet<>(List.of(message.substring(list + before.length()).split(", ")));
  }

  private void read(String lines) throws Exception {
    new ExampleConfiguration(PAGE, folder).read(lines);
  }

  private static Map<String, BackendFactory> factories() {
    return ExampleConfiguration.factories();
  }
}
