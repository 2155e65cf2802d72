package dev.keyhold.cli.keys;

import dev.keyhold.admin.HostText;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.DeclaredOptions;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.SecretFile;
import dev.keyhold.cli.command.Session;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.PasswordProtection;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code keys password}. */
@Command(
    name = "password",
    description = {
      "Changes the password of a key file, and the way in which its key is derived to the present"
          + " one.",
      "A copy of the file, which the former password opens, stays beside it. Without an option the"
          + " new password is asked for. Then give the new one to all that use the file."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold keys password",
      "  keyhold keys password --generate=new-password.txt",
      "  keyhold keys password --new=new-password.txt"
    })
public final class KeysPasswordCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private ProtectedBackend backend;

  @SuppressWarnings("UnusedVariable") // read by picocli
  @Mixin
  private DeclaredOptions declared;

  @ArgGroup private Source source;

  public KeysPasswordCommand(Context context) {
    this.context = context;
  }

  /** The source of the new password. */
  static final class Source {
    @Option(
        names = "--new",
        paramLabel = "FILE",
        description =
            "Take the new password from this file, by the rules of file:PATH in the configuration.")
    private Path file;

    @Option(
        names = "--generate",
        paramLabel = "FILE",
        description = "Make a password that can't be guessed, and write it into this new file.")
    private Path generate;
  }

  @Override
  public Integer call() throws CommandFailure, BackendException {
    try (Session session = Session.open(context)) {
      String name = backend.in(session);
      boolean generates = source != null && source.generate != null;
      if (generates) {
        session.requireFreeForSecret(source.generate);
      }
      if (generates && session.admin().backend(name).passwordProtection().isEmpty()) {
        char[] made = generated(source.generate);
        Arrays.fill(made, '\0');
        context
            .out()
            .println(
                "a password is in %s; there is no key file yet: backend.%s.password = file:%s"
                    .formatted(source.generate, name, source.generate.toAbsolutePath()));
        return ExitCode.OK;
      }
      session.unlock(name);
      char[] password = generates ? generated(source.generate) : given();
      try {
        String copy = session.admin().backend(name).protectAnew(Optional.of(password));
        context.out().println(done(session, name, copy));
        return ExitCode.OK;
      } finally {
        Arrays.fill(password, '\0');
      }
    }
  }

  /** Returns what is to be said of a file that was written anew. */
  static String done(Session session, String backend, String copy) throws BackendException {
    PasswordProtection now = session.admin().backend(backend).passwordProtection().orElseThrow();
    return "%s has %s; as it was before, it is in %s: delete that once it isn't needed"
        .formatted(now.place(), now.derivation(), copy);
  }

  private char[] given() throws CommandFailure, BackendException {
    if (source != null) {
      return HostText.secretFromFile("the new password", source.file);
    }
    char[] first = ask("New password of the key file: ");
    char[] second = ask("Once more: ");
    boolean same = Arrays.equals(first, second);
    Arrays.fill(second, '\0');
    if (!same) {
      Arrays.fill(first, '\0');
      throw new CommandFailure(ExitCode.USAGE, "the two are not the same; nothing was changed");
    }
    HostText.requireReadable("the new password", first);
    return first;
  }

  private char[] ask(String prompt) throws CommandFailure {
    return context
        .terminal()
        .askSecret(prompt)
        .orElseThrow(
            () ->
                new CommandFailure(
                    ExitCode.USAGE, "without a terminal, give --new=FILE or --generate=FILE"));
  }

  private static char[] generated(Path file) throws CommandFailure {
    String password = SecretFile.randomSecret();
    try {
      SecretFile.create(file, password);
      return password.toCharArray();
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure(
          ExitCode.USAGE, "file %s exists already; nothing was changed".formatted(file), e);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.FAILED, "file %s cannot be written: %s".formatted(file, e), e);
    }
  }
}
