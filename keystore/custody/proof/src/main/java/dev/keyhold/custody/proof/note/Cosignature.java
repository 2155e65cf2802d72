package dev.keyhold.custody.proof.note;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * Cosignatures of checkpoints by witnesses, with the time of the witness: C2SP tlog-cosignature,
 * the Ed25519 form, and the ML-DSA-44 form where the Java runtime has the algorithm.
 */
public final class Cosignature {
  private Cosignature() {}

  /**
   * Returns the time of a cosignature that verifies, or nothing if it does not.
   *
   * @param key the witness's key
   * @param checkpoint the text of the checkpoint
   * @param signature the line, which names the key
   */
  public static Optional<Instant> verify(
      VerifierKey key, String checkpoint, NoteSignature signature) {
    byte[] bytes = signature.signature();
    if (!key.type().isCosignature() || bytes.length < 9) {
      return Optional.empty();
    }
    long seconds = ByteBuffer.wrap(bytes).getLong();
    if (seconds < 0 || seconds > 253_402_300_799L) { // the year 9999
      return Optional.empty();
    }
    byte[] rest = Arrays.copyOfRange(bytes, 8, bytes.length);
    return key.verify(message(key, checkpoint, seconds), rest)
        ? Optional.of(Instant.ofEpochSecond(seconds))
        : Optional.empty();
  }

  /** Returns a cosignature line by an Ed25519 key, for the time given. */
  public static NoteSignature sign(
      VerifierKey verifierKey, PrivateKey key, String checkpoint, Instant time)
      throws GeneralSecurityException {
    Signature signer = Signature.getInstance(verifierKey.type().algorithm());
    signer.initSign(key);
    signer.update(message(verifierKey, checkpoint, time.getEpochSecond()));
    byte[] signature = signer.sign();
    byte[] bytes =
        ByteBuffer.allocate(8 + signature.length)
            .putLong(time.getEpochSecond())
            .put(signature)
            .array();
    return new NoteSignature(verifierKey.name(), verifierKey.idBytes(), bytes);
  }

  private static byte[] message(VerifierKey key, String checkpoint, long seconds) {
    if (key.type() == KeyType.COSIGNATURE) {
      return ("cosignature/v1\ntime " + seconds + "\n" + checkpoint)
          .getBytes(StandardCharsets.UTF_8);
    }
    String[] lines = checkpoint.split("\n", 4);
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes("subtree/v1\n\0".getBytes(StandardCharsets.US_ASCII));
    shortText(message, key.name());
    message.writeBytes(ByteBuffer.allocate(8).putLong(seconds).array());
    shortText(message, lines[0]);
    message.writeBytes(
        ByteBuffer.allocate(16).putLong(0).putLong(Long.parseLong(lines[1])).array());
    message.writeBytes(Base64Strict.decode(lines[2]));
    return message.toByteArray();
  }

  private static void shortText(ByteArrayOutputStream message, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    message.write(bytes.length);
    message.writeBytes(bytes);
  }
}
