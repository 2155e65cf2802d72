package dev.keyhold.routing;

import dev.keyhold.keystore.ConfigurationException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

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

  /** A value and the line it begins on, from 1. */
  record Property(String value, int line) {}

  static ConfigFile read(Path given) {
    Path path = given.toAbsolutePath();
    try {
      String text = Files.readString(path, StandardCharsets.UTF_8);
      return parse(path, (text.startsWith(MARK) ? text.substring(1) : text).lines().toList());
    } catch (NoSuchFileException e) {
      throw new ConfigurationException("configuration file " + path + " does not exist", e);
    } catch (CharacterCodingException e) {
      throw new ConfigurationException("configuration file " + path + " is not UTF-8", e);
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
      while (continues(lines.get(i)) && i + 1 < lines.size()) {
        logical.add(lines.get(++i));
      }
      Properties one = new Properties();
      try {
        one.load(new StringReader(String.join("\n", logical)));
      } catch (IOException | IllegalArgumentException e) {
        throw new ConfigurationException(
            path + ", line " + (first + 1) + ": not a property: " + e.getMessage(), e);
      }
      for (String name : one.stringPropertyNames()) {
        Property property = new Property(one.getProperty(name).strip(), first + 1);
        Property earlier = properties.putIfAbsent(name, property);
        if (earlier != null) {
          throw new ConfigurationException(
              "%s, line %d: %s is set in line %d already; remove one of them"
                  .formatted(path, first + 1, name, earlier.line()));
        }
      }
    }
    return new ConfigFile(path, properties);
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

  /** The error for a property: names file and line. */
  ConfigurationException invalid(String name, String what) {
    Property property = properties.get(name);
    String where = property == null ? path.toString() : path + ", line " + property.line();
    return new ConfigurationException(where + ": " + name + " " + what);
  }
}
