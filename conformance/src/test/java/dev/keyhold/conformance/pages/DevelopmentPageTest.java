package dev.keyhold.conformance.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What docs/DEVELOPMENT.md shows of the example of a backend is in the example. */
@Tag("sources")
class DevelopmentPageTest {
  private static final Path EXAMPLE =
      Path.of("src/test/java/dev/keyhold/conformance/example/FolderBackend.java");

  @Test
  void thePageShowsTheExampleAsItIs() throws Exception {
    List<String> blocks = Page.of("docs/DEVELOPMENT.md").run("java");
    assertEquals(1, blocks.size());
    assertTrue(Files.readString(EXAMPLE).contains(blocks.get(0)), blocks.get(0));
  }

  @Test
  void theExampleIsAsShortAsThePageSays() throws Exception {
    assertTrue(Files.readAllLines(EXAMPLE).size() < 150);
  }
}
