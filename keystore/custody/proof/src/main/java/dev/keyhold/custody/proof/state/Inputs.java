package dev.keyhold.custody.proof.state;

import dev.keyhold.custody.proof.log.Hashes;
import dev.keyhold.custody.proof.text.Values;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The input by which a grant counts an unwrap (docs/AUDIT.md, section 5.1). */
public final class Inputs {
  private static final byte[] LABEL = "keyhold.dev/input@v1\n".getBytes(StandardCharsets.US_ASCII);

  private Inputs() {}

  /**
   * Returns the hash of what is unwrapped.
   *
   * @param key the identity of the key
   * @param wrapped the wrapped bytes
   * @param context the canonical wrap context
   */
  public static String ofUnwrap(String key, byte[] wrapped, byte[] context) {
    byte[] identity = key.getBytes(StandardCharsets.UTF_8);
    return Values.hash(
        Hashes.sha256(
            LABEL, length(identity), identity, length(wrapped), wrapped, length(context), context));
  }

  private static byte[] length(byte[] bytes) {
    return ByteBuffer.allocate(4).putInt(bytes.length).array();
  }
}
