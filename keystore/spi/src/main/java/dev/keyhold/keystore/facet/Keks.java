package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import java.util.Optional;

/** Keys of {@link dev.keyhold.keystore.Purpose#ENCRYPT}, which wrap data keys. */
@IfAbsent("this backend has no keys that wrap data keys")
public interface Keks extends Facet {
  /**
   * Returns the mechanism by which a KEK wraps at present.
   *
   * @return empty if the backend does not tell, or if it counts the wraps of all processes itself
   */
  default Optional<WrapMechanism> mechanism(String key) throws BackendException {
    return Optional.empty();
  }

  /**
   * Wraps a data key under the current version of a KEK, bound to a context.
   *
   * @param dataKey 1 to 64 bytes; not kept, not changed
   */
  WrappedKey wrap(String key, WrapContext context, byte[] dataKey) throws BackendException;

  /**
   * Unwraps what {@link #wrap} made. Fails with BAD_CIPHERTEXT if anything of it, or the context,
   * was changed; with NOT_FOUND if the version is gone.
   *
   * @return a fresh array; the caller zeroes it
   */
  byte[] unwrap(String key, WrappedKey wrapped, WrapContext context) throws BackendException;
}
