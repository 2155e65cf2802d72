package dev.keyhold.keystore.software.engine;

import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.List;

/**
 * Selects the provider for operations with private keys: one of the JDK's own, by name, so that
 * Keyhold is never called for them, whatever its place among the installed providers. Stateless.
 */
public final class JdkEngines {
  private static final List<String> NAMES = List.of("SunRsaSign", "SunEC", "SunJCE", "SUN");

  private JdkEngines() {}

  /** Returns whether the JDK has this service. */
  static boolean has(String type, String algorithm) {
    return NAMES.stream()
        .map(Security::getProvider)
        .anyMatch(provider -> provider != null && provider.getService(type, algorithm) != null);
  }

  /**
   * Returns the provider of the JDK that has this service; type and algorithm as in {@code
   * getService}.
   */
  public static Provider of(String type, String algorithm) throws NoSuchAlgorithmException {
    for (String name : NAMES) {
      Provider provider = Security.getProvider(name);
      if (provider != null && provider.getService(type, algorithm) != null) {
        return provider;
      }
    }
    throw new NoSuchAlgorithmException(
        type + " " + algorithm + " is in none of the JDK's providers " + NAMES);
  }
}
