package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;
import dev.keyhold.keystore.SignatureAlgorithm;

/** Key pairs of {@link dev.keyhold.keystore.Purpose#SIGN}. */
@IfAbsent("this backend does not sign")
public interface Signatures extends Facet {
  /**
   * Returns the length of the longest message that {@link #sign} takes where the algorithm signs
   * messages, in bytes. Does no I/O.
   */
  default int maxSignedMessage() {
    return 1 << 24;
  }

  /**
   * Signs with a private key.
   *
   * @param algorithm one that {@link dev.keyhold.keystore.KeyAttributes#signatures} covers; with
   *     UNSUPPORTED for others
   * @param input the digest of the message where {@link SignatureAlgorithm#signsDigest} says so,
   *     else the message
   * @return the signature, as {@link SignatureAlgorithm.Scheme} says
   */
  byte[] sign(String key, SignatureAlgorithm algorithm, byte[] input) throws BackendException;
}
