package dev.keyhold.conformance.wycheproof;

import java.util.Arrays;
import org.opentest4j.TestAbortedException;

/**
 * A vector of authenticated encryption; {@code sealed} is ciphertext and tag, one after the other.
 */
@SuppressWarnings("ArrayRecordComponent") // a view of one vector, never compared
record Aead(byte[] key, byte[] iv, byte[] aad, byte[] message, byte[] sealed, int tagLength) {
  /** Reads an AES-GCM vector; skips those of other ciphers, which have the same schema. */
  static Aead of(Vector vector) {
    String algorithm = vector.file().algorithm();
    if (!algorithm.equals("AES-GCM")) {
      throw new TestAbortedException("no service for " + algorithm + " yet");
    }
    byte[] ciphertext = vector.bytes("ct");
    byte[] tag = vector.bytes("tag");
    byte[] sealed = Arrays.copyOf(ciphertext, ciphertext.length + tag.length);
    System.arraycopy(tag, 0, sealed, ciphertext.length, tag.length);
    return new Aead(
        vector.bytes("key"),
        vector.bytes("iv"),
        vector.bytes("aad"),
        vector.bytes("msg"),
        sealed,
        vector.number("tagSize") / 8);
  }

  Aead withSealed(byte[] other) {
    return new Aead(key, iv, aad, message, other, tagLength);
  }

  /** The length of the message in it. */
  int openLength() {
    return Math.max(0, sealed.length - tagLength);
  }
}
