package dev.keyhold.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A configuration in a temporary folder, which goes with all that is in it. */
final class ConfigurationFile implements AutoCloseable {
  private final Path path;

  ConfigurationFile(Map<String, String> properties) {
    try {
      path = Files.createTempDirectory("keyhold-test").resolve("keyhold.properties");
      Files.write(
          path,
          properties.entrySet().stream()
              .map(property -> property.getKey() + " = " + property.getValue())
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    if (!Files.exists(path.getParent())) {
      return;
    }
    try (Stream<Path> files = Files.walk(path.getParent())) {
      List<Path> innermostFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : innermostFirst) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
