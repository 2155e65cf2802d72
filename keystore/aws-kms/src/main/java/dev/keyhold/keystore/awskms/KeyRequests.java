package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.util.List;
import software.amazon.awssdk.core.SdkBytes;

/** The parts that all requests which use keys have in common. Thread-safe. */
final class KeyRequests {
  /** The longest message of a MAC or a signature (AWS KMS API, GenerateMac and Sign). */
  static final int MAX_MESSAGE = 4096;

  private static final int MAX_CIPHERTEXT = 6144;

  private final KmsConnection connection;
  private final AwsKeyDirectory directory;

  KeyRequests(KmsConnection connection, AwsKeyDirectory directory) {
    this.connection = connection;
    this.directory = directory;
  }

  KnownKey key(String key) throws BackendException {
    return directory.recent(key);
  }

  <T> T call(String action, String key, KnownKey known, KmsConnection.Request<T> request)
      throws BackendException {
    try {
      return connection.call(action, known.arn(), request);
    } catch (BackendException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        directory.forget(key); // deleted: the alias may mean another key by now
      }
      throw e;
    }
  }

  List<String> grants() {
    return connection.grantTokens();
  }

  static byte[] bytes(SdkBytes bytes) throws BackendException {
    if (bytes == null) {
      throw cutShort();
    }
    return bytes.asByteArrayUnsafe(); // made for this answer alone
  }

  static byte[] ciphertext(byte[] bytes) throws BackendException {
    if (bytes.length < 1 || bytes.length > MAX_CIPHERTEXT) {
      throw bad("no ciphertext of AWS KMS has " + bytes.length + " bytes");
    }
    return bytes;
  }

  static void checkLength(String what, byte[] message) throws BackendException {
    if (message.length < 1 || message.length > MAX_MESSAGE) {
      throw unsupported(
          "with AWS KMS %s has 1 to %s bytes, not %s".formatted(what, MAX_MESSAGE, message.length));
    }
  }

  static BackendException cutShort() {
    return new BackendException(
        Reason.UNAVAILABLE, "AWS KMS gave an answer without its content: try again");
  }

  static BackendException bad(String message) {
    return new BackendException(Reason.BAD_CIPHERTEXT, message);
  }

  static BackendException unsupported(String message) {
    return new BackendException(Reason.UNSUPPORTED, message);
  }
}
