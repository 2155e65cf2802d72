package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;
import dev.keyhold.keystore.RsaPadding;

/** Key pairs of {@link dev.keyhold.keystore.Purpose#DECRYPT}. */
@IfAbsent("this backend does not decrypt with private keys")
public interface Decryptions extends Facet {
  /**
   * Decrypts with a private RSA key. Fails with BAD_CIPHERTEXT if the padding is wrong.
   *
   * @param padding one of {@link dev.keyhold.keystore.KeyAttributes#paddings}; with UNSUPPORTED for
   *     others
   * @param label of OAEP, empty for none; with UNSUPPORTED where the backend takes none
   * @return a fresh array; the caller zeroes it
   */
  byte[] decrypt(String key, RsaPadding padding, byte[] label, byte[] ciphertext)
      throws BackendException;
}
