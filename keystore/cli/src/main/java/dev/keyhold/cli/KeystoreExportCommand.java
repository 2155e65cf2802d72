package dev.keyhold.cli;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.routing.ProcessText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code keystore export}. */
@Command(
    name = "export",
    description = {
      "Makes a key store file (type Keyhold) for keys that are there. The file holds their aliases and",
      "URIs; the keys stay where they are, and their certificates are those that the configuration or",
      "the backend has whenever the file is read."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold keystore export web.khks --alias web",
      "  keyhold keystore export all.khks --password env:KEY_STORE_PASSWORD"
    })
final class KeystoreExportCommand implements Callable<Integer> {
  private static final int MAX_PASSWORD = 4096;

  private final Context context;
  @Spec private CommandSpec command;

  @Parameters(paramLabel = "FILE", description = "The file to be made.")
  private Path file;

  @Option(
      names = "--alias",
      paramLabel = "ALIAS",
      description = "An alias to be in it, again for each further one; else all that have a key.")
  private List<String> aliases = List.of();

  @Option(
      names = "--password",
      paramLabel = "SOURCE",
      description =
          "The password that protects the file from changes, as env:NAME or file:PATH; else it is asked for.")
  private String password;

  @Option(names = "--force", description = "Replace FILE if it exists.")
  private boolean force;

  KeystoreExportCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, BackendException, IOException {
    if (aliases.stream().anyMatch(alias -> alias.isEmpty() || alias.contains("*"))) {
      throw new ParameterException(command.commandLine(), "--alias takes an alias in full");
    }
    char[] secret = secret();
    try (Session session = Session.open(context);
        FileOutput out = FileOutput.create(file, force)) {
      List<String> written = session.export(aliases, out.stream(), secret);
      out.commit();
      context.err().println("%s holds %s".formatted(file, String.join(", ", written)));
      return ExitCode.OK;
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private char[] secret() throws CommandFailure, BackendException, IOException {
    char[] secret;
    if (password == null) {
      secret =
          context
              .terminal()
              .askSecret("Password for " + file + ": ")
              .orElseThrow(
                  () ->
                      new CommandFailure(
                          ExitCode.USAGE,
                          "no terminal to ask for the password of %s: give --password env:NAME or file:PATH"
                              .formatted(file)));
    } else if (password.startsWith("env:")) {
      String value = ProcessText.ofThisProcess().environment().get(password.substring(4));
      secret = value == null ? new char[0] : value.toCharArray();
    } else if (password.startsWith("file:")) {
      secret = ofFile(Path.of(password.substring(5)));
    } else {
      throw new ParameterException(
          command.commandLine(), "--password is env:NAME or file:PATH, never the password itself");
    }
    if (secret.length == 0) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION, "the password of %s is empty or not set".formatted(file));
    }
    if (contains(secret, '\uFFFD')) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "the password was damaged when this locale decoded it; give it as file:PATH, in UTF-8");
    }
    return secret;
  }

  private static boolean contains(char[] secret, char sought) {
    for (char c : secret) {
      if (c == sought) {
        return true;
      }
    }
    return false;
  }

  private static char[] ofFile(Path path) throws IOException, CommandFailure {
    if (Files.size(path) > MAX_PASSWORD) {
      throw new CommandFailure(ExitCode.CONFIGURATION, path + " is longer than a password can be");
    }
    byte[] bytes = Files.readAllBytes(path);
    CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    Arrays.fill(bytes, (byte) 0);
    int length = decoded.limit();
    while (length > 0 && (decoded.get(length - 1) == '\n' || decoded.get(length - 1) == '\r')) {
      length--;
    }
    char[] secret = Arrays.copyOf(decoded.array(), length);
    Arrays.fill(decoded.array(), '\0');
    return secret;
  }
}
