package dev.keyhold.cli.custody;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.custody.proof.statement.Grant;
import dev.keyhold.custody.proof.text.TextReader;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * What a person types before a text is signed. A grant is confirmed by its numbers, which nobody
 * types without having looked; no option confirms any grant whatever it says.
 */
final class Confirmation {
  @Option(
      names = "--objects",
      paramLabel = "NUMBER",
      description =
          "The number of objects of the grant, in the place of typing it: for a program that has shown it.")
  private Integer objects;

  @Option(
      names = "--epochs",
      paramLabel = "NUMBER",
      description = "The same for the number of its epoch keys.")
  private Integer epochs;

  @Option(names = "--any-tenant", description = "The same where it is for all tenants.")
  private boolean anyTenant;

  @Option(names = "--yes", description = "Don't ask. Not for grants.")
  private boolean yes;

  /** Asks for what was not given; fails if something else is typed. */
  void require(Context context, CommandLine command, TextToSign text) throws CommandFailure {
    Grant grant = text.grant();
    if (grant == null) {
      if (objects != null || epochs != null || anyTenant) {
        throw new ParameterException(
            command, "--objects, --epochs and --any-tenant are for grants; this is none");
      }
      if (!yes) {
        String kind = kind(text.text());
        typed(context, "Type " + kind + " to sign this " + kind, kind, "--yes signs without it");
      }
      return;
    }
    if (yes) {
      throw new ParameterException(command, "--yes is not for grants: type the number of objects");
    }
    number(context, "objects", objects, grant.objects());
    if (grant.epochs() > 0 || epochs != null) {
      number(context, "epochs", epochs, grant.epochs());
    }
    if (isForAnyTenant(grant) && !anyTenant) {
      typed(
          context,
          "Type tenant * to allow it for every tenant",
          "tenant *",
          "--any-tenant says so");
    }
  }

  private static boolean isForAnyTenant(Grant grant) {
    return grant.clauses().tenant() != null && grant.clauses().tenant().text().equals("*");
  }

  private static void number(Context context, String what, Integer given, long number)
      throws CommandFailure {
    if (given == null) {
      typed(
          context,
          "Type the number of " + what,
          Long.toString(number),
          "--" + what + " NUMBER gives it");
    } else if (given != number) {
      throw refused("the grant has " + number + " " + what + ", not " + given);
    }
  }

  private static void typed(Context context, String question, String expected, String otherwise)
      throws CommandFailure {
    Optional<String> answer = context.terminal().ask(question + ": ");
    if (answer.isEmpty()) {
      throw new CommandFailure(
          ExitCode.USAGE, "no terminal to confirm the signature at; " + otherwise);
    }
    if (!answer.get().strip().equals(expected)) {
      throw refused("not " + expected + ", but something else was typed");
    }
  }

  private static CommandFailure refused(String why) {
    return new CommandFailure(ExitCode.FAILED, "nothing was signed: " + why);
  }

  /** Returns what a text is: {@code charter}, {@code revoke}. */
  private static String kind(String text) {
    return TextReader.kind(text).replaceFirst("^keyhold\\.dev/", "").replaceFirst("@.*$", "");
  }
}
