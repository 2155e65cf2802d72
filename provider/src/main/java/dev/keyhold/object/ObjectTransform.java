package dev.keyhold.object;

import dev.keyhold.keystore.BackendException;
import javax.crypto.AEADBadTagException;

/**
 * Encrypts or decrypts one object. Takes first the AAD, then the data, in any number of pieces; the
 * last call ends the object. Memory is bounded by a chunk. Used by one thread at a time.
 */
public interface ObjectTransform {
  /** Adds a piece of the AAD; not after the first {@link #process}. */
  void updateAad(byte[] aad, int offset, int length);

  /**
   * Returns the exact number of bytes that {@link #process} writes for this input, if it is valid.
   *
   * @param last whether the input ends here
   */
  int outputSize(byte[] in, int offset, int length, boolean last);

  /**
   * Returns the maximum number of bytes that {@link #process} writes for a last input of this
   * length.
   */
  int outputBound(int length);

  /**
   * Takes input, writes output. {@code out} has room for {@link #outputSize} bytes and does not
   * overlap {@code in}.
   *
   * @param last whether the input ends here; if so, the transform is used up, its keys destroyed
   * @return the number of bytes written
   * @throws AEADBadTagException with {@code last}, if anything of the object was wrong; nothing
   *     that this call wrote remains
   * @throws BackendException if the key is denied or out of reach, at once and again with {@code
   *     last}
   */
  int process(byte[] in, int offset, int length, boolean last, byte[] out, int outOffset)
      throws AEADBadTagException, BackendException;

  /** Returns whether anything was wrong so far, so that the last call will throw whatever comes. */
  boolean isFaulty();

  /**
   * Hands the rest of an object over to several threads: all input from now on goes there, and
   * nothing to {@link #process}. The keys remain this object's to destroy, once the result is
   * closed.
   *
   * @throws IllegalStateException before the keys of the object are there
   */
  ChunkPipeline inParallel(int threads);

  /** Destroys the keys of an object that is not brought to its end. */
  void destroy();
}
