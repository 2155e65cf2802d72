package dev.keyhold.demo;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A token of SoftHSM2, an HSM in software, for the demo. */
final class SoftHsmToken {
  private static final List<Path> LIBRARIES =
      List.of(
          Path.of("/usr/lib/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib64/pkcs11/libsofthsm2.so"),
          Path.of("/usr/local/lib/softhsm/libsofthsm2.so"),
          Path.of("/opt/homebrew/lib/softhsm/libsofthsm2.so"));
  private static final String LABEL = "demo";
  private static final String PIN_FILE = "pin.txt";

  private SoftHsmToken() {}

  /** Makes the token in a folder, with its PIN in a file there. */
  static void prepare(DemoFolder folder) throws CommandFailure, IOException, InterruptedException {
    library();
    Path tokens = Files.createDirectory(folder.path().resolve("tokens"));
    Files.writeString(
        settings(folder.path()),
        "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n"
            .formatted(tokens));
    // softhsm2-util takes them as arguments, which others can see; these serve for a minute only
    String pin = SecretFile.randomSecret();
    folder.writeSecret(PIN_FILE, pin);
    run(folder.path(), "--init-token", "--free", "--label", LABEL, "--pin", pin, "--so-pin", pin);
  }

  /** Returns the configuration file of SoftHSM2, for the variable {@code SOFTHSM2_CONF}. */
  static Path settings(Path folder) {
    return folder.resolve("softhsm2.conf");
  }

  /** Returns a Keyhold configuration whose keys are all in the token. */
  static String configuration() throws CommandFailure {
    return """
        backend.demo.type    = pkcs11
        backend.demo.library = %s
        backend.demo.token   = %s
        backend.demo.pin     = file:%s
        key.*                = demo
        """
        .formatted(library(), LABEL, PIN_FILE);
  }

  static boolean isInstalled() {
    return installed().isPresent();
  }

  private static Optional<Path> installed() {
    return LIBRARIES.stream().filter(Files::isReadable).findFirst();
  }

  private static Path library() throws CommandFailure {
    return installed().orElseThrow(() -> missing(null));
  }

  private static void run(Path folder, String... arguments)
      throws CommandFailure, IOException, InterruptedException {
    ProcessBuilder command = new ProcessBuilder("softhsm2-util");
    command.command().addAll(List.of(arguments));
    command.environment().put("SOFTHSM2_CONF", settings(folder).toString());
    Process process;
    try {
      process = command.redirectErrorStream(true).start();
    } catch (IOException e) {
      throw missing(e);
    }
    byte[] output = process.getInputStream().readAllBytes();
    if (process.waitFor() != 0) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "softhsm2-util made no token: " + new String(output, StandardCharsets.UTF_8).strip());
    }
  }

  private static CommandFailure missing(IOException cause) {
    return new CommandFailure(
        ExitCode.FAILED,
        "the demo with --backend pkcs11 needs SoftHSM2, which is not installed; on Debian and"
            + " Ubuntu: apt-get install softhsm2",
        cause);
  }
}
