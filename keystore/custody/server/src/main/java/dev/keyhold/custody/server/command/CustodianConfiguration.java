package dev.keyhold.custody.server.command;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.text.Values;
import dev.keyhold.custody.server.log.LogSettings;
import dev.keyhold.keystore.ConfigurationException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The configuration of a custodian: lines {@code name = value}; paths are relative to its folder.
 * Immutable.
 */
final class CustodianConfiguration {
  private static final Set<String> NAMES =
      Set.of(
          "include",
          "custodian.origin",
          "custodian.backend",
          "charter.pin",
          "listen.library",
          "listen.people",
          "listen.certificate",
          "listen.key",
          "listen.ca",
          "log.folder",
          "log.mirror",
          "log.key",
          "log.key-file",
          "log.reserve",
          "log.size");

  private record Value(String text, int line) {}

  private final Path file;
  private final Map<String, Value> values = new LinkedHashMap<>();

  private CustodianConfiguration(Path file) {
    this.file = file.toAbsolutePath();
  }

  /**
   * Reads a configuration.
   *
   * @throws ConfigurationException naming the line and what would be right
   */
  static CustodianConfiguration read(Path file) {
    CustodianConfiguration configuration = new CustodianConfiguration(file);
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ConfigurationException("the configuration " + file + " can't be read: " + e, e);
    }
    for (int i = 0; i < lines.size(); i++) {
      configuration.line(lines.get(i).strip(), i + 1);
    }
    return configuration;
  }

  private void line(String line, int number) {
    if (line.isEmpty() || line.startsWith("#")) {
      return;
    }
    int equals = line.indexOf('=');
    String name = equals < 0 ? line : line.substring(0, equals).strip();
    String value = equals < 0 ? "" : line.substring(equals + 1).strip();
    if (!NAMES.contains(name)) {
      throw invalid(
          number,
          name
              + " is not a property of a custodian; the properties are: "
              + String.join(", ", new TreeSet<>(NAMES)));
    }
    if (value.isEmpty()) {
      throw invalid(number, name + " has no value");
    }
    Value earlier = values.put(name, new Value(value, number));
    if (earlier != null) {
      throw invalid(number, name + " is set in line " + earlier.line + " already");
    }
  }

  private ConfigurationException invalid(int line, String what) {
    return new ConfigurationException(file + ", line " + line + ": " + what);
  }

  private Optional<String> optional(String name) {
    return Optional.ofNullable(values.get(name)).map(Value::text);
  }

  private String required(String name) {
    return optional(name)
        .orElseThrow(() -> new ConfigurationException(file + ": " + name + " is missing"));
  }

  private Path path(String name, String text) {
    try {
      return file.getParent().resolve(text);
    } catch (InvalidPathException e) {
      throw invalid(values.get(name).line, name + " is no path");
    }
  }

  private Path requiredPath(String name) {
    return path(name, required(name));
  }

  /** Returns the configuration of the backends. */
  Path include() {
    return requiredPath("include");
  }

  /** Returns the name of the backend whose keys are used; empty for the only one. */
  Optional<String> backend() {
    return optional("custodian.backend");
  }

  String origin() {
    String origin = required("custodian.origin");
    try {
      return Values.origin(origin);
    } catch (ProofException e) {
      throw invalid(values.get("custodian.origin").line, e.getMessage());
    }
  }

  String pin() {
    String pin = required("charter.pin");
    try {
      return Values.hash(pin);
    } catch (ProofException e) {
      throw invalid(values.get("charter.pin").line, "charter.pin: " + e.getMessage());
    }
  }

  /** Returns the alias of the key that seals the log key. */
  String sealingAlias() {
    return required("log.key");
  }

  /** Returns where the sealed log key is. */
  Path logKeyFile() {
    return path("log.key-file", optional("log.key-file").orElse("log-key.keyhold"));
  }

  InetSocketAddress address(String name) {
    String text = required(name);
    int colon = text.lastIndexOf(':');
    if (colon > 0 && text.substring(colon + 1).matches("[0-9]{1,5}")) {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (port <= 65_535) {
        return new InetSocketAddress(text.substring(0, colon), port);
      }
    }
    throw invalid(values.get(name).line, name + " is <host>:<port>, such as 0.0.0.0:8443");
  }

  Path certificate() {
    return requiredPath("listen.certificate");
  }

  Path key() {
    return requiredPath("listen.key");
  }

  Optional<Path> authorities() {
    return optional("listen.ca").map(text -> path("listen.ca", text));
  }

  LogSettings log(boolean newMirror) {
    LogSettings settings =
        LogSettings.of(origin(), requiredPath("log.folder"))
            .withSizes(
                bytes("log.reserve", LogSettings.DEFAULT_RESERVE),
                bytes("log.size", LogSettings.DEFAULT_MAX_SIZE));
    Optional<Path> mirror = optional("log.mirror").map(text -> path("log.mirror", text));
    return mirror.isEmpty() ? settings : settings.withMirror(mirror.get(), newMirror);
  }

  private long bytes(String name, long otherwise) {
    Optional<String> text = optional(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    if (!text.get().matches("[0-9]{1,6}(KiB|MiB|GiB)")) {
      throw invalid(
          values.get(name).line, name + " is a number and KiB, MiB or GiB, such as 256MiB");
    }
    long number = Long.parseLong(text.get().substring(0, text.get().length() - 3));
    return switch (text.get().charAt(text.get().length() - 3)) {
      case 'K' -> number << 10;
      case 'M' -> number << 20;
      default -> number << 30;
    };
  }
}
