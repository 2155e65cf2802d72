package dev.keyhold.config;

import dev.keyhold.keystore.ConfigurationException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * A properties file with the line of each property. The syntax is that of {@link Properties#load},
 * which is left to read each logical line; a property that stands twice is refused.
 *
 * @param path the file, absolute
 * @param properties by name, in the order of the file
 */
record ConfigFile(Path path, Map<String, Property> properties) {
  /** The byte order mark, which some editors write before all else. */
  private static final String MARK = "\uFEFF";

  /** The largest file that is read, in bytes. */
  static final int MAX_LENGTH = 1 << 22;

  private static final Pattern FREE_TEXT =
      Pattern.compile("backend\\.[^.]+\\.(module|certificate)");

  /** A line that begins a property of Keyhold. */
  private static final Pattern PROPERTY =
      Pattern.compile(
          "\\s*((backend|key|board)\\.\\S+|board|generate|reload|rewrap-queue|secure-random)"
              + "\\s*[=:].*");

  /** A value and the line it begins on, from 1. */
  record Property(String value, int line) {}

  static ConfigFile read(Path given) {
    Path path = given.toAbsolutePath();
    try {
      if (Files.isDirectory(path)) {
        throw new ConfigurationException("configuration file " + path + " is a folder");
      }
      byte[] bytes = Secrets.readAtMost(path, MAX_LENGTH + 1);
      if (bytes.length > MAX_LENGTH) {
        throw new ConfigurationException(
            "configuration file %s is larger than %s MiB".formatted(path, MAX_LENGTH >> 20));
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return parse(path, (text.startsWith(MARK) ? text.substring(1) : text).lines().toList());
    } catch (NoSuchFileException e) {
      throw new ConfigurationException("configuration file " + path + " does not exist", e);
    } catch (CharacterCodingException e) {
      throw new ConfigurationException("configuration file " + path + " is not UTF-8", e);
    } catch (AccessDeniedException e) {
      throw new ConfigurationException(
          "configuration file " + path + " may not be read by this user", e);
    } catch (IOException e) {
      throw new ConfigurationException("configuration file " + path + " cannot be read: " + e, e);
    }
  }

  static ConfigFile parse(Path path, List<String> lines) {
    Map<String, Property> properties = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      int first = i;
      List<String> logical = new ArrayList<>(List.of(lines.get(i)));
      if (isComment(lines.get(i))) {
        continue;
      }
      while (continues(lines.get(i))) {
        requireContinuation(path, lines, ++i);
        logical.add(lines.get(i));
      }
      Properties one = new Properties();
      try {
        one.load(new StringReader(String.join("\n", logical)));
      } catch (IOException | IllegalArgumentException e) {
        throw new ConfigurationException(
            path + ", line " + (first + 1) + ": not a property: " + e.getMessage(), e);
      }
      for (String name : one.stringPropertyNames()) {
        requireMeant(path, first + 1, name, joined(logical));
        Property property = new Property(one.getProperty(name).strip(), first + 1);
        Property earlier = properties.putIfAbsent(name, property);
        if (earlier != null) {
          throw new ConfigurationException(
              "%s, line %s: %s is set in line %s already; remove one of them"
                  .formatted(path, first + 1, name, earlier.line()));
        }
      }
    }
    return new ConfigFile(path, properties);
  }

  /** Returns whether a property is a text for people, in which nothing is refused. */
  static boolean isFreeText(String name) {
    return FREE_TEXT.matcher(name).matches();
  }

  /**
   * Refuses a backslash at the end of a line, such as that of a Windows folder, if the next line is
   * a property, or if there is none.
   */
  private static void requireContinuation(Path path, List<String> lines, int next) {
    if (next == lines.size() || PROPERTY.matcher(lines.get(next)).matches()) {
      throw new ConfigurationException(
          path
              + ", line "
              + next
              + ": ends in a backslash, which joins it with the next line: write / or two"
              + " backslashes for one that belongs to the value");
    }
  }

  /** Returns the lines of one property, as a single one. */
  private static String joined(List<String> logical) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < logical.size(); i++) {
      String part = i == 0 ? logical.get(i) : logical.get(i).stripLeading();
      line.append(i + 1 < logical.size() ? part.substring(0, part.length() - 1) : part);
    }
    return line.toString();
  }

  private static void requireMeant(Path path, int number, String name, String line) {
    int separator = separator(line);
    String written = line.substring(separator).strip();
    if (written.startsWith("=") || written.startsWith(":")) {
      written = written.substring(1).strip();
    }
    Optional<String> fault =
        isFreeText(name) ? Optional.empty() : WrittenValue.fault(written, true);
    if (fault.isEmpty()) {
      fault = WrittenValue.nameFault(line.substring(0, separator).strip());
    }
    if (fault.isPresent()) {
      throw new ConfigurationException(path + ", line " + number + ": " + name + " " + fault.get());
    }
  }

  /**
   * Returns the index at which the name of a property ends: the first separator that is not
   * escaped.
   */
  private static int separator(String line) {
    int at = line.length() - line.stripLeading().length();
    while (at < line.length() && "=: \t\f".indexOf(line.charAt(at)) < 0) {
      at += line.charAt(at) == '\\' ? 2 : 1;
    }
    return Math.min(at, line.length());
  }

  private static boolean isComment(String line) {
    String text = line.stripLeading();
    return text.startsWith("#") || text.startsWith("!");
  }

  private static boolean continues(String line) {
    int backslashes = 0;
    while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }

  /** Returns the error for a property: names file and line. */
  ConfigurationException invalid(String name, String what) {
    Property property = properties.get(name);
    String where = property == null ? path.toString() : path + ", line " + property.line();
    return new ConfigurationException(where + ": " + name + " " + what);
  }
}
