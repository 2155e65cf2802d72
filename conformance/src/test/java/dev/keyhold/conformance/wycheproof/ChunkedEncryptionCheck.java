package dev.keyhold.conformance.wycheproof;

import dev.keyhold.object.CobblestoneMessage;
import java.io.ByteArrayOutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.opentest4j.TestAbortedException;

/**
 * C2SP chunked encryption through the envelope's engine, both ways, in pieces of several lengths,
 * and by random access. The vectors' ciphertexts are compressed (zlib); of the messages there are
 * only lengths and SHA-512, so what is to be encrypted is what was decrypted before.
 */
final class ChunkedEncryptionCheck implements Check {
  private static final String AEAD = "AEAD_AES_256_GCM";
  private static final String HASH = "SHA-512";
  private static final int SALT = 24;
  private static final int[] PIECES = {1000, 16_384, 16_400, 1 << 24};

  private final Path folder;

  /**
   * For one file.
   *
   * @param folder takes a ciphertext for random access
   */
  ChunkedEncryptionCheck(Path folder) {
    this.folder = folder;
  }

  @Override
  public void run(Vector vector) throws Exception {
    if (!vector.text("aead").equals(AEAD) || !vector.text("sha").equals(HASH)) {
      throw new TestAbortedException(
          "the envelope has no " + vector.text("aead") + " with " + vector.text("sha"));
    }
    byte[] sealed = inflate(vector.bytes("ct"));
    byte[] message = new byte[0];
    for (int pieces : PIECES) {
      message = open(vector, sealed, pieces);
    }
    if (vector.result() == Vector.Result.INVALID) {
      Refusal.expect("random access", () -> read(vector, sealed));
      return;
    }
    requireEqual("random access", message, read(vector, sealed));
    byte[] salt = Arrays.copyOf(sealed, SALT);
    for (int pieces : PIECES) {
      byte[] again =
          CobblestoneMessage.seal(vector.bytes("key"), vector.bytes("ctx"), salt, message, pieces);
      requireEqual("encryption in pieces of " + pieces, sealed, again);
    }
  }

  /** Decrypts; of an altered message, only the authentic beginning may have been released. */
  private static byte[] open(Vector vector, byte[] sealed, int pieces) throws Exception {
    ByteArrayOutputStream released = new ByteArrayOutputStream();
    Refusal.Call decryption =
        () -> {
          CobblestoneMessage.open(
              vector.bytes("key"), vector.bytes("ctx"), sealed, pieces, released::writeBytes);
          return released.toByteArray();
        };
    if (vector.result() == Vector.Result.INVALID) {
      Refusal.expect("decryption in pieces of " + pieces, decryption);
    } else {
      decryption.run();
    }
    if (vector.has("msgLength")) {
      requireMessage(vector, released.toByteArray());
    } else if (released.size() > 0) {
      throw new AssertionError(released.size() + " bytes were released of a forged message");
    }
    return released.toByteArray();
  }

  private byte[] read(Vector vector, byte[] sealed) throws Exception {
    Path file = Files.write(folder.resolve("message"), sealed);
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      return CobblestoneMessage.read(vector.bytes("key"), vector.bytes("ctx"), channel);
    }
  }

  private static void requireMessage(Vector vector, byte[] message)
      throws GeneralSecurityException {
    byte[] digest = MessageDigest.getInstance("SHA-512").digest(message);
    if (message.length != vector.number("msgLength")
        || !Arrays.equals(digest, vector.bytes("msgSha512"))) {
      throw new AssertionError(
          "expected a message of %d bytes with SHA-512 %s, but was one of %d bytes with %s"
              .formatted(
                  vector.number("msgLength"),
                  vector.text("msgSha512"),
                  message.length,
                  HexFormat.of().formatHex(digest)));
    }
  }

  private static void requireEqual(String what, byte[] expected, byte[] actual) {
    int mismatch = Arrays.mismatch(expected, actual);
    if (mismatch >= 0) {
      throw new AssertionError(what + ": the result differs from byte " + mismatch + " on");
    }
  }

  private static byte[] inflate(byte[] compressed) throws DataFormatException {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(compressed);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[8192];
      while (!inflater.finished()) {
        int length = inflater.inflate(buffer);
        if (length == 0 && !inflater.finished()) {
          throw new DataFormatException("the compressed ciphertext is cut short");
        }
        out.write(buffer, 0, length);
      }
      return out.toByteArray();
    } finally {
      inflater.end();
    }
  }
}
