package dev.keyhold.keystore.software;

import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.BackendOptions;
import dev.keyhold.keystore.BackendSource;
import dev.keyhold.keystore.SecretSource;
import dev.keyhold.keystore.software.file.KeyFile;
import dev.keyhold.keystore.software.file.Passwords;
import dev.keyhold.keystore.software.file.Tuning;
import dev.keyhold.keystore.software.ring.StoredKey;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes backends of the type {@code software}: all keys in one encrypted file.
 *
 * <p>Options: {@code file} (its path; must be set) and {@code password} ({@code env:NAME} or {@code
 * file:PATH}; where it is absent, {@link Backend#unlock} supplies it) and {@code pkcs1-decryption}
 * ({@code allow} or {@code refuse}, which is the default).
 */
public final class SoftwareBackendFactory implements BackendFactory {
  /** The type, and the scheme of its keys' URIs. */
  static final String TYPE = StoredKey.SCHEME;

  /** Creates a factory; called by {@link java.util.ServiceLoader}. */
  public SoftwareBackendFactory() {}

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public BackendSource configure(BackendOptions options) {
    Path file = options.path("file").orElseThrow(() -> options.invalid("file", "is missing"));
    boolean pkcs1 = options.allows("pkcs1-decryption");
    String property = "backend." + options.backend() + ".password";
    Optional<SecretSource> password = options.secret("password");
    return () ->
        new SoftwareBackend(
            new KeyFile(file), new Passwords(property, password), Tuning.DEFAULT, pkcs1);
  }
}
