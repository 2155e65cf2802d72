package dev.keyhold.custody.proof.verify;

import dev.keyhold.custody.proof.leaf.Leaf;
import dev.keyhold.custody.proof.log.Checkpoint;
import dev.keyhold.custody.proof.log.Proofs;
import dev.keyhold.custody.proof.log.TilePath;
import dev.keyhold.custody.proof.log.Tiles;
import dev.keyhold.custody.proof.log.TlogProof;
import dev.keyhold.custody.proof.note.Note;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a log's folder for purposes other than verification: its leaves, and proofs from its tiles.
 * What is read is not verified. Thread-safe: it has no state.
 */
public final class LogFolder {
  private LogFolder() {}

  /** Takes leaves one by one. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Takes a leaf.
     *
     * @param index of the leaf
     * @param leaf what was read
     * @throws IOException if the reader can't go on
     */
    void take(long index, Leaf leaf) throws IOException;
  }

  /**
   * Reads the leaves of a folder in their order, as far as its records are whole.
   *
   * @return how many were read
   * @throws IOException if the folder can't be read
   * @throws dev.keyhold.custody.proof.ProofException for a leaf that is malformed
   */
  public static long read(Path folder, Reader reader) throws IOException {
    return RecordFiles.read(
            folder.resolve("segment"),
            (index, bytes, hash) -> reader.take(index, Leaf.parse(bytes)))
        .count();
  }

  /**
   * Returns the proof that the tree of the folder's checkpoint has a leaf, made from its tiles.
   *
   * @throws IOException if the checkpoint or a tile can't be read
   * @throws dev.keyhold.custody.proof.ProofException if the checkpoint is malformed
   * @throws IllegalArgumentException if the tree does not have the leaf yet
   */
  public static TlogProof prove(Path folder, long index) throws IOException {
    Note note = Note.parse(Files.readAllBytes(folder.resolve(Heads.CHECKPOINT)));
    long size = Checkpoint.parse(note.text()).size();
    return new TlogProof(
        index, Proofs.inclusion(Tiles.source(tile -> tile(folder, tile), size), index, size), note);
  }

  private static byte[] tile(Path folder, TilePath tile) throws IOException {
    Path partial = folder.resolve(tile.toString());
    return Files.readAllBytes(
        Files.exists(partial) ? partial : folder.resolve(tile.withWidth(TilePath.FULL).toString()));
  }
}
