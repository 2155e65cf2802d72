package dev.keyhold.conformance;

import dev.keyhold.KeyholdProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A configuration file for a test, written line by line. Used by one thread.
 *
 * <pre>{@code
 * Provider provider = KeyholdConfig.in(folder).backend("b", BackendKind.PKCS11).line("key.* = b").provider();
 * }</pre>
 */
public final class KeyholdConfig {
  private final Path folder;
  private final List<String> lines = new ArrayList<>();

  private KeyholdConfig(Path folder) {
    this.folder = folder;
  }

  /** A configuration without a line, for an existing folder. */
  public static KeyholdConfig in(Path folder) {
    return new KeyholdConfig(folder);
  }

  /** A backend named {@code b} that holds the keys of all aliases and takes imported ones. */
  public static KeyholdConfig of(BackendKind kind, Path folder) {
    return in(folder).backend("b", kind).line("backend.b.import = allow").line("key.* = b");
  }

  /** A backend named {@code b} in AWS KMS, or what stands for it, that holds the keys of all. */
  public static KeyholdConfig ofAws(Path folder, Map<String, String> options) {
    return in(folder).backend("b", "aws-kms", options).line("key.* = b");
  }

  /** Adds a backend with an empty place for keys. */
  public KeyholdConfig backend(String name, BackendKind kind) {
    return backend(name, kind.type(), kind.options(folder, name));
  }

  private KeyholdConfig backend(String name, String type, Map<String, String> options) {
    line("backend." + name + ".type = " + type);
    options.forEach((option, value) -> line("backend." + name + "." + option + " = " + value));
    return this;
  }

  /** Adds a line as it is. */
  public KeyholdConfig line(String line) {
    lines.add(line);
    return this;
  }

  /** Writes the file. */
  public Path write() {
    try {
      return Files.write(folder.resolve("keyhold.properties"), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes the file and configures a provider by it, which is not installed; the caller closes it.
   */
  public KeyholdProvider provider() {
    return new KeyholdProvider().configure(write().toString());
  }
}
