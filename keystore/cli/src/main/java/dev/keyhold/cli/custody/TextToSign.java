package dev.keyhold.cli.custody;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.CharterCheck;
import dev.keyhold.custody.proof.charter.CharterLines;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.note.VerifierKey;
import dev.keyhold.custody.proof.statement.Grant;
import dev.keyhold.custody.proof.statement.Statement;
import dev.keyhold.custody.proof.text.Display;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * A text that a person is about to sign: a charter, or a statement. Immutable.
 *
 * @param text the text
 * @param isNote whether it came with signatures
 * @param charter the charter, or null
 * @param statement the statement, or null
 */
record TextToSign(String text, boolean isNote, Charter charter, Statement statement) {
  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("EEE uuuu-MM-dd HH:mm:ss xxx", Locale.ROOT);

  /** Reads a note, a text, or the draft of a charter; refuses what a custodian would not read. */
  static TextToSign read(Path file) throws IOException, CommandFailure {
    byte[] bytes = SmallFile.read(file);
    String content = new String(bytes, StandardCharsets.UTF_8);
    try {
      boolean isNote = CharterFile.isNote(content);
      String text = isNote ? Note.parse(bytes).text() : content;
      if (text.startsWith("keyhold.dev/") && !text.startsWith(Charter.KIND)) {
        return new TextToSign(text, isNote, null, Statement.parse(text));
      }
      Charter charter = isNote ? Charter.parse(text) : Charter.parseDraft(text);
      return new TextToSign(charter.text(), isNote, charter, null);
    } catch (ProofException e) {
      throw new CommandFailure(ExitCode.FAILED, file + ": " + e.getMessage(), e);
    }
  }

  /** Returns the note in a file with the same text; one without signatures if there is no file. */
  Note noteAt(Path target) throws IOException, CommandFailure {
    if (!Files.exists(target)) {
      return new Note(text, List.of());
    }
    Note note;
    try {
      note = Note.parse(SmallFile.read(target));
    } catch (ProofException e) {
      throw new CommandFailure(
          ExitCode.FAILED, "%s is there and no note: %s".formatted(target, e.getMessage()), e);
    }
    if (!note.text().equals(text)) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "%s is the note of another text, with the id %s; --out names another file"
              .formatted(target, note.id()));
    }
    return note;
  }

  /** Returns the name under which a charter lists a key; for other texts the alias. */
  String nameOf(SigningKey key, String alias) throws CommandFailure {
    if (charter != null) {
      VerifierKey own = key.verifierKey("x");
      for (CharterLines.Person person : charter.lines().persons()) {
        if (person.key().sameKey(own)) {
          return person.key().name();
        }
      }
      throw new CommandFailure(
          ExitCode.FAILED,
          "%s lists the key %s for no person; an owner of the version before gives --name, as that version names the key"
              .formatted(charter, alias));
    }
    try {
      return key.verifierKey(alias).name();
    } catch (ProofException e) {
      throw new CommandFailure(
          ExitCode.USAGE, "--name is needed: the alias is not a valid key name in a charter", e);
    }
  }

  /** Returns the grant, or null. */
  Grant grant() {
    return statement instanceof Grant grant ? grant : null;
  }

  /** Returns the text for the person who reads it, and what follows from it. */
  String shown() {
    StringJoiner lines = new StringJoiner("\n");
    lines.add(Display.text(text).stripTrailing()).add("");
    if (charter != null) {
      CharterCheck check = CharterCheck.of(charter);
      check.thresholds().forEach(threshold -> lines.add(threshold.toString()));
      check.warnings().forEach(warning -> lines.add("warning: " + warning));
    }
    Grant grant = grant();
    if (grant != null) {
      lines.add("from   " + local(grant.from())).add("until  " + local(grant.until()));
      lines.add("which is " + length(Duration.between(grant.from(), grant.until())));
      lines.add(grant.sentence());
    }
    return lines.toString();
  }

  private static String local(Instant instant) {
    return "%s, here %s".formatted(instant, LOCAL.format(instant.atZone(ZoneId.systemDefault())));
  }

  private static String length(Duration duration) {
    return "%s d %s h %s min"
        .formatted(duration.toDays(), duration.toHoursPart(), duration.toMinutesPart());
  }
}
