package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.Signatures;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.KeyAgreementAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.MessageType;

/** The operations of key pairs: one request for each use, once the key is known. Thread-safe. */
final class AwsKeyPairs implements PublicKeys, Signatures, Decryptions, Agreements {
  private static final int MAX_PUBLIC_KEY = 8192;

  private final KeyRequests requests;

  AwsKeyPairs(KeyRequests requests) {
    this.requests = requests;
  }

  @Override
  public int maxSignedMessage() {
    return KeyRequests.MAX_MESSAGE;
  }

  @Override
  public byte[] publicKey(String key) throws BackendException {
    KnownKey pair = requests.key(key);
    if (AwsKeyKind.named(pair.keySpec()).map(kind -> !kind.spec().isKeyPair()).orElse(false)) {
      throw KeyRequests.unsupported("this key is no key pair: it has no public half");
    }
    return KeyRequests.bytes(
        requests
            .call(
                "GetPublicKey",
                key,
                pair,
                client ->
                    client.getPublicKey(
                        request -> request.keyId(pair.arn()).grantTokens(requests.grants())))
            .publicKey());
  }

  @Override
  public byte[] sign(String key, SignatureAlgorithm algorithm, byte[] input)
      throws BackendException {
    KnownKey pair = requests.key(key);
    AwsKeyKind kind = pair.require(Purpose.SIGN);
    if (!kind.signatures().contains(algorithm)) {
      throw KeyRequests.unsupported(
          "a key of the kind %s does not sign by %s".formatted(kind, algorithm));
    }
    KeyRequests.checkLength("what is signed", input);
    MessageType type = algorithm.signsDigest() ? MessageType.DIGEST : MessageType.RAW;
    return KeyRequests.bytes(
        requests
            .call(
                "Sign",
                key,
                pair,
                client ->
                    client.sign(
                        request ->
                            request
                                .keyId(pair.arn())
                                .signingAlgorithm(AwsKeyKind.signingAlgorithm(algorithm))
                                .messageType(type)
                                .grantTokens(requests.grants())
                                .message(SdkBytes.fromByteArrayUnsafe(input))))
            .signature());
  }

  @Override
  public byte[] decrypt(String key, RsaPadding padding, byte[] label, byte[] ciphertext)
      throws BackendException {
    KnownKey pair = requests.key(key);
    AwsKeyKind kind = pair.require(Purpose.DECRYPT);
    if (!kind.paddings().contains(padding)) {
      throw KeyRequests.unsupported("AWS KMS does not decrypt by " + padding);
    }
    if (label.length > 0) {
      throw KeyRequests.unsupported("AWS KMS takes no label of OAEP");
    }
    String algorithm = "RSAES_OAEP_" + padding.digest().replace("-", "_");
    byte[] checked = KeyRequests.ciphertext(ciphertext);
    return KeyRequests.bytes(
        requests
            .call(
                "Decrypt",
                key,
                pair,
                client ->
                    client.decrypt(
                        request ->
                            request
                                .keyId(pair.arn())
                                .encryptionAlgorithm(algorithm)
                                .grantTokens(requests.grants())
                                .ciphertextBlob(SdkBytes.fromByteArrayUnsafe(checked))))
            .plaintext());
  }

  @Override
  public byte[] agree(String key, byte[] peer) throws BackendException {
    KnownKey pair = requests.key(key);
    pair.require(Purpose.AGREE);
    if (peer.length < 1 || peer.length > MAX_PUBLIC_KEY) {
      throw KeyRequests.bad("this is no public key: it has " + peer.length + " bytes");
    }
    try {
      return KeyRequests.bytes(
          requests
              .call(
                  "DeriveSharedSecret",
                  key,
                  pair,
                  client ->
                      client.deriveSharedSecret(
                          request ->
                              request
                                  .keyId(pair.arn())
                                  .keyAgreementAlgorithm(KeyAgreementAlgorithmSpec.ECDH)
                                  .grantTokens(requests.grants())
                                  .publicKey(SdkBytes.fromByteArrayUnsafe(peer))))
              .sharedSecret());
    } catch (BackendException e) {
      // the key itself was checked, so the mistake is in the other party's key
      throw e.reason() == Reason.UNSUPPORTED
          ? new BackendException(Reason.BAD_CIPHERTEXT, e.getMessage(), e)
          : e;
    }
  }
}
