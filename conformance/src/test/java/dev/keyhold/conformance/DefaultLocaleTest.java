package dev.keyhold.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * No source formats a number, or a time, by the default locale: an Arabic one has other digits.
 * Error Prone refuses the default locale in changes of case, and the default charset.
 */
class DefaultLocaleTest {
  /** A format without a locale whose string has a number in it; %s of a number has plain digits. */
  private static final Pattern FORMAT =
      Pattern.compile(
          "\"(?:[^\"\\\\\n]|\\\\.)*%[-,0-9+.]*[dfeg](?:[^\"\\\\\n]|\\\\.)*\"[^;{}\"]*\\.formatted\\("
              + "|(?:String\\.format|printf)\\(\\s*\"(?:[^\"\\\\\n]|\\\\.)*%[-,0-9+.]*[dfeg]");

  private static final Pattern TIME = Pattern.compile("ofPattern\\(\\s*\"[^\"]*\"\\s*\\)");

  @Test
  void numbersAndTimesAreWrittenWithoutTheDefaultLocale() throws IOException {
    List<String> found = new ArrayList<>();
    Path root = Path.of("..").toAbsolutePath().normalize();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file :
          files.filter(f -> f.toString().matches(".*/src/main/java/.*\\.java")).toList()) {
        String source = Files.readString(file);
        for (Pattern pattern : List.of(FORMAT, TIME)) {
          Matcher matcher = pattern.matcher(source);
          while (matcher.find()) {
            long line = source.substring(0, matcher.start()).lines().count();
            found.add(root.relativize(file) + ":" + line + ": " + matcher.group());
          }
        }
      }
    }
    assertEquals("", String.join("\n", found), "write %s, or give Locale.ROOT");
  }
}
