package dev.keyhold;

import java.security.KeyStore;
import java.util.List;

/**
 * Loads the key store {@code Keyhold} with the backends' keys, but with these aliases only: what a
 * server chooses its key from, for example.
 *
 * <pre>{@code
 * KeyStore keys = KeyStore.getInstance("Keyhold");
 * keys.load(new KeyholdLoadStoreParameter("web", "mail-*"));
 * }</pre>
 *
 * <p>It takes the place of the property {@code keystore.aliases} of the configuration. Immutable.
 */
public final class KeyholdLoadStoreParameter implements KeyStore.LoadStoreParameter {
  private final List<String> aliases;
  private final KeyStore.ProtectionParameter protection;

  /** Creates a parameter for aliases, each in full or its beginning and a star. */
  public KeyholdLoadStoreParameter(String... aliases) {
    this(List.of(aliases), null);
  }

  private KeyholdLoadStoreParameter(List<String> aliases, KeyStore.ProtectionParameter protection) {
    this.aliases = aliases;
    this.protection = protection;
  }

  /**
   * Returns a parameter with a password or PIN for backends that have none configured.
   *
   * @param password a {@link KeyStore.PasswordProtection}
   */
  public KeyholdLoadStoreParameter withProtection(KeyStore.ProtectionParameter password) {
    return new KeyholdLoadStoreParameter(aliases, password);
  }

  /** Returns the aliases and the beginnings of aliases. */
  public List<String> aliases() {
    return aliases;
  }

  @Override
  public KeyStore.ProtectionParameter getProtectionParameter() {
    return protection;
  }
}
