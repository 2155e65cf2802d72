package dev.keyhold.keystore.pkcs11.library;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Advises what to do about a SoftHSM that shows no token, which its return values don't explain.
 */
final class SoftHsmHint {
  private static final Path SYSTEM_WIDE = Path.of("/etc/softhsm/softhsm2.conf");

  private SoftHsmHint() {}

  /** Returns the end of a message; empty for other libraries, or where nothing is wrong. */
  static String of(Path library) {
    return library.getFileName().toString().toLowerCase(Locale.ROOT).contains("softhsm")
        ? of(System.getenv("SOFTHSM2_CONF"), SYSTEM_WIDE)
        : "";
  }

  static String of(String named, Path systemWide) {
    if (named == null || named.isEmpty()) {
      return Files.isReadable(systemWide)
          ? ""
          : "; SoftHSM's "
              + systemWide
              + " can't be read by this user: set SOFTHSM2_CONF to a configuration of your own, or"
              + " join the group softhsm";
    }
    return Files.isReadable(Path.of(named))
        ? "; SoftHSM's configuration is " + named + " (SOFTHSM2_CONF)"
        : "; SOFTHSM2_CONF names " + named + ", which can't be read";
  }
}
