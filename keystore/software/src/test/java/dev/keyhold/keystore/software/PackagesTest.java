package dev.keyhold.keystore.software;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Dependencies between the packages of this module point one way. */
class PackagesTest {
  private static final String ROOT = "dev.keyhold.keystore.software";
  private static final Path SOURCES = Path.of("src/main/java/dev/keyhold/keystore/software");
  private static final Pattern USE = Pattern.compile(ROOT.replace(".", "\\.") + "\\.(\\w+)");

  /** What each package uses; the others may use all. */
  private static final Map<String, Set<String>> USED =
      Map.of(
          "engine",
          Set.of("engine"),
          "ring",
          Set.of("ring"),
          "file",
          Set.of("file", "ring", "engine"));

  @Test
  void dependenciesPointOneWay() throws IOException {
    for (Map.Entry<String, Set<String>> each : USED.entrySet()) {
      Set<String> used = new TreeSet<>();
      List<Path> files = files(SOURCES.resolve(each.getKey()));
      assertTrue(files.size() > 5, each.getKey());
      for (Path file : files) {
        USE.matcher(Files.readString(file)).results().forEach(use -> used.add(use.group(1)));
      }
      used.removeAll(each.getValue());
      assertEquals(Set.of(), used, each.getKey());
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).collect(Collectors.toList());
    }
  }
}
