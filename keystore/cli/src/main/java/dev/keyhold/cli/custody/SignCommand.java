package dev.keyhold.cli.custody;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.DeclaredOptions;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.FileOutput;
import dev.keyhold.cli.command.Session;
import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.note.NoteSignature;
import dev.keyhold.custody.proof.note.NoteSigner;
import dev.keyhold.custody.proof.text.Values;
import dev.keyhold.keystore.BackendException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code custody sign}. */
@Command(
    name = "sign",
    description = {
      "Signs a charter, a grant, or another text of a custodian with a key of your own.",
      "It shows the text that is signed, and asks for a confirmation: for a grant, type the number of"
          + " objects that it opens. Several persons sign one after the other; each adds a line to the"
          + " same note. A charter may be a draft: its comments are not signed."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold custody sign charter.txt --key approvals         makes or extends charter.note",
      "  keyhold custody sign grant.note --key approvals --name bob"
    })
public final class SignCommand implements Callable<Integer> {
  private final Context context;
  @Spec private CommandSpec command;

  @SuppressWarnings("UnusedVariable") // read by picocli
  @Mixin
  private DeclaredOptions declared;

  @Mixin private Confirmation confirmation;

  @Parameters(paramLabel = "FILE", description = "The text, or the note with it.")
  private Path file;

  @Option(
      names = "--key",
      paramLabel = "ALIAS",
      required = true,
      description = "The alias of your key.")
  private String alias;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "The name of your key in the charter. A charter that is signed tells it; else ALIAS by default.")
  private String name;

  @Option(
      names = "--out",
      paramLabel = "NOTE",
      description =
          "The note to make, or to add the signature to. Else FILE if it is a note, else FILE with the ending .note.")
  private Path out;

  public SignCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call()
      throws CommandFailure, BackendException, IOException, GeneralSecurityException {
    requireName();
    TextToSign text = TextToSign.read(file);
    Path target = target(text);
    Note note = text.noteAt(target);
    try (Session session = Session.open(context)) {
      SigningKey key = SigningKey.find(session, alias);
      NoteSigner signer = key.signer(name == null ? text.nameOf(key, alias) : name);
      requireFirst(note, signer, target);
      context.out().println(text.shown());
      note.signatures().forEach(s -> context.out().println("has a signature line of " + s.name()));
      context.out().flush();
      confirmation.require(context, command.commandLine(), text);
      NoteSignature signature = signer.sign(note.text());
      if (!signer.verifierKey().verifies(note.text(), signature)) {
        throw new CommandFailure(
            ExitCode.FAILED, "the key %s made a signature that does not verify".formatted(alias));
      }
      write(session, target, note.with(signature));
      context
          .out()
          .println(
              "%s is signed by %s; id %s"
                  .formatted(target, signer.verifierKey().name(), note.id()));
      return ExitCode.OK;
    }
  }

  private void requireName() {
    if (name != null) {
      try {
        Values.origin(name);
      } catch (ProofException e) {
        throw new ParameterException(command.commandLine(), "--name: " + e.getMessage(), e);
      }
    }
  }

  private Path target(TextToSign text) {
    if (out != null) {
      return out;
    }
    String own = String.valueOf(file.getFileName());
    return text.isNote() ? file : file.resolveSibling(own.replaceFirst("\\.txt$", "") + ".note");
  }

  private static void requireFirst(Note note, NoteSigner signer, Path target)
      throws CommandFailure {
    if (note.signatures().stream().anyMatch(signer.verifierKey()::names)) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "%s has a signature by the key %s already; a second one makes the note invalid"
              .formatted(target, signer.verifierKey().name()));
    }
  }

  private static void write(Session session, Path target, Note note)
      throws IOException, CommandFailure, BackendException {
    try (FileOutput output = FileOutput.create(session, target, Files.exists(target))) {
      output.stream().write(note.toBytes());
      output.commit();
    }
  }
}
