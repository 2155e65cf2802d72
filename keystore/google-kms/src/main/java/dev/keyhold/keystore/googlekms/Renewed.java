package dev.keyhold.keystore.googlekms;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.util.Optional;

/** Calls whose version is chosen here: once more, where what was known of the key was too old. */
final class Renewed {
  /** One call with what is known of a key. */
  @FunctionalInterface
  interface Call<T> {
    T with(GoogleKey key) throws BackendException;
  }

  private Renewed() {}

  static <T> T retry(GoogleKeyDirectory directory, String name, Call<T> call)
      throws BackendException {
    GoogleKey known = directory.recent(name);
    try {
      return call.with(known);
    } catch (BackendException e) {
      if (e.reason() != Reason.DENIED && e.reason() != Reason.NOT_FOUND) {
        throw e;
      }
      GoogleKey now = now(directory, name, e);
      Optional<String> version = now.current().map(CryptoKeyVersion::getName);
      if (version.equals(known.current().map(CryptoKeyVersion::getName))) {
        throw e;
      }
      return call.with(now);
    }
  }

  private static GoogleKey now(GoogleKeyDirectory directory, String name, BackendException first)
      throws BackendException {
    try {
      return directory.fresh(name);
    } catch (BackendException e) {
      first.addSuppressed(e);
      throw first;
    }
  }
}
