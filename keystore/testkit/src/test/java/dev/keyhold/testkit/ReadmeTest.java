package dev.keyhold.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example of the README is a test of this module, to the letter. */
class ReadmeTest {
  private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?\n)```\n", Pattern.DOTALL);

  @Test
  void theExampleIsTheTestThatRunsHere() throws IOException {
    Matcher example = EXAMPLE.matcher(Files.readString(Path.of("README.md")));
    assertTrue(example.find(), "the README has no example");
    assertEquals(
        Files.readString(Path.of("src/test/java/example/ReceiptsTest.java")), example.group(1));
  }
}
