package dev.keyhold.cli;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.routing.ProcessText;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.Security;
import java.util.Locale;
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
    Path config = context.requireConfig().toAbsolutePath();
    PrintStream out = context.out();
    try (Session session = Session.open(context)) {
      out.println("# For Java " + Runtime.version() + " in " + System.getProperty("java.home"));
      if (session.router().configuration().generate().isEmpty()) {
        out.println("# keytool -genseckey needs a line generate = BACKEND in the configuration");
      }
    }
    out.println(property(1, "dev.keyhold.KeyholdProvider " + argument(config)));
    String name;
    for (int i = 1; (name = Security.getProperty(PROVIDER + i)) != null; i++) {
      out.println(property(i + 1, name));
    }
    return ExitCode.OK;
  }

  /** The JDK expands <code>${...}</code> in an argument, and strips it. */
  private static String argument(Path config) {
    String path = config.toString();
    boolean plain =
        !path.contains("${") && !ProcessText.isDamaged(path) && path.equals(path.strip());
    return plain ? path : config.toUri().toString();
  }

  private static String property(int position, String value) {
    return PROVIDER + position + "=" + escaped(value);
  }

  /** The JDK reads the file as ISO 8859-1. */
  private static String escaped(String value) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\') {
        text.append("\\\\");
      } else if (c < ' ' || c > '~') {
        text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
