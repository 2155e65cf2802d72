package dev.keyhold.custody.server.command;

import dev.keyhold.admin.HostText;
import dev.keyhold.custody.server.log.LogRefused;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.ConfigurationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the custodian. */
@Command(
    name = "keyhold-custodian",
    mixinStandardHelpOptions = true,
    version = "keyhold-custodian 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {InitCommand.class, RunCommand.class},
    description = {
      "A process that alone holds the credential of an HSM or a KMS: it uses a key only if a signed",
      "charter allows it, enough people agreed, and the record of it is on the disk first."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:ended as it was asked to",
      "1:failed, or the log does not start",
      "2:wrong usage",
      "3:the configuration, a password or a PIN is missing or wrong"
    })
public final class Main {
  /** Kept, or the level that was set would go with it. */
  private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

  private static final int FAILED = 1;
  private static final int CONFIGURATION = 3;

  Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    // TLS sessions are not resumed; set before the first connection, unless the user did
    if (System.getProperty("jdk.tls.server.enableSessionTicketExtension") == null) {
      System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
    }
    JETTY.setLevel(Level.WARNING); // how it starts and stops is of no use here
    System.exit(
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            HostText.arguments(arguments)));
  }

  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine line = new CommandLine(new Main());
    line.setOut(out);
    line.setErr(err);
    line.setExecutionExceptionHandler(
        (failure, command, result) -> {
          boolean known =
              failure instanceof LogRefused
                  || failure instanceof IOException
                  || failure instanceof GeneralSecurityException;
          boolean configured =
              failure instanceof ConfigurationException || failure instanceof BackendException;
          if (!known && !configured) {
            throw failure;
          }
          String message = failure.getMessage();
          err.println("keyhold-custodian: " + (known ? words(failure) : message));
          return configured ? CONFIGURATION : FAILED;
        });
    return line.execute(arguments);
  }

  private static String words(Exception failure) {
    return failure instanceof LogRefused ? failure.getMessage() : failure.toString();
  }
}
