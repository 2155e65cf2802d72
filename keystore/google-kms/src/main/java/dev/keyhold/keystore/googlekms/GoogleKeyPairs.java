package dev.keyhold.keystore.googlekms;

import com.google.cloud.kms.v1.AsymmetricDecryptRequest;
import com.google.cloud.kms.v1.AsymmetricDecryptResponse;
import com.google.cloud.kms.v1.AsymmetricSignRequest;
import com.google.cloud.kms.v1.AsymmetricSignResponse;
import com.google.cloud.kms.v1.Digest;
import com.google.cloud.kms.v1.GetPublicKeyRequest;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.PublicKey;
import com.google.protobuf.ByteString;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.Signatures;
import java.util.Base64;

/** Public halves, signatures, decryption with private keys: one call for each. */
final class GoogleKeyPairs implements PublicKeys, Signatures, Decryptions {
  private static final int MAX_MESSAGE = 1 << 16;
  private static final Errors SIGN = Errors.of("cloudkms.cryptoKeyVersions.useToSign");
  private static final Errors DECRYPT = Errors.opening("cloudkms.cryptoKeyVersions.useToDecrypt");

  private final Connection connection;
  private final KeyDirectory directory;

  GoogleKeyPairs(Connection connection, KeyDirectory directory) {
    this.connection = connection;
    this.directory = directory;
  }

  @Override
  public byte[] publicKey(String name) throws BackendException {
    return Renewed.retry(directory, name, this::publicKey);
  }

  private byte[] publicKey(Key key) throws BackendException {
    Algorithms.Entry entry = key.entry().filter(e -> e.spec().isKeyPair()).orElse(null);
    if (entry == null) {
      throw unsupported("this key is no key pair: it has no public half");
    }
    boolean mlDsa = entry.signature().filter(SignatureAlgorithm.ML_DSA::equals).isPresent();
    String version = key.currentName();
    GetPublicKeyRequest.Builder request = GetPublicKeyRequest.newBuilder().setName(version);
    if (mlDsa) {
      request.setPublicKeyFormat(PublicKey.PublicKeyFormat.NIST_PQC);
    }
    PublicKey response =
        connection.call(
            KeyManagementServiceClient::getPublicKeyCallable,
            request.build(),
            Errors.of("cloudkms.cryptoKeyVersions.viewPublicKey"));
    Checksums.require(response.getName().equals(version), "it told of another key");
    if (mlDsa) {
      var raw = response.getPublicKey();
      Checksums.check(raw.getData(), raw.hasCrc32CChecksum(), raw.getCrc32CChecksum());
      return MlDsaKeys.subjectPublicKeyInfo(entry.spec(), raw.getData().toByteArray());
    }
    ByteString pem = response.getPemBytes();
    Checksums.check(pem, response.hasPemCrc32C(), response.getPemCrc32C());
    return der(response.getPem());
  }

  private static byte[] der(String pem) throws BackendException {
    String base64 = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new BackendException(
          Reason.UNAVAILABLE, "Cloud KMS answered with a public key that is no PEM", e);
    }
  }

  @Override
  public int maxSignedMessage() {
    return MAX_MESSAGE;
  }

  @Override
  public byte[] sign(String name, SignatureAlgorithm algorithm, byte[] input)
      throws BackendException {
    if (!algorithm.signsDigest() && input.length > MAX_MESSAGE) {
      throw unsupported("the longest message to sign is " + MAX_MESSAGE + " bytes");
    }
    ByteString data = ByteString.copyFrom(input);
    return Renewed.retry(directory, name, key -> sign(key, algorithm, data));
  }

  private byte[] sign(Key key, SignatureAlgorithm algorithm, ByteString input)
      throws BackendException {
    SignatureAlgorithm own = key.require(Purpose.SIGN).signature().orElseThrow();
    if (!own.covers(algorithm)) {
      throw unsupported("this key signs with " + own + " alone, not with " + algorithm);
    }
    String version = key.currentName();
    AsymmetricSignRequest.Builder request = AsymmetricSignRequest.newBuilder().setName(version);
    if (algorithm.signsDigest()) {
      request.setDigest(digest(algorithm, input)).setDigestCrc32C(Checksums.of(input));
    } else {
      request.setData(input).setDataCrc32C(Checksums.of(input));
    }
    AsymmetricSignResponse response =
        connection.call(KeyManagementServiceClient::asymmetricSignCallable, request.build(), SIGN);
    boolean verified =
        algorithm.signsDigest()
            ? response.getVerifiedDigestCrc32C()
            : response.getVerifiedDataCrc32C();
    Checksums.require(
        verified && response.getName().equals(version),
        "it did not verify the checksum that it got, or answered for another key");
    Checksums.check(
        response.getSignature(), response.hasSignatureCrc32C(), response.getSignatureCrc32C());
    return response.getSignature().toByteArray();
  }

  private static Digest digest(SignatureAlgorithm algorithm, ByteString input)
      throws BackendException {
    Digest.Builder digest = Digest.newBuilder();
    int length =
        switch (algorithm.digest()) {
          case "SHA-256" -> 32;
          case "SHA-384" -> 48;
          default -> 64;
        };
    if (input.size() != length) {
      throw unsupported("a digest for " + algorithm + " has " + length + " bytes");
    }
    return switch (length) {
      case 32 -> digest.setSha256(input).build();
      case 48 -> digest.setSha384(input).build();
      default -> digest.setSha512(input).build();
    };
  }

  @Override
  public byte[] decrypt(String name, RsaPadding padding, byte[] label, byte[] ciphertext)
      throws BackendException {
    if (label.length > 0) {
      throw unsupported("Cloud KMS takes no label with OAEP");
    }
    ByteString bytes = ByteString.copyFrom(ciphertext);
    return Renewed.retry(directory, name, key -> decrypt(key, padding, bytes));
  }

  private byte[] decrypt(Key key, RsaPadding padding, ByteString ciphertext)
      throws BackendException {
    RsaPadding own = key.require(Purpose.DECRYPT).padding().orElseThrow();
    if (!own.equals(padding)) {
      throw unsupported("this key decrypts " + own + " alone, not " + padding);
    }
    AsymmetricDecryptResponse response =
        connection.call(
            KeyManagementServiceClient::asymmetricDecryptCallable,
            AsymmetricDecryptRequest.newBuilder()
                .setName(key.currentName())
                .setCiphertext(ciphertext)
                .setCiphertextCrc32C(Checksums.of(ciphertext))
                .build(),
            DECRYPT);
    Checksums.require(
        response.getVerifiedCiphertextCrc32C(), "it did not verify the checksum that it got");
    Checksums.check(
        response.getPlaintext(), response.hasPlaintextCrc32C(), response.getPlaintextCrc32C());
    return response.getPlaintext().toByteArray();
  }

  private static BackendException unsupported(String message) {
    return new BackendException(Reason.UNSUPPORTED, message);
  }
}
