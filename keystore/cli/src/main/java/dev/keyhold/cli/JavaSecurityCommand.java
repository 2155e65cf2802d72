package dev.keyhold.cli;

import dev.keyhold.admin.ConfigurationInfo;
import dev.keyhold.admin.HostText;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.Session;
import dev.keyhold.keystore.BackendException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.Security;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code java-security}. */
@Command(
    name = "java-security",
    description = {
      "Prints security properties that put Keyhold before the providers of this JDK.",
      "With them an unchanged program has Keyhold at position 1. keytool -genseckey needs that: it"
          + " makes keys with the first provider, and would otherwise make them outside the"
          + " backend. The configuration then needs a line: generate = BACKEND."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold java-security --config keyhold.properties > keyhold.security",
      "  keytool -J-Djava.security.properties=keyhold.security \\",
      "    -J-cp -J\"$(keyhold providerpath)\" -J--add-modules=ALL-DEFAULT \\",
      "    -genseckey -alias orders -keyalg AES -keysize 256 \\",
      "    -keystore NONE -storetype Keyhold",
      "",
      "Two configurations in one JVM:",
      "  keyhold java-security --config a.properties > keyhold.security",
      "  keyhold java-security --config b.properties --name b >> keyhold.security"
    })
final class JavaSecurityCommand implements Callable<Integer> {
  private static final String PROVIDER = "security.provider.";
  private static final String CLASS = "dev.keyhold.KeyholdProvider";

  private final Context context;
  @Spec private CommandSpec command;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "Print one line alone, for a further configuration in the same JVM: its provider and its"
              + " type of KeyStore are then Keyhold-NAME. It belongs at the end of the file of the"
              + " first one.")
  private String name;

  @Option(
      names = "--position",
      paramLabel = "N",
      description =
          "With --name: the position of that line; by default the first free one after the file of"
              + " the first configuration. Positions must have no gap.")
  private Integer position;

  JavaSecurityCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, BackendException {
    if (position != null && (name == null || position < 1)) {
      throw new ParameterException(
          command.commandLine(), "--position takes --name, and a number from 1");
    }
    if (name != null && !HostText.isProviderName(name)) {
      throw new ParameterException(
          command.commandLine(),
          "--name takes 1 to 64 letters, digits, '.', '_' or '-', such as orders");
    }
    Path config = context.requireConfig().toAbsolutePath();
    PrintStream out = context.out();
    if (name != null) {
      try (Session session = Session.open(context)) {
        ConfigurationInfo unused =
            session.admin().configuration(); // a configuration that can't be read is reported here
      }
      int free = position == null ? providers() + 2 : position;
      out.println(property(free, CLASS + " name=" + name + " " + argument(config)));
      return ExitCode.OK;
    }
    try (Session session = Session.open(context)) {
      out.println("# For Java " + Runtime.version() + " in " + System.getProperty("java.home"));
      if (session.admin().configuration().generate().isEmpty()) {
        out.println("# keytool -genseckey needs a line generate = BACKEND in the configuration");
      }
    }
    out.println(property(1, CLASS + " " + argument(config)));
    int providers = providers();
    for (int i = 1; i <= providers; i++) {
      out.println(property(i + 1, Security.getProperty(PROVIDER + i)));
    }
    return ExitCode.OK;
  }

  /** Returns the number of providers that this JDK lists. */
  private static int providers() {
    int count = 0;
    while (Security.getProperty(PROVIDER + (count + 1)) != null) {
      count++;
    }
    return count;
  }

  /**
   * Returns the argument: the path, or a URI if the path has <code>${...}</code>, which the JDK
   * expands, or blanks at its ends, which it strips.
   */
  private static String argument(Path config) {
    String path = config.toString();
    boolean plain = !path.contains("${") && !HostText.isDamaged(path) && path.equals(path.strip());
    return plain ? path : config.toUri().toString();
  }

  private static String property(int position, String value) {
    return PROVIDER + position + "=" + escaped(value);
  }

  /** Escapes a value for the JDK, which reads the file as ISO 8859-1. */
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
