package dev.keyhold.custody.proof.log;

import dev.keyhold.custody.proof.ProofException;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Proofs of RFC 6962: that a tree has a leaf (2.1.1), and that it continues a smaller one (2.1.2).
 * Made from the hashes of complete subtrees, and verified as RFC 9162 sections 2.1.3.2 and 2.1.4.2
 * say.
 */
public final class Proofs {
  private Proofs() {}

  /** Returns the root of the first {@code size} leaves. */
  public static byte[] root(HashSource source, long size) throws IOException {
    return size == 0 ? Hashes.empty() : range(source, 0, size);
  }

  /** Returns the root of the leaves from {@code from}, a multiple of the size's power of two. */
  private static byte[] range(HashSource source, long from, long to) throws IOException {
    long count = to - from;
    if (Long.bitCount(count) == 1) {
      int level = Long.numberOfTrailingZeros(count);
      return source.hash(level, from >>> level);
    }
    long split = Long.highestOneBit(count - 1);
    return Hashes.node(range(source, from, from + split), range(source, from + split, to));
  }

  /**
   * Returns the proof that the tree of this size has a leaf, from the leaf's sibling up.
   *
   * @throws IllegalArgumentException if the tree is not larger than the index
   */
  public static List<byte[]> inclusion(HashSource source, long index, long size)
      throws IOException {
    if (index < 0 || index >= size) {
      throw new IllegalArgumentException("a tree of " + size + " has no leaf " + index);
    }
    List<byte[]> proof = new ArrayList<>();
    path(source, index, 0, size, proof);
    return proof;
  }

  private static void path(HashSource source, long index, long from, long to, List<byte[]> proof)
      throws IOException {
    if (to - from == 1) {
      return;
    }
    long split = from + Long.highestOneBit(to - from - 1);
    if (index < split) {
      path(source, index, from, split, proof);
      proof.add(range(source, split, to));
    } else {
      path(source, index, split, to, proof);
      proof.add(range(source, from, split));
    }
  }

  /** Returns the proof that the tree of size {@code newSize} continues that of {@code oldSize}. */
  public static List<byte[]> consistency(HashSource source, long oldSize, long newSize)
      throws IOException {
    if (oldSize < 0 || oldSize > newSize) {
      throw new IllegalArgumentException(oldSize + " is larger than " + newSize);
    }
    List<byte[]> proof = new ArrayList<>();
    if (oldSize > 0 && oldSize < newSize) {
      subproof(source, oldSize, 0, newSize, true, proof);
    }
    return proof;
  }

  private static void subproof(
      HashSource source, long old, long from, long to, boolean whole, List<byte[]> proof)
      throws IOException {
    if (old == to) {
      if (!whole) {
        proof.add(range(source, from, to));
      }
      return;
    }
    long split = from + Long.highestOneBit(to - from - 1);
    if (old <= split) {
      subproof(source, old, from, split, whole, proof);
      proof.add(range(source, split, to));
    } else {
      subproof(source, old, split, to, false, proof);
      proof.add(range(source, from, split));
    }
  }

  /**
   * Requires that a proof leads from a leaf to a root.
   *
   * @throws ProofException if it does not
   */
  public static void verifyInclusion(
      byte[] leafHash, long index, long size, List<byte[]> proof, byte[] root) {
    require(index >= 0 && index < size, "a tree of " + size + " has no leaf " + index);
    long node = index;
    long last = size - 1;
    byte[] hash = leafHash;
    for (byte[] sibling : proof) {
      require(last != 0, "the proof is too long");
      if ((node & 1) == 1 || node == last) {
        hash = Hashes.node(sibling, hash);
        while ((node & 1) == 0 && node != 0) {
          node >>>= 1;
          last >>>= 1;
        }
      } else {
        hash = Hashes.node(hash, sibling);
      }
      node >>>= 1;
      last >>>= 1;
    }
    require(last == 0, "the proof is too short");
    require(MessageDigest.isEqual(hash, root), "the proof does not lead to the root");
  }

  /**
   * Requires that a proof shows one tree to continue the other.
   *
   * @throws ProofException if it does not
   */
  public static void verifyConsistency(
      long oldSize, byte[] oldRoot, long newSize, byte[] newRoot, List<byte[]> proof) {
    require(oldSize >= 0 && oldSize <= newSize, oldSize + " is larger than " + newSize);
    if (oldSize == newSize || oldSize == 0) {
      require(proof.isEmpty(), "the proof is too long");
      require(
          oldSize == 0
              ? MessageDigest.isEqual(oldRoot, Hashes.empty())
              : MessageDigest.isEqual(oldRoot, newRoot),
          "the roots differ");
      return;
    }
    List<byte[]> path = new ArrayList<>(proof);
    if (Long.bitCount(oldSize) == 1) {
      path.add(0, oldRoot);
    }
    require(!path.isEmpty(), "the proof is too short");
    long node = oldSize - 1;
    long last = newSize - 1;
    while ((node & 1) == 1) {
      node >>>= 1;
      last >>>= 1;
    }
    byte[] old = path.get(0);
    byte[] fresh = path.get(0);
    for (byte[] sibling : path.subList(1, path.size())) {
      require(last != 0, "the proof is too long");
      if ((node & 1) == 1 || node == last) {
        old = Hashes.node(sibling, old);
        fresh = Hashes.node(sibling, fresh);
        while ((node & 1) == 0 && node != 0) {
          node >>>= 1;
          last >>>= 1;
        }
      } else {
        fresh = Hashes.node(fresh, sibling);
      }
      node >>>= 1;
      last >>>= 1;
    }
    require(last == 0, "the proof is too short");
    require(
        MessageDigest.isEqual(old, oldRoot) && MessageDigest.isEqual(fresh, newRoot),
        "the proof does not lead to the roots");
  }

  private static void require(boolean good, String message) {
    if (!good) {
      throw new ProofException("root", message);
    }
  }
}
