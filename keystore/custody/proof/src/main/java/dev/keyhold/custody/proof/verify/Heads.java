package dev.keyhold.custody.proof.verify;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.CharterLines;
import dev.keyhold.custody.proof.log.Checkpoint;
import dev.keyhold.custody.proof.note.Cosignature;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.note.NoteSignature;
import dev.keyhold.custody.proof.note.VerifierKey;
import dev.keyhold.custody.proof.text.TextReader;
import dev.keyhold.custody.proof.text.Values;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The checkpoints of a folder, as they were read and as they are verified. */
final class Heads {
  /** The place of {@code checkpoint}; the records of the history have their numbers. */
  static final String CHECKPOINT = "checkpoint";

  /**
   * A checkpoint as it was read.
   *
   * @param place where
   * @param note the note, or null
   * @param checkpoint its text, or null
   * @param problem why it could not be read, or null
   */
  record Head(String place, Note note, Checkpoint checkpoint, String problem) {}

  /**
   * A cosignature that verified.
   *
   * @param size how many leaves the log had
   * @param time at this time of the witness
   * @param witness its name
   */
  record Cosigned(long size, Instant time, String witness) {}

  private final Head last;
  private final String origin;
  private final List<Head> history = new ArrayList<>();
  private final RecordFiles.Ending ending;

  private Heads(Head last, String origin, List<Head> history, RecordFiles.Ending ending) {
    this.last = last;
    this.origin = origin;
    this.history.addAll(history);
    this.ending = ending;
  }

  static Heads read(Path folder) throws IOException {
    Path file = folder.resolve(CHECKPOINT);
    Head last = new Head(CHECKPOINT, null, null, "there is no checkpoint");
    String origin = "-";
    if (Files.isRegularFile(file)) {
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes(Note.MAX_NOTE + 1);
        last = head(CHECKPOINT, bytes);
        origin = firstLine(bytes);
      }
    }
    List<Head> history = new ArrayList<>();
    RecordFiles.Ending ending =
        RecordFiles.read(
            folder.resolve("history"),
            (index, bytes, hash) -> history.add(head(Long.toString(index), bytes)));
    return new Heads(last, origin, history, ending);
  }

  private static String firstLine(byte[] bytes) {
    try {
      return Values.origin(TextReader.kind(TextReader.decode(bytes)));
    } catch (ProofException e) {
      return "-";
    }
  }

  private static Head head(String place, byte[] bytes) {
    try {
      Note note = Note.parse(bytes);
      return new Head(place, note, Checkpoint.parse(note.text()), null);
    } catch (ProofException e) {
      return new Head(place, null, null, e.getMessage());
    }
  }

  /** Returns the origin that the checkpoint names, or {@code -}. */
  String origin() {
    return origin;
  }

  Head last() {
    return last;
  }

  List<Head> history() {
    return history;
  }

  RecordFiles.Ending ending() {
    return ending;
  }

  /** Returns the sizes of all checkpoints that could be read. */
  Set<Long> sizes() {
    Set<Long> sizes = new LinkedHashSet<>();
    for (Head head : history) {
      if (head.checkpoint != null) {
        sizes.add(head.checkpoint.size());
      }
    }
    if (last.checkpoint != null) {
      sizes.add(last.checkpoint.size());
    }
    return sizes;
  }

  /**
   * Returns what is wrong with a checkpoint as such, or null.
   *
   * @param cosigned takes the cosignatures that verify
   */
  static String problem(Head head, String origin, List<Charter> charters, List<Cosigned> cosigned) {
    if (head.problem != null) {
      return head.problem;
    }
    if (!head.checkpoint.origin().equals(origin)) {
      return "it is of the log " + head.checkpoint.origin();
    }
    Set<VerifierKey> logKeys = new LinkedHashSet<>();
    Set<VerifierKey> witnesses = new LinkedHashSet<>();
    for (Charter charter : charters) {
      if (charter.logKey(origin) != null) {
        logKeys.add(charter.logKey(origin));
      }
      charter.lines().witnesses().stream()
          .map(CharterLines.Witness::key)
          .filter(VerifierKey::isUsable)
          .forEach(witnesses::add);
    }
    Set<String> unusable = new LinkedHashSet<>();
    for (Charter charter : charters) {
      charter.lines().witnesses().stream()
          .filter(witness -> !witness.key().isUsable())
          .forEach(witness -> unusable.add(witness.name()));
    }
    boolean signed = false;
    List<Cosigned> found = new ArrayList<>();
    for (NoteSignature signature : head.note.signatures()) {
      boolean known = false;
      for (VerifierKey key : logKeys) {
        if (key.names(signature)) {
          known = true;
          if (!key.verifies(head.note.text(), signature)) {
            return "the signature of the log does not verify";
          }
          signed = true;
        }
      }
      for (VerifierKey key : witnesses) {
        if (key.names(signature)) {
          Optional<Instant> time = Cosignature.verify(key, head.note.text(), signature);
          if (time.isEmpty()) {
            return "the cosignature of " + key.name() + " does not verify";
          }
          found.add(new Cosigned(head.checkpoint.size(), time.get(), key.name()));
          known = true;
        }
      }
      if (!known && !unusable.contains(signature.name())) {
        return "a signature is by a key of " + signature.name() + " that no charter lists";
      }
    }
    if (!signed) {
      return "it is not signed by the key that the charter has for " + origin;
    }
    cosigned.addAll(found);
    return null;
  }
}
