package dev.keyhold.custody.proof.log;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.note.Base64Strict;
import dev.keyhold.custody.proof.text.Values;
import java.util.Base64;

/**
 * The text of a checkpoint of C2SP tlog-checkpoint, without extension lines. Immutable.
 *
 * @param origin of the log
 * @param size how many leaves
 * @param root of the tree, in base64
 */
public record Checkpoint(String origin, long size, String root) {
  /** Returns the checkpoint of a tree. */
  public static Checkpoint of(String origin, long size, byte[] root) {
    return new Checkpoint(origin, size, Base64.getEncoder().encodeToString(root));
  }

  /**
   * Reads the text of a checkpoint.
   *
   * @throws ProofException with the code {@code checkpoint} if it has another form
   */
  public static Checkpoint parse(String text) {
    String[] lines = text.split("\n", -1);
    try {
      if (lines.length != 4 || !lines[3].isEmpty()) {
        throw ProofException.syntax("a checkpoint has three lines");
      }
      if (Base64Strict.decode(lines[2]).length != Hashes.LENGTH) {
        throw ProofException.syntax("a root has 32 bytes");
      }
      return new Checkpoint(Values.origin(lines[0]), Values.number(lines[1]), lines[2]);
    } catch (ProofException e) {
      throw new ProofException("checkpoint", e.getMessage(), e);
    }
  }

  /** Returns the root as bytes. */
  public byte[] rootBytes() {
    return Base64.getDecoder().decode(root);
  }

  /** Returns the text that is signed. */
  public String text() {
    return origin + "\n" + size + "\n" + root + "\n";
  }
}
