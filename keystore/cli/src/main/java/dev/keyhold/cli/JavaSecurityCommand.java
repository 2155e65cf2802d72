package dev.keyhold.cli;

import dev.keyhold.keystore.BackendException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.Security;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code java-security}. */
@Command(
    name = "java-security",
    description = {
      "Prints security properties that put Keyhold before the providers of this JDK.",
      "With them an unchanged program has Keyhold at position 1. keytool -genseckey needs that: it"
          + " makes keys with the first provider, and would otherwise make them outside the"
          + " backend. The configuration then needs a line: generate = BACKEND."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  keyhold java-security --config keyhold.properties > keyhold.security",
      "  keytool -J-Djava.security.properties=keyhold.security \\",
      "    -J-cp -J\"$(keyhold providerpath)\" -J--add-modules=ALL-DEFAULT \\",
      "    -genseckey -alias orders -keyalg AES -keysize 256 \\",
      "    -keystore NONE -storetype Keyhold"
    })
final class JavaSecurityCommand implements Callable<Integer> {
  private static final String PROVIDER = "security.provider.";

  private final Context context;

  JavaSecurityCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, BackendException {
    Path config = context.requireConfig().toAbsolutePath().normalize();
    PrintStream out = context.out();
    try (Session session = Session.open(context)) {
      out.println("# For Java " + Runtime.version() + " in " + System.getProperty("java.home"));
      if (session.router().configuration().generate().isEmpty()) {
        out.println("# keytool -genseckey needs a line generate = BACKEND in the configuration");
      }
    }
    out.println(property(1, "dev.keyhold.KeyholdProvider " + config));
    String name;
    for (int i = 1; (name = Security.getProperty(PROVIDER + i)) != null; i++) {
      out.println(property(i + 1, name));
    }
    return ExitCode.OK;
  }

  private static String property(int position, String value) {
    return PROVIDER + position + "=" + value.replace("\\", "\\\\");
  }
}
