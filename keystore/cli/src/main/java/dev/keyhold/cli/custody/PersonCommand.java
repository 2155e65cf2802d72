package dev.keyhold.cli.custody;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.DeclaredOptions;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.Session;
import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.text.Values;
import dev.keyhold.keystore.BackendException;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code custody person}. */
@Command(
    name = "person",
    description = {
      "Prints the line of a charter that lists a key for a person.",
      "The key is an Ed25519 key or an EC key of 256 bits of the person's own: in a key file, or in a"
          + " token. Its private half stays there."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold keys create approvals --algorithm Ed25519",
      "  keyhold custody person alice --key approvals"
    })
public final class PersonCommand implements Callable<Integer> {
  private final Context context;
  @Spec private CommandSpec command;

  @SuppressWarnings("UnusedVariable") // read by picocli
  @Mixin
  private DeclaredOptions declared;

  @Parameters(paramLabel = "PERSON", description = "The name of the person in the charter.")
  private String person;

  @Option(
      names = "--key",
      paramLabel = "ALIAS",
      required = true,
      description = "The alias of the person's key.")
  private String alias;

  public PersonCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, BackendException, GeneralSecurityException {
    try {
      Values.name(person);
    } catch (ProofException e) {
      throw new ParameterException(command.commandLine(), "PERSON: " + e.getMessage(), e);
    }
    try (Session session = Session.open(context)) {
      SigningKey key = SigningKey.find(session, alias);
      context.out().println("person " + person + " " + key.verifierKey(person));
      return ExitCode.OK;
    }
  }
}
