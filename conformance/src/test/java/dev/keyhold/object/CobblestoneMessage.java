package dev.keyhold.object;

import dev.keyhold.keystore.BackendException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.function.Consumer;
import javax.crypto.AEADBadTagException;

/**
 * A bare Cobblestone-256 message through the very code that handles the chunks of objects: a
 * message without the header, and with another context than objects have.
 *
 * <p>That code gets its keys from headers only, but for this package.
 */
public final class CobblestoneMessage {
  private static final byte[] LABEL =
      "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0".getBytes(StandardCharsets.US_ASCII);

  private CobblestoneMessage() {}

  /**
   * Encrypts a message with a given salt.
   *
   * @param pieces the length of the pieces that it comes in, in bytes
   */
  public static byte[] seal(
      byte[] inputKey, byte[] context, byte[] salt, byte[] message, int pieces) {
    // a pool of its own: a cipher refuses the nonces of a message that it encrypted before
    Engine.Pool pool = new Engine.Pool(1);
    Engine engine = pool.take();
    Cobblestone keys = derive(engine, inputKey, salt, context);
    ObjectSealer sealer = ObjectSealer.ofChunks(pool, keys);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(salt);
    byte[] commitment = new byte[Cobblestone.COMMITMENT];
    keys.putCommitment(commitment, 0);
    out.writeBytes(commitment);
    try {
      pass(sealer, message, 0, pieces, out::writeBytes);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("encryption can't fail so", e);
    }
    return out.toByteArray();
  }

  /**
   * Decrypts a message.
   *
   * @param pieces the length of the pieces that it comes in, in bytes
   * @param sink is given what was authenticated, as soon as it was
   */
  public static void open(
      byte[] inputKey, byte[] context, byte[] sealed, int pieces, Consumer<byte[]> sink)
      throws GeneralSecurityException {
    Engine.Pool pool = new Engine.Pool(1);
    Engine engine = pool.take();
    Cobblestone keys = keys(engine, inputKey, context, sealed);
    pass(ObjectOpener.ofChunks(pool, keys), sealed, Cobblestone.PREFIX, pieces, sink);
  }

  /** Decrypts a message by random access, from its last chunk to its first. */
  public static byte[] read(byte[] inputKey, byte[] context, SeekableByteChannel sealed)
      throws GeneralSecurityException, IOException {
    Engine.Pool pool = new Engine.Pool(1);
    Engine engine = pool.take();
    ByteBuffer prefix = ByteBuffer.allocate((int) Math.min(Cobblestone.PREFIX, sealed.size()));
    while (prefix.hasRemaining()) {
      sealed.read(prefix);
    }
    Cobblestone keys = keys(engine, inputKey, context, prefix.array());
    try (ObjectReader reader = new ObjectReader(pool, engine, sealed, keys, Cobblestone.PREFIX)) {
      ByteBuffer message = ByteBuffer.allocate(Math.toIntExact(reader.size()));
      long lastChunk = reader.size() / Cobblestone.CHUNK;
      for (long chunk = lastChunk; chunk >= 0; chunk--) {
        long at = chunk * Cobblestone.CHUNK;
        int length = (int) Math.min(Cobblestone.CHUNK, reader.size() - at);
        message.limit((int) at + length).position((int) at);
        while (message.hasRemaining()) {
          reader.read(message.position(), message);
        }
      }
      return message.array();
    }
  }

  private static Cobblestone keys(Engine engine, byte[] inputKey, byte[] context, byte[] sealed)
      throws AEADBadTagException {
    if (sealed.length < Cobblestone.PREFIX) {
      throw new AEADBadTagException("too short for salt and commitment");
    }
    byte[] salt = Arrays.copyOf(sealed, Cobblestone.SALT);
    Cobblestone keys = derive(engine, inputKey, salt, context);
    byte[] commitment = new byte[Cobblestone.COMMITMENT];
    keys.putCommitment(commitment, 0);
    if (!Arrays.equals(commitment, 0, 32, sealed, Cobblestone.SALT, Cobblestone.PREFIX)) {
      throw new AEADBadTagException("another commitment");
    }
    return keys;
  }

  /** As objects derive theirs, but for the context, which objects have one form of. */
  private static Cobblestone derive(Engine engine, byte[] inputKey, byte[] salt, byte[] context) {
    if (inputKey.length != Cobblestone.INPUT_KEY) {
      throw new IllegalArgumentException("an input key of " + inputKey.length + " bytes");
    }
    ByteArrayOutputStream info = new ByteArrayOutputStream();
    info.writeBytes(LABEL);
    info.writeBytes(salt);
    info.writeBytes(context);
    return Cobblestone.derive(engine, HkdfKey.of(inputKey), info.toByteArray());
  }

  private static void pass(
      ObjectTransform transform, byte[] in, int from, int pieces, Consumer<byte[]> sink)
      throws GeneralSecurityException {
    for (int at = from; at < in.length; at += pieces) {
      sink.accept(process(transform, in, at, Math.min(pieces, in.length - at), false));
    }
    sink.accept(process(transform, in, in.length, 0, true));
  }

  private static byte[] process(
      ObjectTransform transform, byte[] in, int at, int length, boolean last)
      throws GeneralSecurityException {
    byte[] out = new byte[transform.outputSize(in, at, length, last)];
    try {
      return Arrays.copyOf(out, transform.process(in, at, length, last, out, 0));
    } catch (BackendException e) {
      throw new AssertionError("there is no backend", e);
    }
  }
}
