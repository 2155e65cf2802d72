package dev.keyhold.custody.server.command;

import dev.keyhold.KeyholdInputStream;
import dev.keyhold.KeyholdOutputStream;
import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.note.NoteSigner;
import dev.keyhold.custody.proof.note.VerifierKey;
import dev.keyhold.keystore.kit.WholeFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The Ed25519 key of a log. At rest it is an object of Keyhold, which a key of a backend opens;
 * that key is needed when the custodian starts, and not afterwards.
 */
final class LogKey {
  private static final String ALGORITHM = "Ed25519";
  private static final byte[] INPUTS =
      "keyhold.dev/input-key@v1\n".getBytes(StandardCharsets.US_ASCII);

  private final NoteSigner signer;
  private final byte[] inputKey;

  private LogKey(VerifierKey verifierKey, PrivateKey key, byte[] encoded)
      throws GeneralSecurityException {
    signer = NoteSigner.of(verifierKey, key);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(encoded, "HmacSHA256"));
    inputKey = mac.doFinal(INPUTS);
  }

  /** Returns what signs checkpoints. */
  NoteSigner signer() {
    return signer;
  }

  /** Returns the key under which inputs are recorded. */
  byte[] inputKey() {
    return inputKey.clone();
  }

  /**
   * Makes the key of a log and seals it.
   *
   * @throws FileAlreadyExistsException if there is one
   */
  static LogKey create(String origin, Path file, SecretKey sealing)
      throws IOException, GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
    VerifierKey verifierKey = VerifierKey.of(origin, pair.getPublic());
    byte[] encoded = pair.getPrivate().getEncoded();
    byte[] name = verifierKey.toString().getBytes(StandardCharsets.US_ASCII);
    byte[] content =
        ByteBuffer.allocate(2 + name.length + encoded.length)
            .putShort((short) name.length)
            .put(name)
            .put(encoded)
            .array();
    try {
      ByteArrayOutputStream object = new ByteArrayOutputStream();
      try (KeyholdOutputStream out = new KeyholdOutputStream(object, sealing)) {
        out.write(content);
      }
      try (WholeFile whole = WholeFile.of(file.toAbsolutePath())) {
        whole.write(object.toByteArray());
        if (!whole.putIfAbsent()) {
          throw new FileAlreadyExistsException(file.toString());
        }
      }
      return new LogKey(verifierKey, pair.getPrivate(), encoded);
    } finally {
      Arrays.fill(content, (byte) 0);
      Arrays.fill(encoded, (byte) 0);
    }
  }

  /**
   * Opens the key of a log.
   *
   * @throws IOException if there is none, or it is of another log
   */
  static LogKey open(String origin, Path file, SecretKey sealing)
      throws IOException, GeneralSecurityException {
    byte[] content;
    try (InputStream object = new ByteArrayInputStream(Files.readAllBytes(file));
        KeyholdInputStream in = new KeyholdInputStream(object, sealing)) {
      content = in.readAllBytes();
    }
    byte[] encoded = {};
    try {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      byte[] name = new byte[buffer.getShort()];
      buffer.get(name);
      encoded = new byte[buffer.remaining()];
      buffer.get(encoded);
      VerifierKey verifierKey = VerifierKey.parse(new String(name, StandardCharsets.US_ASCII));
      if (!verifierKey.name().equals(origin)) {
        throw new IOException(
            "%s has the key of the log %s, not of %s; log.key-file names another file"
                .formatted(file, verifierKey.name(), origin));
      }
      PrivateKey key =
          KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      return new LogKey(verifierKey, key, encoded);
    } catch (ProofException | java.nio.BufferUnderflowException | NegativeArraySizeException e) {
      throw new IOException(file + " is no sealed log key", e);
    } finally {
      Arrays.fill(content, (byte) 0);
      Arrays.fill(encoded, (byte) 0);
    }
  }
}
