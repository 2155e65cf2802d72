package dev.keyhold.custody.proof.log;

import java.util.ArrayList;
import java.util.List;

/**
 * The root of a growing tree, with memory for one hash of each level (RFC 6962, section 2.1). Not
 * thread-safe.
 */
public final class TreeHead {
  /** The roots of complete subtrees, from left to right: one for each bit of the size. */
  private final List<byte[]> subtrees = new ArrayList<>();

  private long size;

  /** Creates the tree without leaves. */
  public TreeHead() {}

  /** Adds the hash of the next leaf. */
  public void add(byte[] leafHash) {
    byte[] hash = leafHash;
    for (long bits = size; (bits & 1) == 1; bits >>>= 1) {
      hash = Hashes.node(subtrees.remove(subtrees.size() - 1), hash);
    }
    subtrees.add(hash);
    size++;
  }

  /** Returns how many leaves were added. */
  public long size() {
    return size;
  }

  /** Returns the root. */
  public byte[] root() {
    if (size == 0) {
      return Hashes.empty();
    }
    byte[] root = subtrees.get(subtrees.size() - 1);
    for (int i = subtrees.size() - 2; i >= 0; i--) {
      root = Hashes.node(subtrees.get(i), root);
    }
    return root.clone();
  }
}
