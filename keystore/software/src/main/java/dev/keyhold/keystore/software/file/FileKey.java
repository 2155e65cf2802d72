package dev.keyhold.keystore.software.file;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.PasswordProtection;
import dev.keyhold.keystore.encoding.PasswordDerivation;
import dev.keyhold.keystore.software.engine.Engines;
import dev.keyhold.keystore.software.ring.KeyRing;
import java.util.Arrays;
import java.util.Optional;

/**
 * The key that the content of a key file is encrypted with: derived from the password when the file
 * is read first, and kept until the file or the password changes. Not thread-safe, but for {@link
 * #protection}, {@link #next} and {@link #seal(KeyRing, PasswordKey)}, which use no state.
 */
final class FileKey {
  private final KeyFile file;
  private final KeyFileFormat format;
  private final Passwords passwords;
  private final Tuning tuning;
  private PasswordKey key;

  FileKey(KeyFile file, Passwords passwords, Tuning tuning) {
    this.file = file;
    this.format = new KeyFileFormat(file);
    this.passwords = passwords;
    this.tuning = tuning;
  }

  /** Returns whether a key was derived. */
  boolean isThere() {
    return key != null;
  }

  /** Returns whether the file can be opened without deriving a key. */
  boolean opens(KeyFile.Content content) throws BackendException {
    return opens(format.header(content.bytes()));
  }

  private boolean opens(KeyFileFormat.Header header) throws BackendException {
    return key != null && !passwords.isUntried() && format.isMadeBy(key, header);
  }

  /** Derives a key for a file that is about to be created, unless there is one. */
  void prepareNew() throws BackendException {
    if (key != null && !passwords.isUntried()) {
      return;
    }
    char[] password = passwords.read();
    try {
      replace(strong(password));
      passwords.accept();
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  /** Returns the ring of a file; derives the key if that is needed. */
  KeyRing open(KeyFile.Content content) throws BackendException {
    KeyFileFormat.Header header = format.header(content.bytes());
    if (!opens(header)) {
      replace(derived(header));
    }
    return format.open(key, header);
  }

  private PasswordKey derived(KeyFileFormat.Header header) throws BackendException {
    char[] password = passwords.read();
    try {
      PasswordKey candidate = PasswordKey.derive(password, header.salt(), header.derivation());
      if (!format.isMadeBy(candidate, header)) {
        candidate.destroy();
        passwords.reject();
        throw file.misconfigured(
            "does not open: wrong password (or its header was altered); give the right one, or"
                + " restore a backup");
      }
      passwords.accept();
      return candidate;
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  /** Encrypts a ring. */
  byte[] seal(KeyRing ring) throws BackendException {
    return seal(ring, key);
  }

  /** Encrypts a ring with another key. */
  byte[] seal(KeyRing ring, PasswordKey by) throws BackendException {
    return format.seal(ring, by, LocalRandom.bytes(Engines.IV_LENGTH));
  }

  /** Takes another key, and destroys the one that was there. */
  void replace(PasswordKey other) {
    if (key != null) {
      key.destroy();
    }
    key = other;
  }

  /**
   * Derives a key with a fresh salt.
   *
   * @param newPassword empty for the present one
   * @return not in use before {@link #replace}; the caller destroys it otherwise
   */
  PasswordKey next(Optional<char[]> newPassword) throws BackendException {
    if (newPassword.isPresent()) {
      return strong(newPassword.get());
    }
    char[] password = passwords.read();
    try {
      return fresh(password);
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private PasswordKey strong(char[] password) throws BackendException {
    if (PasswordProtection.isTooWeak(password)) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "the password for the key file %s is too weak: a new one has at least %s characters, of which 4 differ; keyhold keys password --generate=FILE makes one"
              .formatted(file, PasswordProtection.LEAST_LENGTH));
    }
    return fresh(password);
  }

  private PasswordKey fresh(char[] password) throws BackendException {
    byte[] salt = LocalRandom.hedged(PasswordKey.SALT_LENGTH);
    return PasswordKey.derive(password, salt, tuning.derivation());
  }

  /** Returns how well the password of a file is protected. */
  PasswordProtection protection(KeyFile.Content content) throws BackendException {
    PasswordDerivation found = format.header(content.bytes()).derivation();
    return new PasswordProtection(
        file.path().toString(),
        found.toString(),
        found.isWeak(),
        found.id() == tuning.derivation().id() && !found.isWeak());
  }

  /** Zeroes the key. */
  void destroy() {
    if (key != null) {
      key.destroy();
    }
  }
}
