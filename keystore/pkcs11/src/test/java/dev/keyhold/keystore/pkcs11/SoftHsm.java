package dev.keyhold.keystore.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyhold.keystore.Backend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A SoftHSM2 with tokens of its own, in the folder that SOFTHSM2_CONF of this build names. */
final class SoftHsm {
  static final String PIN = "1234";

  private static final List<String> FOLDERS =
      List.of(
          "/usr/lib/softhsm",
          "/usr/lib/x86_64-linux-gnu/softhsm",
          "/usr/lib/aarch64-linux-gnu/softhsm",
          "/usr/lib64/softhsm",
          "/usr/lib64/pkcs11",
          "/usr/local/lib/softhsm",
          "/opt/homebrew/lib/softhsm");

  private final Path library;
  private final Path tokens;

  private SoftHsm(Path library, Path tokens) {
    this.library = library;
    this.tokens = tokens;
  }

  /**
   * An empty one, or the test is skipped.
   *
   * @param more lines of its configuration, which a process reads once
   */
  static SoftHsm create(String... more) throws Exception {
    Optional<Path> library = find();
    assumeTrue(
        library.isPresent(),
        "SKIPPED: no SoftHSM2 in " + FOLDERS + " (install softhsm2, or set SOFTHSM2_MODULE)");
    String conf = System.getenv("SOFTHSM2_CONF");
    assumeTrue(conf != null, "SKIPPED: SOFTHSM2_CONF is not set; run by Maven");
    Path tokens = Path.of(conf).resolveSibling("tokens");
    deleteTree(tokens);
    Files.createDirectories(tokens);
    Files.writeString(
        Path.of(conf),
        "directories.tokendir = "
            + tokens
            + "\nobjectstore.backend = file\nlog.level = ERROR\n"
            + String.join("\n", more)
            + "\n");
    return new SoftHsm(library.get(), tokens);
  }

  Path library() {
    return library;
  }

  Path tokens() {
    return tokens;
  }

  SoftHsm withToken(String label) throws Exception {
    return withToken(label, PIN);
  }

  SoftHsm withToken(String label, String pin) throws Exception {
    run(
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        label,
        "--so-pin",
        "4321",
        "--pin",
        pin);
    return this;
  }

  Backend backend(String token, String... more) {
    return new Pkcs11BackendFactory().create(options(token, more));
  }

  MapOptions options(String token, String... more) {
    Map<String, String> values = MapOptions.pairs(more);
    values.putIfAbsent("library", library.toString());
    values.putIfAbsent("token", token);
    values.putIfAbsent("pin", PIN);
    return new MapOptions(values);
  }

  /** Runs pkcs11-tool as an administrator of a token would, or skips the test. */
  String pkcs11Tool(String token, String... arguments) throws Exception {
    assumeTrue(
        Stream.of("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "pkcs11-tool"))),
        "SKIPPED: no pkcs11-tool (install opensc)");
    List<String> command =
        new ArrayList<>(
            List.of(
                "pkcs11-tool",
                "--module",
                library.toString(),
                "--token-label",
                token,
                "--login",
                "--pin",
                PIN));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  private static Optional<Path> find() {
    Optional<Path> named = Optional.ofNullable(System.getenv("SOFTHSM2_MODULE")).map(Path::of);
    return Stream.concat(
            named.stream(), FOLDERS.stream().map(folder -> Path.of(folder, "libsofthsm2.so")))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(root)) {
      paths
          .sorted(Comparator.reverseOrder())
          .forEach(
              path -> {
                try {
                  Files.delete(path);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
