package dev.keyhold.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * A fresh SoftHSM2 token. All tokens of a test run are in one folder, which the environment
 * variable {@code SOFTHSM2_CONF} of the test JVM points to; JVMs side by side have one each.
 *
 * <p>Each token has its own copy of the library: a library that was loaded before a token was made
 * does not see it. Where SoftHSM2 is not installed, the test is skipped. Thread-safe.
 */
public final class SoftHsm {
  private static final List<Path> LIBRARIES =
      List.of(
          Path.of("/usr/lib/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib64/libsofthsm2.so"),
          Path.of("/usr/lib64/pkcs11/libsofthsm2.so"),
          Path.of("/usr/local/lib/softhsm/libsofthsm2.so"),
          Path.of("/opt/homebrew/lib/softhsm/libsofthsm2.so"));
  private static final String PIN = "1234";
  private static final String SO_PIN = "4321";
  private static int count;

  private final String label;
  private final Path library;

  private SoftHsm(String label, Path library) {
    this.label = label;
    this.library = library;
  }

  /**
   * Makes a token.
   *
   * @param name the first part of its label, which is unique
   * @throws TestAbortedException if SoftHSM2 is not installed
   */
  public static synchronized SoftHsm newToken(String name) {
    Path installed =
        LIBRARIES.stream()
            .filter(Files::isReadable)
            .findFirst()
            .orElseThrow(() -> new TestAbortedException("SoftHSM2 is not installed"));
    try {
      Path folder = folder();
      count++;
      String label = name + "-" + count;
      Path library = folder.resolve("libsofthsm2-" + count + ".so");
      Files.copy(installed, library);
      run(
          "softhsm2-util",
          "--init-token",
          "--free",
          "--label",
          label,
          "--so-pin",
          SO_PIN,
          "--pin",
          PIN);
      return new SoftHsm(label, library);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The token's label. */
  public String label() {
    return label;
  }

  /** The user PIN. */
  public String pin() {
    return PIN;
  }

  /** The library to load for this token. */
  public Path library() {
    return library;
  }

  /**
   * What OpenSC's {@code pkcs11-tool} prints about this token, logged in as the user.
   *
   * @throws TestAbortedException if OpenSC is not installed
   */
  public String pkcs11Tool(String... arguments) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("pkcs11-tool", "--module", library.toString()));
    command.addAll(List.of("--token-label", label, "--login", "--pin", PIN));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  /** The folder of all tokens of this JVM; emptied before the first one. */
  private static Path folder() throws IOException {
    String variable = System.getenv("SOFTHSM2_CONF");
    if (variable == null) {
      throw new TestAbortedException("SOFTHSM2_CONF is not set; run the test by Maven");
    }
    Path configuration = Path.of(variable);
    Path folder = configuration.toAbsolutePath().getParent();
    if (count == 0) {
      deleteTree(folder);
      Path tokens = Files.createDirectories(folder.resolve("tokens"));
      Files.writeString(
          configuration,
          "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n");
    }
    return folder;
  }

  private static void deleteTree(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> paths = Files.walk(folder)) {
        for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private static String run(String... command) {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new TestAbortedException(command[0] + " is not installed", e);
    }
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + " failed:\n" + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
