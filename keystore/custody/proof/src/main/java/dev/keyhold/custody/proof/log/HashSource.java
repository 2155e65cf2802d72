package dev.keyhold.custody.proof.log;

import java.io.IOException;

/** The hashes of complete subtrees of a tree: from memory, or from tiles. */
@FunctionalInterface
public interface HashSource {
  /**
   * Returns the root of the complete subtree with leaves {@code index * 2^level} to {@code (index +
   * 1) * 2^level}.
   *
   * @throws IOException if it can't be read
   */
  byte[] hash(int level, long index) throws IOException;
}
