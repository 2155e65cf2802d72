package dev.keyhold.custody.server.log;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.log.Checkpoint;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.note.NoteSignature;
import dev.keyhold.custody.proof.note.NoteSigner;
import dev.keyhold.custody.proof.note.VerifierKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;

/** Checkpoints of a log as files, signed by its key. Stateless. */
final class Checkpoints {
  private Checkpoints() {}

  static byte[] sign(Checkpoint checkpoint, NoteSigner signer) throws IOException {
    try {
      String text = checkpoint.text();
      return new Note(text, List.of(signer.sign(text))).toBytes();
    } catch (GeneralSecurityException e) {
      throw new IOException("the checkpoint can't be signed by the key of the log", e);
    }
  }

  /**
   * Reads a checkpoint that the key of the log signed.
   *
   * @return empty if there is no file
   * @throws LogRefused if it is another log's, or does not verify
   */
  static Optional<Checkpoint> read(Path file, String origin, VerifierKey key)
      throws IOException, LogRefused {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    try {
      Note note = Note.parse(bytes);
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      if (!checkpoint.origin().equals(origin)) {
        throw new LogRefused(
            "%s is a checkpoint of the log %s, not of %s"
                .formatted(file, checkpoint.origin(), origin));
      }
      List<NoteSignature> own = note.signatures().stream().filter(key::names).toList();
      if (own.isEmpty()) {
        throw new LogRefused(
            file + " is not signed by the log key of this custodian: another one wrote it");
      }
      new Note(note.text(), own).signers(List.of(key));
      return Optional.of(checkpoint);
    } catch (ProofException e) {
      throw new LogRefused("%s is damaged: %s".formatted(file, e.getMessage()), e);
    }
  }
}
