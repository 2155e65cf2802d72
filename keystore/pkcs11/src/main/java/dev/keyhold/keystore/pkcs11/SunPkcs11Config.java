package dev.keyhold.keystore.pkcs11;

import java.io.File;
import java.nio.file.Path;
import java.security.AuthProvider;
import java.security.Provider;
import java.security.ProviderException;
import java.util.ServiceLoader;

/**
 * Configures SunPKCS11 for one slot. The provider is never registered: nothing in the JVM comes to
 * use the token unasked.
 */
final class SunPkcs11Config {
  private static final String PROVIDER_CLASS = "sun.security.pkcs11.SunPKCS11";

  // What a new key may do, and no more (NIST SP 800-57 Part 1 rev. 5, section 5.2). CKA_TOKEN is
  // false: a key becomes a token object by its label alone, or unlabelled twins would remain.
  // An AES key encrypts and decrypts; any other is for HMAC, and signs and verifies.
  private static final String TEMPLATES =
      """
      attributes(*, CKO_SECRET_KEY, *) = {
        CKA_TOKEN = false
        CKA_PRIVATE = true
        CKA_SENSITIVE = true
        CKA_EXTRACTABLE = false
        CKA_ENCRYPT = false
        CKA_DECRYPT = false
        CKA_SIGN = true
        CKA_VERIFY = true
        CKA_WRAP = false
        CKA_UNWRAP = false
        CKA_DERIVE = false
      }
      attributes(*, CKO_SECRET_KEY, CKK_AES) = {
        CKA_ENCRYPT = true
        CKA_DECRYPT = true
        CKA_SIGN = false
        CKA_VERIFY = false
      }
      """;

  private SunPkcs11Config() {}

  /**
   * A provider for the token in a slot. Opens a session, but does not log in.
   *
   * @throws ProviderException if the library or the slot does not answer
   */
  static AuthProvider open(Path library, Slot slot) {
    return (AuthProvider) configure(text(library, slot.configuration()) + TEMPLATES);
  }

  /** Makes SunPKCS11 print what it knows of a slot, all slots and its token. */
  static void show(Path library, String slot) {
    configure(text(library, slot) + "showInfo = true\n");
  }

  private static String text(Path library, String slot) {
    // functionList: the PKCS#11 3.0 interface that JDK 25 prefers fails with some modules.
    // SunPKCS11 takes "\n" in a path for a line's end, so Windows gets slashes.
    return """
        name = Keyhold
        library = "%s"
        %s
        functionList = C_GetFunctionList
        destroyTokenAfterLogout = true
        """
        .formatted(library.toString().replace(File.separatorChar, '/'), slot);
  }

  private static Provider configure(String text) {
    return unconfigured().configure("--" + text);
  }

  private static Provider unconfigured() {
    // not Security.getProvider: an entry of java.security may have given it another name
    return ServiceLoader.load(Provider.class, ClassLoader.getPlatformClassLoader()).stream()
        .filter(provider -> provider.type().getName().equals(PROVIDER_CLASS))
        .findFirst()
        .map(ServiceLoader.Provider::get)
        .orElseThrow(
            () -> new ProviderException("this JDK lacks SunPKCS11 (module jdk.crypto.cryptoki)"));
  }
}
