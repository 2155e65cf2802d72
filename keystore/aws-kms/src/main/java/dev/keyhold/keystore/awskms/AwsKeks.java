package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Keks;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.EncryptResponse;

/** Wraps and unwraps data keys: one request for each, once the key is known. Thread-safe. */
final class AwsKeks implements Keks {
  private static final int MAX_DATA_KEY = 64;

  private final KeyRequests requests;

  AwsKeks(KeyRequests requests) {
    this.requests = requests;
  }

  @Override
  public WrappedKey wrap(String key, WrapContext context, byte[] dataKey) throws BackendException {
    if (dataKey.length < 1 || dataKey.length > MAX_DATA_KEY) {
      throw new IllegalArgumentException("a data key has 1 to 64 bytes, not " + dataKey.length);
    }
    KnownKey kek = requests.key(key);
    kek.require(Purpose.ENCRYPT);
    EncryptResponse wrapped =
        requests.call(
            "Encrypt",
            key,
            kek,
            client ->
                client.encrypt(
                    request ->
                        request
                            .keyId(kek.arn())
                            .encryptionContext(context.entries())
                            .grantTokens(requests.grants())
                            .plaintext(SdkBytes.fromByteArrayUnsafe(dataKey))));
    byte[] bytes = KeyRequests.bytes(wrapped.ciphertextBlob());
    return new WrappedKey(AwsKmsUri.identity(kek.arn()), "", WrapMechanism.SERVICE, bytes);
  }

  @Override
  public byte[] unwrap(String key, WrappedKey wrapped, WrapContext context)
      throws BackendException {
    KnownKey kek = requests.key(key);
    kek.require(Purpose.ENCRYPT);
    if (!wrapped.version().isEmpty()) {
      throw new BackendException(
          Reason.NOT_FOUND, "wraps of AWS KMS name no version of the key, but this one does");
    }
    if (wrapped.mechanism() != WrapMechanism.SERVICE) {
      throw KeyRequests.bad("AWS KMS does not wrap by " + wrapped.mechanism());
    }
    byte[] ciphertext = KeyRequests.ciphertext(wrapped.bytes());
    return KeyRequests.bytes(
        requests
            .call(
                "Decrypt",
                key,
                kek,
                client ->
                    client.decrypt(
                        request ->
                            request
                                .keyId(kek.arn())
                                .encryptionContext(context.entries())
                                .grantTokens(requests.grants())
                                .ciphertextBlob(SdkBytes.fromByteArrayUnsafe(ciphertext))))
            .plaintext());
  }
}
