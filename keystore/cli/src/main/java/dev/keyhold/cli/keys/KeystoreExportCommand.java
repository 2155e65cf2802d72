package dev.keyhold.cli.keys;

import dev.keyhold.admin.HostText;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.DeclaredOptions;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.FileOutput;
import dev.keyhold.cli.command.Session;
import dev.keyhold.keystore.BackendException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code keystore export}. */
@Command(
    name = "export",
    description = {
      "Makes a key store file (type Keyhold) for keys that are there.",
      "The file holds their aliases and URIs; the keys stay where they are, and their certificates are"
          + " those that the configuration or the backend has whenever the file is read."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold keystore export web.khks --alias web",
      "  keyhold keystore export all.khks --password env:KEY_STORE_PASSWORD"
    })
public final class KeystoreExportCommand implements Callable<Integer> {
  private final Context context;

  @SuppressWarnings("UnusedVariable") // read by picocli
  @Mixin
  private DeclaredOptions declared;

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

  public KeystoreExportCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, BackendException, IOException {
    if (aliases.stream().anyMatch(alias -> alias.isEmpty() || alias.contains("*"))) {
      throw new ParameterException(command.commandLine(), "--alias takes an alias in full");
    }
    char[] secret = secret();
    try (Session session = Session.open(context);
        FileOutput out = FileOutput.create(session, file, force)) {
      List<String> written = session.export(aliases, out.stream(), secret);
      out.commit();
      context.err().println("%s holds %s".formatted(file, String.join(", ", written)));
      return ExitCode.OK;
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private char[] secret() throws CommandFailure, BackendException {
    String subject = "the password of " + file;
    if (password == null) {
      char[] typed =
          context
              .terminal()
              .askSecret("Password for " + file + ": ")
              .orElseThrow(
                  () ->
                      new CommandFailure(
                          ExitCode.USAGE,
                          "no terminal to ask for the password of %s: give --password env:NAME or file:PATH"
                              .formatted(file)));
      if (typed.length == 0) {
        throw new CommandFailure(ExitCode.CONFIGURATION, subject + " is empty");
      }
      HostText.requireReadable(subject, typed);
      return typed;
    }
    if (password.startsWith("env:") && password.length() > 4) {
      return HostText.secretFromVariable(subject, password.substring(4));
    }
    if (password.startsWith("file:") && password.length() > 5) {
      return HostText.secretFromFile(subject, HostText.path(password.substring(5)));
    }
    throw new ParameterException(
        command.commandLine(), "--password is env:NAME or file:PATH, never the password itself");
  }
}
