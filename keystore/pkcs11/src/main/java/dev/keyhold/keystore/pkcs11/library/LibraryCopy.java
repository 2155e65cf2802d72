package dev.keyhold.keystore.pkcs11.library;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A copy of a PKCS#11 library in a folder of its own. A JVM keeps a library's state for good under
 * its path, dead or alive; a new path is the only way to a new state.
 */
public final class LibraryCopy {
  private LibraryCopy() {}

  /** Copies a library; the copy is deleted when the JVM ends. */
  public static Path of(Path library) throws BackendException {
    try {
      // accessible to this user only: its content is executed
      Path folder = Files.createTempDirectory("keyhold-pkcs11-");
      folder.toFile().deleteOnExit();
      Path copy = folder.resolve(library.getFileName());
      // deleted in reverse order of these calls: the file before its folder
      copy.toFile().deleteOnExit();
      return Files.copy(library, copy);
    } catch (IOException e) {
      throw new BackendException(
          Reason.UNAVAILABLE,
          "the token is gone, and the library can't be copied to connect anew ("
              + e.getMessage()
              + "): restart the JVM, or make java.io.tmpdir writable",
          e);
    }
  }
}
