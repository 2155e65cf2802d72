package dev.keyhold.keystore.software.file;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.encoding.PasswordDerivation;
import dev.keyhold.keystore.software.engine.Engines;
import dev.keyhold.keystore.software.ring.KeyRing;
import dev.keyhold.keystore.software.ring.RingCodec;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.spec.GCMParameterSpec;

/**
 * The layout of the file, as KEYFILE.md describes it byte by byte: a header in the clear, then all
 * keys, encrypted. Reading is total: any bytes give a ring or an error. Stateless.
 */
final class KeyFileFormat {
  private static final byte[] MAGIC = "KHKF".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int PROTECTED_BY_PASSWORD = 1;
  private static final int CHECKED_LENGTH = 59;
  private static final int HEADER_LENGTH = CHECKED_LENGTH + PasswordKey.CHECK_LENGTH;

  /** The file, for the texts of errors. */
  private final KeyFile file;

  KeyFileFormat(KeyFile file) {
    this.file = file;
  }

  /** The parts of a header that opening needs. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  record Header(PasswordDerivation derivation, byte[] salt, byte[] iv, byte[] content) {
    /** Returns the part that the check value is made of. */
    byte[] checked() {
      return Arrays.copyOf(content, CHECKED_LENGTH);
    }

    byte[] checkValue() {
      return Arrays.copyOfRange(content, CHECKED_LENGTH, HEADER_LENGTH);
    }
  }

  /** Returns all of the file for this ring. */
  byte[] seal(KeyRing ring, PasswordKey key, byte[] iv) throws BackendException {
    byte[] plain = RingCodec.encode(ring);
    try {
      int sealedLength = plain.length + Engines.TAG_LENGTH;
      if (HEADER_LENGTH + sealedLength > KeyFile.MAX_SIZE) {
        throw file.misconfigured("would grow beyond its largest size; use another one as well");
      }
      byte[] out = new byte[HEADER_LENGTH + sealedLength];
      ByteBuffer header =
          ByteBuffer.wrap(out)
              .put(MAGIC)
              .put((byte) VERSION)
              .put((byte) PROTECTED_BY_PASSWORD)
              .put((byte) key.derivation().id())
              .putInt(key.derivation().parameters())
              .put(key.salt())
              .put(iv)
              .putInt(sealedLength);
      header.put(key.checkValue(Arrays.copyOf(out, CHECKED_LENGTH)));
      byte[] aad = Arrays.copyOf(out, HEADER_LENGTH);
      Engines.seal(key.encryption(), iv, aad, plain, out, HEADER_LENGTH);
      return out;
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /** Reads the header and checks all that can be checked without the password. */
  Header header(byte[] content) throws BackendException {
    try {
      ByteBuffer in = ByteBuffer.wrap(content);
      byte[] magic = new byte[Math.min(MAGIC.length, content.length)];
      in.get(magic);
      if (content.length == 0 || !Arrays.equals(magic, Arrays.copyOf(MAGIC, magic.length))) {
        throw file.misconfigured("is not a key file: check the path");
      }
      in.position(MAGIC.length);
      known(Byte.toUnsignedInt(in.get()), VERSION, "format version");
      known(Byte.toUnsignedInt(in.get()), PROTECTED_BY_PASSWORD, "protection");
      PasswordDerivation derivation = derivation(Byte.toUnsignedInt(in.get()), in.getInt());
      byte[] salt = new byte[PasswordKey.SALT_LENGTH];
      byte[] iv = new byte[Engines.IV_LENGTH];
      in.get(salt).get(iv);
      long whole = HEADER_LENGTH + Integer.toUnsignedLong(in.getInt());
      if (content.length < whole) {
        throw file.misconfigured(
            String.format(
                Locale.ROOT,
                "is cut short: %,d bytes of %,d; restore a backup",
                content.length,
                whole));
      }
      if (content.length > whole || whole < HEADER_LENGTH + Engines.TAG_LENGTH) {
        throw file.misconfigured("was altered: its length is wrong; restore a backup");
      }
      return new Header(derivation, salt, iv, content);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw file.misconfigured("is cut short within its header; restore a backup", e);
    }
  }

  private PasswordDerivation derivation(int id, int parameters) throws BackendException {
    if (!PasswordDerivation.isKnown(id)) {
      throw file.misconfigured(
          String.format(
              "has key derivation %s, and this release knows 1 (PBKDF2) and 2 (Argon2id) only: use"
                  + " the release that wrote it, or restore a backup if it was altered",
              id));
    }
    try {
      return new PasswordDerivation(id, parameters);
    } catch (IllegalArgumentException e) {
      throw file.misconfigured(
          "derives its key from the password by "
              + e.getMessage()
              + ": it was altered; restore a backup",
          e);
    }
  }

  private void known(int found, int expected, String what) throws BackendException {
    if (found != expected) {
      throw file.misconfigured(
          String.format(
              "has %s %s, and this release knows %s only: use the release that wrote it, or restore"
                  + " a backup if it was altered",
              what, found, expected));
    }
  }

  /** Returns whether the key is the one that made the header, and the header is unchanged. */
  boolean isMadeBy(PasswordKey key, Header header) throws BackendException {
    return key.isFor(header.salt(), header.derivation())
        && MessageDigest.isEqual(key.checkValue(header.checked()), header.checkValue());
  }

  /** Decrypts the keys; {@link #isMadeBy} was asked before. */
  KeyRing open(PasswordKey key, Header header) throws BackendException {
    byte[] aad = Arrays.copyOf(header.content(), HEADER_LENGTH);
    GCMParameterSpec iv = new GCMParameterSpec(8 * Engines.TAG_LENGTH, header.iv());
    byte[] plain;
    try {
      plain = Engines.open(key.encryption(), iv, aad, header.content(), HEADER_LENGTH);
    } catch (AEADBadTagException e) {
      throw file.misconfigured("was altered or damaged: restore a backup", e);
    }
    try {
      Optional<KeyRing> ring = RingCodec.decode(plain);
      return ring.orElseThrow(
          () -> file.misconfigured("holds what this release does not know: use a newer one"));
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }
}
