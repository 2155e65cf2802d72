package dev.keyhold.cli.custody;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.note.Note;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads charters as people have them: drafts with comments, texts and signed notes. */
final class CharterFile {
  private static final String SIGNATURE = "\n\n\u2014 ";

  private CharterFile() {}

  /** Returns the charter of a file; what is refused of it is the error. Signatures don't matter. */
  static Charter read(Path file) throws IOException, CommandFailure {
    byte[] bytes = SmallFile.read(file);
    try {
      String text = new String(bytes, StandardCharsets.UTF_8);
      return isNote(text) ? Charter.parse(Note.parse(bytes).text()) : Charter.parseDraft(text);
    } catch (ProofException e) {
      throw new CommandFailure(ExitCode.FAILED, file + ": " + e.getMessage(), e);
    }
  }

  /** Returns whether signature lines stand below the text. */
  static boolean isNote(String text) {
    return text.contains(SIGNATURE);
  }
}
