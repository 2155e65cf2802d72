package dev.keyhold.cli.keys;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.Session;
import dev.keyhold.keystore.BackendException;
import java.util.List;
import picocli.CommandLine.Parameters;

/** The argument of a command that names the backend whose password it is about. */
final class ProtectedBackend {
  @Parameters(
      arity = "0..1",
      paramLabel = "BACKEND",
      description = "The backend; may be left away where there is one software backend.")
  private String name;

  /** Its name. */
  String in(Session session) throws CommandFailure, BackendException {
    List<String> software =
        session.admin().backends().stream()
            .filter(backend -> session.type(backend).equals("software"))
            .toList();
    if (name == null && software.size() == 1) {
      return software.get(0);
    }
    if (name == null || !session.admin().backends().contains(name)) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "name a backend of the configuration; those with a key file: " + software);
    }
    return name;
  }
}
