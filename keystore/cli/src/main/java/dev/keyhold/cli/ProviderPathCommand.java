package dev.keyhold.cli;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** {@code providerpath}. */
@Command(
    name = "providerpath",
    description = {
      "Prints the jars of this installation as a class path.",
      "It is for programs that load providers themselves, such as keytool and jarsigner, which take"
          + " no wildcards."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  keytool -list -keystore NONE -storetype Keyhold \\",
      "    -providerpath \"$(keyhold providerpath)\" \\",
      "    -providerclass dev.keyhold.KeyholdProvider -providerarg keyhold.properties"
    })
final class ProviderPathCommand implements Callable<Integer> {
  private final Context context;

  ProviderPathCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, IOException, URISyntaxException {
    Path self = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (!Files.isRegularFile(self)) {
      throw new CommandFailure(
          ExitCode.FAILED, "this Keyhold does not run from jars; build them by make dist");
    }
    context.out().println(jarsOf(self.getParent()));
    return ExitCode.OK;
  }

  /**
   * Returns all jars of a folder, in the order of their names, joined as the class path of this
   * system.
   */
  static String jarsOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(Path::toString)
          .filter(file -> file.endsWith(".jar"))
          .sorted()
          .collect(Collectors.joining(File.pathSeparator));
    }
  }
}
