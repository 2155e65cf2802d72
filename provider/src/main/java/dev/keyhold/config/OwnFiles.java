package dev.keyhold.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The files that a configuration needs: itself, those that it names, and those that stand beside a
 * key file. A file is known by what it is, whatever link or name leads to it. Thread-safe.
 */
public final class OwnFiles {
  private static final Pattern KEY_FILE = Pattern.compile("backend\\.[^.]+\\.file");
  private static final String LOCK = ".lock";
  private static final String COPY = "\\.\\d{8}T\\d{6}Z\\.backup";

  private final Path configuration;
  private final Map<String, Use> named = new ConcurrentHashMap<>();

  OwnFiles(Path configuration) {
    this.configuration = configuration;
  }

  private record Use(Path file, boolean secret) {}

  void add(String property, Path file) {
    named.put(property, new Use(file, false));
  }

  void addSecret(String property, Path file) {
    named.put(property, new Use(file, true));
  }

  /**
   * Returns what a file is for this configuration, such as {@code the file of backend.hsm.pin};
   * empty if nothing.
   */
  public Optional<String> role(Path file) {
    return role(file, true);
  }

  /** Returns the same of a file that is to hold a new secret, as a configured one may. */
  public Optional<String> roleBesideSecrets(Path file) {
    return role(file, false);
  }

  private Optional<String> role(Path file, boolean alsoSecrets) {
    if (isSame(file, configuration)) {
      return Optional.of("the configuration");
    }
    for (Map.Entry<String, Use> entry : new TreeMap<>(named).entrySet()) {
      String property = entry.getKey();
      Use use = entry.getValue();
      if ((alsoSecrets || !use.secret()) && isSame(file, use.file())) {
        return Optional.of("the file of " + property);
      }
      if (KEY_FILE.matcher(property).matches()) {
        Path keyFile = real(use.file());
        if (isSame(file, keyFile.resolveSibling(keyFile.getFileName() + LOCK))) {
          return Optional.of("the lock of the file of " + property);
        }
        if (isCopy(real(file), keyFile)) {
          return Optional.of("a copy of the file of " + property);
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isCopy(Path file, Path keyFile) {
    String name = String.valueOf(file.getFileName());
    return isSame(file.resolveSibling(keyFile.getFileName()), keyFile)
        && name.matches(Pattern.quote(keyFile.getFileName().toString()) + COPY);
  }

  private static boolean isSame(Path a, Path b) {
    try {
      return Files.isSameFile(a, b);
    } catch (IOException e) {
      return real(a).equals(real(b)); // one of them may be made later
    }
  }

  /**
   * Returns the place that a path leads to; of a file that is not there, its name in its folder's.
   */
  private static Path real(Path path) {
    Path absolute = path.toAbsolutePath();
    try {
      return absolute.toRealPath();
    } catch (IOException e) {
      try {
        Path folder = absolute.getParent();
        return folder == null ? absolute : folder.toRealPath().resolve(absolute.getFileName());
      } catch (IOException noFolder) {
        return absolute;
      }
    }
  }
}
