package dev.keyhold.custody.proof.log;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.note.Base64Strict;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.text.Values;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A proof of C2SP tlog-proof: a checkpoint and the path from a leaf to its root. Immutable.
 *
 * @param index of the leaf
 * @param path the hashes from the leaf's sibling up
 * @param checkpoint the signed checkpoint
 */
public record TlogProof(long index, List<byte[]> path, Note checkpoint) {
  private static final String KIND = "c2sp.org/tlog-proof@v1\n";
  private static final String INDEX = "index ";
  private static final int MAX_PATH = 63;

  /**
   * Reads a proof; an {@code extra} line is not read.
   *
   * @throws ProofException if it is malformed
   */
  public static TlogProof parse(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int gap = text.indexOf("\n\n");
    if (!text.startsWith(KIND) || gap < 0) {
      throw ProofException.syntax("a proof begins with " + KIND.strip());
    }
    String[] lines = text.substring(KIND.length(), Math.max(gap, KIND.length())).split("\n", -1);
    if (!lines[0].startsWith(INDEX) || lines.length > MAX_PATH + 1) {
      throw ProofException.syntax("a proof has an index and at most " + MAX_PATH + " hashes");
    }
    List<byte[]> path = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      byte[] hash = Base64Strict.decode(lines[i]);
      if (hash.length != Hashes.LENGTH) {
        throw ProofException.syntax("a hash has 32 bytes");
      }
      path.add(hash);
    }
    return new TlogProof(
        Values.number(lines[0].substring(INDEX.length())),
        List.copyOf(path),
        Note.parse(text.substring(gap + 2).getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Requires that the checkpoint's tree has the leaf. The signature of the checkpoint is the
   * caller's to verify.
   *
   * @throws ProofException if it has not
   */
  public void verify(byte[] leaf) {
    Checkpoint head = Checkpoint.parse(checkpoint.text());
    Proofs.verifyInclusion(Hashes.leaf(leaf), index, head.size(), path, head.rootBytes());
  }

  /** Returns the text of the proof. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(KIND).append(INDEX).append(index).append('\n');
    path.forEach(hash -> text.append(Base64.getEncoder().encodeToString(hash)).append('\n'));
    return text.append('\n').append(checkpoint).toString();
  }
}
