package dev.keyhold.conformance.pages;

import dev.keyhold.config.Configuration;
import dev.keyhold.keystore.BackendFactory;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Reads lines by the real reader, with the first block of CONFIGURATION for the rest. */
final class ExampleConfiguration {
  private final Page page;
  private final Path folder;

  /**
   * Makes the files that the examples name.
   *
   * @param folder of the configuration
   */
  ExampleConfiguration(Page page, Path folder) throws IOException {
    this.page = page;
    this.folder = folder;
    for (String file :
        List.of("library.so", "web.pem", "gcp-credentials.json", "client.pem", "custody-ca.pem")) {
      Files.writeString(folder.resolve(file), "");
    }
  }

  /** Reads lines, each of which replaces a line of the page with the same property. */
  void read(String lines) throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    page.blocks().get(0).text().lines().forEach(line -> put(all, line));
    lines.lines().forEach(line -> put(all, line));
    List<String> text = new ArrayList<>(all.values());
    Path file = Files.write(folder.resolve("keyhold.properties"), text);
    Map<String, String> environment =
        Map.of("KEYHOLD_BACKEND_HSM_LIBRARY", "library.so", "KEYHOLD_PASSWORD", "a password");
    Configuration.read(file, environment, factories());
  }

  private static void put(Map<String, String> lines, String line) {
    properties(line).keySet().forEach(name -> lines.put(name, line));
  }

  /** Returns the properties that lines set. */
  static Map<String, String> properties(String lines) {
    Properties read = new Properties();
    try {
      read.load(new StringReader(lines));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return read.stringPropertyNames().stream()
        .collect(Collectors.toMap(name -> name, read::getProperty));
  }

  static Map<String, BackendFactory> factories() {
    return ServiceLoader.load(BackendFactory.class).stream()
        .map(ServiceLoader.Provider::get)
        .collect(Collectors.toMap(BackendFactory::type, factory -> factory));
  }
}
