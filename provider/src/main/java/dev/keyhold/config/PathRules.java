package dev.keyhold.config;

import java.io.File;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Refuses paths that could be names of files, but that a shell, another operating system or another
 * program would read differently. Taken as a name, such a path would silently lead to another file.
 * Stateless.
 */
final class PathRules {
  private static final Pattern HOME = Pattern.compile("~[A-Za-z0-9._-]*([/\\\\].*)?");
  private static final Pattern VARIABLE =
      Pattern.compile("\\$[A-Za-z_{(].*|.*\\$[{(].*|.*%[A-Za-z_]+%.*|.*/\\$[A-Za-z_].*");
  private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*");
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*");

  private PathRules() {}

  /** Returns what is wrong with a path; begins with a verb. */
  static Optional<String> fault(String text) {
    return fault(text, File.separatorChar == '\\');
  }

  static Optional<String> fault(String text, boolean windows) {
    if (HOME.matcher(text).matches()) {
      return Optional.of("begins with ~, which is not expanded: write the whole path");
    }
    if (VARIABLE.matcher(text).matches()) {
      return Optional.of("names a variable, which is not expanded: write the whole path");
    }
    if (!windows && (DRIVE.matcher(text).matches() || text.indexOf('\\') >= 0)) {
      return Optional.of(
          "is a path of Windows, and this is "
              + System.getProperty("os.name")
              + ": write it with /");
    }
    if (windows && DRIVE.matcher(text).matches() && !text.matches("..[/\\\\].*")) {
      return Optional.of("is relative to a drive: write it whole, as in C:/keys");
    }
    if (SCHEME.matcher(text).matches()) {
      return Optional.of(
          "begins as a URL does, and a path is wanted: write ./ before it if the file has this"
              + " name");
    }
    return Optional.empty();
  }
}
