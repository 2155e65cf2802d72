package dev.keyhold.conformance;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.KeyholdProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;

/** A configured provider that is not installed, and short ways to use it. */
public final class KeyholdFixture implements AutoCloseable {
  /** What the application names. */
  public static final String TRANSFORMATION = "AES/GCM/NoPadding";

  /** Held, so that its level stays: objects that do not open would fill the test's output. */
  private static final Logger NOT_OPENED = Logger.getLogger("dev.keyhold.envelope");

  private final Path folder;
  private final KeyholdProvider provider;

  private KeyholdFixture(Path folder, KeyholdProvider provider) {
    this.folder = folder;
    this.provider = provider;
    NOT_OPENED.setLevel(Level.OFF);
  }

  /** With an empty backend named {@code b} in a fresh folder, and further lines. */
  public static KeyholdFixture of(BackendKind kind, Path parent, String... lines) {
    try {
      Path folder = Files.createTempDirectory(parent, kind.type());
      KeyholdConfig config = KeyholdConfig.of(kind, folder);
      for (String line : lines) {
        config.line(line);
      }
      return new KeyholdFixture(folder, config.provider());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the configuration and the files of the backend are. */
  public Path folder() {
    return folder;
  }

  /** The configuration file. */
  public Path configuration() {
    return folder.resolve("keyhold.properties");
  }

  /** The provider, configured, not installed. */
  public KeyholdProvider provider() {
    return provider;
  }

  /** Makes a key at the backend: AES, or an HMAC's. */
  public SecretKey newKey(String algorithm, String alias) {
    try {
      KeyGenerator generator = KeyGenerator.getInstance(algorithm, provider);
      generator.init(new KeyholdGenParameterSpec.Builder(alias).build());
      return generator.generateKey();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The key of an alias, as an application gets it. */
  public SecretKey key(String alias) {
    try {
      KeyStore keys = KeyStore.getInstance("Keyhold", provider);
      keys.load(null, null);
      return (SecretKey) keys.getKey(alias, null);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A cipher object of the provider. */
  public Cipher cipher() {
    try {
      return Cipher.getInstance(TRANSFORMATION, provider);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A cipher object of the provider, initialised. */
  public Cipher cipher(int mode, SecretKey key, KeyholdParameterSpec parameters) {
    try {
      Cipher cipher = cipher();
      cipher.init(mode, key, parameters);
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Encrypts in one call, bound to nothing but the key. */
  public byte[] seal(SecretKey key, byte[] plain) {
    return seal(key, plain, KeyholdParameterSpec.NONE);
  }

  /** Encrypts in one call. */
  public byte[] seal(SecretKey key, byte[] plain, KeyholdParameterSpec parameters) {
    try {
      return cipher(Cipher.ENCRYPT_MODE, key, parameters).doFinal(plain);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Decrypts in one call. */
  public byte[] open(SecretKey key, byte[] object, KeyholdParameterSpec parameters)
      throws GeneralSecurityException {
    return cipher(Cipher.DECRYPT_MODE, key, parameters).doFinal(object);
  }

  @Override
  public void close() {
    provider.close();
  }
}
