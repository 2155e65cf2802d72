package dev.keyhold.custody.proof.log;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, and the hashes of leaves and nodes of RFC 6962, section 2.1. */
public final class Hashes {
  /** The length of a hash. */
  public static final int LENGTH = 32;

  private static final byte[] LEAF = {0};
  private static final byte[] NODE = {1};

  private Hashes() {}

  /** Returns the SHA-256 of the parts, one after the other. */
  public static byte[] sha256(byte[]... parts) {
    MessageDigest digest = digest();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }

  /** Returns the hash of a leaf. */
  public static byte[] leaf(byte[] leaf) {
    return sha256(LEAF, leaf);
  }

  /** Returns the hash of the node above two others. */
  public static byte[] node(byte[] left, byte[] right) {
    return sha256(NODE, left, right);
  }

  /** Returns the root of a tree without leaves. */
  public static byte[] empty() {
    return sha256();
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no SHA-256", e);
    }
  }
}
