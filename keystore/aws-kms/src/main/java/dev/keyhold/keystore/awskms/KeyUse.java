package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import java.util.List;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.EncryptResponse;
import software.amazon.awssdk.services.kms.model.KeyAgreementAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.MessageType;

/** Uses keys: each method is one request once the key is known. Thread-safe. */
final class KeyUse {
  private static final int MAX_DATA_KEY = 64;
  private static final int MAX_CIPHERTEXT = 6144;
  private static final int MAX_PUBLIC_KEY = 8192;
  private static final int MAX_RANDOM = 1024;

  private final KmsConnection connection;
  private final KeyDirectory directory;

  KeyUse(KmsConnection connection, KeyDirectory directory) {
    this.connection = connection;
    this.directory = directory;
  }

  WrappedKey wrap(String key, WrapContext context, byte[] dataKey) throws BackendException {
    if (dataKey.length < 1 || dataKey.length > MAX_DATA_KEY) {
      throw new IllegalArgumentException("a data key has 1 to 64 bytes, not " + dataKey.length);
    }
    KnownKey kek = directory.recent(key);
    kek.require(Purpose.ENCRYPT);
    EncryptResponse wrapped =
        call(
            "Encrypt",
            key,
            kek,
            client ->
                client.encrypt(
                    request ->
                        request
                            .keyId(kek.arn())
                            .encryptionContext(context.entries())
                            .grantTokens(grants())
                            .plaintext(SdkBytes.fromByteArrayUnsafe(dataKey))));
    byte[] bytes = bytes(wrapped.ciphertextBlob());
    return new WrappedKey(AwsKmsUri.identity(kek.arn()), "", WrapMechanism.SERVICE, bytes);
  }

  byte[] unwrap(String key, WrappedKey wrapped, WrapContext context) throws BackendException {
    KnownKey kek = directory.recent(key);
    kek.require(Purpose.ENCRYPT);
    if (!wrapped.version().isEmpty()) {
      throw new BackendException(
          Reason.NOT_FOUND, "wraps of AWS KMS name no version of the key, but this one does");
    }
    if (wrapped.mechanism() != WrapMechanism.SERVICE) {
      throw bad("AWS KMS does not wrap by " + wrapped.mechanism());
    }
    byte[] ciphertext = ciphertext(wrapped.bytes());
    return bytes(
        call(
                "Decrypt",
                key,
                kek,
                client ->
                    client.decrypt(
                        request ->
                            request
                                .keyId(kek.arn())
                                .encryptionContext(context.entries())
                                .grantTokens(grants())
                                .ciphertextBlob(SdkBytes.fromByteArrayUnsafe(ciphertext))))
            .plaintext());
  }

  byte[] mac(String key, String algorithm, byte[] message) throws BackendException {
    KnownKey macKey = directory.recent(key);
    KeyKind kind = macKey.require(Purpose.MAC);
    if (!kind.spec().algorithm().equals(algorithm)) {
      throw unsupported("this key is for " + kind.spec().algorithm() + " alone");
    }
    checkLength("a message for a MAC", message);
    return bytes(
        call(
                "GenerateMac",
                key,
                macKey,
                client ->
                    client.generateMac(
                        request ->
                            request
                                .keyId(macKey.arn())
                                .macAlgorithm("HMAC_SHA_" + kind.spec().bits())
                                .grantTokens(grants())
                                .message(SdkBytes.fromByteArrayUnsafe(message))))
            .mac());
  }

  byte[] publicKey(String key) throws BackendException {
    KnownKey pair = directory.recent(key);
    if (KeyKind.named(pair.keySpec()).map(kind -> !kind.spec().isKeyPair()).orElse(false)) {
      throw unsupported("this key is no key pair: it has no public half");
    }
    return bytes(
        call(
                "GetPublicKey",
                key,
                pair,
                client ->
                    client.getPublicKey(request -> request.keyId(pair.arn()).grantTokens(grants())))
            .publicKey());
  }

  byte[] sign(String key, SignatureAlgorithm algorithm, byte[] input) throws BackendException {
    KnownKey pair = directory.recent(key);
    KeyKind kind = pair.require(Purpose.SIGN);
    if (!kind.signatures().contains(algorithm)) {
      throw unsupported("a key of the kind %s does not sign by %s".formatted(kind, algorithm));
    }
    checkLength("what is signed", input);
    MessageType type = algorithm.signsDigest() ? MessageType.DIGEST : MessageType.RAW;
    return bytes(
        call(
                "Sign",
                key,
                pair,
                client ->
                    client.sign(
                        request ->
                            request
                                .keyId(pair.arn())
                                .signingAlgorithm(KeyKind.signingAlgorithm(algorithm))
                                .messageType(type)
                                .grantTokens(grants())
                                .message(SdkBytes.fromByteArrayUnsafe(input))))
            .signature());
  }

  byte[] decrypt(String key, RsaPadding padding, byte[] label, byte[] ciphertext)
      throws BackendException {
    KnownKey pair = directory.recent(key);
    KeyKind kind = pair.require(Purpose.DECRYPT);
    if (!kind.paddings().contains(padding)) {
      throw unsupported("AWS KMS does not decrypt by " + padding);
    }
    if (label.length > 0) {
      throw unsupported("AWS KMS takes no label of OAEP");
    }
    String algorithm = "RSAES_OAEP_" + padding.digest().replace("-", "_");
    byte[] checked = ciphertext(ciphertext);
    return bytes(
        call(
                "Decrypt",
                key,
                pair,
                client ->
                    client.decrypt(
                        request ->
                            request
                                .keyId(pair.arn())
                                .encryptionAlgorithm(algorithm)
                                .grantTokens(grants())
                                .ciphertextBlob(SdkBytes.fromByteArrayUnsafe(checked))))
            .plaintext());
  }

  byte[] agree(String key, byte[] peer) throws BackendException {
    KnownKey pair = directory.recent(key);
    pair.require(Purpose.AGREE);
    if (peer.length < 1 || peer.length > MAX_PUBLIC_KEY) {
      throw bad("this is no public key: it has " + peer.length + " bytes");
    }
    try {
      return bytes(
          call(
                  "DeriveSharedSecret",
                  key,
                  pair,
                  client ->
                      client.deriveSharedSecret(
                          request ->
                              request
                                  .keyId(pair.arn())
                                  .keyAgreementAlgorithm(KeyAgreementAlgorithmSpec.ECDH)
                                  .grantTokens(grants())
                                  .publicKey(SdkBytes.fromByteArrayUnsafe(peer))))
              .sharedSecret());
    } catch (BackendException e) {
      // the key itself was checked: what does not fit is the other's
      throw e.reason() == Reason.UNSUPPORTED
          ? new BackendException(Reason.BAD_CIPHERTEXT, e.getMessage(), e)
          : e;
    }
  }

  byte[] random(int length) throws BackendException {
    byte[] random = new byte[length];
    for (int filled = 0; filled < length; ) {
      int part = Math.min(MAX_RANDOM, length - filled);
      byte[] bytes =
          bytes(
              connection
                  .call(
                      "GenerateRandom",
                      "",
                      client -> client.generateRandom(request -> request.numberOfBytes(part)))
                  .plaintext());
      if (bytes.length != part) {
        throw cutShort();
      }
      System.arraycopy(bytes, 0, random, filled, part);
      filled += part;
    }
    if (length == 0) {
      connection.checkOpen();
    }
    return random;
  }

  private <T> T call(String action, String key, KnownKey known, KmsConnection.Request<T> request)
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

  private List<String> grants() {
    return connection.grantTokens();
  }

  private static byte[] bytes(SdkBytes bytes) throws BackendException {
    if (bytes == null) {
      throw cutShort();
    }
    return bytes.asByteArrayUnsafe(); // made for this answer alone
  }

  private static byte[] ciphertext(byte[] bytes) throws BackendException {
    if (bytes.length < 1 || bytes.length > MAX_CIPHERTEXT) {
      throw bad("no ciphertext of AWS KMS has " + bytes.length + " bytes");
    }
    return bytes;
  }

  private static void checkLength(String what, byte[] message) throws BackendException {
    if (message.length < 1 || message.length > AwsKmsBackend.MAX_MESSAGE) {
      throw unsupported(
          "with AWS KMS %s has 1 to %s bytes, not %s"
              .formatted(what, AwsKmsBackend.MAX_MESSAGE, message.length));
    }
  }

  private static BackendException cutShort() {
    return new BackendException(
        Reason.UNAVAILABLE, "AWS KMS gave an answer without its content: try again");
  }

  private static BackendException bad(String message) {
    return new BackendException(Reason.BAD_CIPHERTEXT, message);
  }

  private static BackendException unsupported(String message) {
    return new BackendException(Reason.UNSUPPORTED, message);
  }
}
