package dev.keyhold.keystore.pkcs11.library;

import java.security.AuthProvider;
import java.security.Provider;
import java.security.ProviderException;
import java.util.ServiceLoader;

/**
 * Configures SunPKCS11 for one slot. The provider is never registered: nothing in the JVM comes to
 * use the token unasked.
 */
public final class SunPkcs11Config {
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

  // A private key signs, and does nothing else. Its public half is no object of the token: the
  // certificate has it.
  private static final String SIGNING =
      """
      attributes(*, CKO_PUBLIC_KEY, *) = {
        CKA_TOKEN = false
        CKA_ENCRYPT = false
        CKA_VERIFY = true
        CKA_WRAP = false
      }
      attributes(*, CKO_PRIVATE_KEY, *) = {
        CKA_TOKEN = false
        CKA_PRIVATE = true
        CKA_SENSITIVE = true
        CKA_EXTRACTABLE = false
        CKA_DECRYPT = false
        CKA_SIGN = true
        CKA_SIGN_RECOVER = false
        CKA_UNWRAP = false
        CKA_DERIVE = false
      }
      """;

  // An RSA key decrypts, an EC key derives. What it derives comes out: it is the caller's secret.
  private static final String EXCHANGE =
      """
      attributes(*, CKO_PUBLIC_KEY, *) = {
        CKA_TOKEN = false
        CKA_ENCRYPT = false
        CKA_VERIFY = false
        CKA_WRAP = false
      }
      attributes(*, CKO_PUBLIC_KEY, CKK_RSA) = {
        CKA_ENCRYPT = true
      }
      attributes(*, CKO_PRIVATE_KEY, *) = {
        CKA_TOKEN = false
        CKA_PRIVATE = true
        CKA_SENSITIVE = true
        CKA_EXTRACTABLE = false
        CKA_DECRYPT = false
        CKA_SIGN = false
        CKA_SIGN_RECOVER = false
        CKA_UNWRAP = false
        CKA_DERIVE = false
      }
      attributes(*, CKO_PRIVATE_KEY, CKK_RSA) = {
        CKA_DECRYPT = true
      }
      attributes(*, CKO_PRIVATE_KEY, CKK_EC) = {
        CKA_DERIVE = true
      }
      attributes(*, CKO_SECRET_KEY, *) = {
        CKA_TOKEN = false
        CKA_SENSITIVE = false
        CKA_EXTRACTABLE = true
      }
      """;

  private SunPkcs11Config() {}

  /**
   * Returns a provider for the token in a slot. Opens a session, but does not log in.
   *
   * @throws ProviderException if the library or the slot does not answer
   */
  public static AuthProvider open(Module module, Slot slot) {
    return (AuthProvider) configure(text(module, slot.configuration()) + TEMPLATES + SIGNING);
  }

  /**
   * Returns a second provider for the same token, whose templates are those of keys that decrypt or
   * agree: SunPKCS11 has one set of templates each, and a template can't tell one purpose from
   * another.
   *
   * @throws ProviderException if the library or the slot does not answer
   */
  public static AuthProvider openForExchange(Module module, Slot slot) {
    return (AuthProvider) configure(text(module, slot.configuration()) + EXCHANGE);
  }

  /** Makes SunPKCS11 print what it knows of a slot, all slots and its token. */
  static AuthProvider show(Module module, String slot) {
    return (AuthProvider) configure(text(module, slot) + "showInfo = true\n");
  }

  private static String text(Module module, String slot) {
    return """
        name = Keyhold
        %s
        destroyTokenAfterLogout = true
        """
            .formatted(slot)
        + module.configuration();
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
