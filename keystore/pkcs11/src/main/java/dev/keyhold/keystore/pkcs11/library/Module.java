package dev.keyhold.keystore.pkcs11.library;

import java.io.File;
import java.nio.file.Path;

/**
 * A PKCS#11 library that SunPKCS11 loads.
 *
 * @param library its path: the configured one, or a copy's
 * @param initArgs what C_Initialize is given as a string (pReserved), as NSS's softokn wants it;
 *     empty for none
 */
public record Module(Path library, String initArgs) {
  /** Creates a module whose library is initialised without a string. */
  public Module(Path library) {
    this(library, "");
  }

  /** Returns whether SunPKCS11 can pass on such a string. */
  public static boolean isInitArgs(String text) {
    return text.chars().noneMatch(c -> c == '"' || c == '\\' || c < ' ') && !text.contains("${");
  }

  /** Returns the lines of SunPKCS11's configuration. */
  public String configuration() {
    // functionList: the PKCS#11 3.0 interface that JDK 25 prefers fails with some modules.
    // SunPKCS11 takes "\\n" in a path for a line's end, so Windows gets slashes.
    String lines =
        """
        library = "%s"
        functionList = C_GetFunctionList
        """
            .formatted(library.toString().replace(File.separatorChar, '/'));
    return initArgs.isEmpty() ? lines : lines + "nssArgs = \"" + initArgs + "\"\n";
  }
}
