package dev.keyhold.keystore.googlekms;

import com.google.cloud.kms.v1.DecryptRequest;
import com.google.cloud.kms.v1.DecryptResponse;
import com.google.cloud.kms.v1.EncryptRequest;
import com.google.cloud.kms.v1.EncryptResponse;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.RawDecryptRequest;
import com.google.cloud.kms.v1.RawDecryptResponse;
import com.google.cloud.kms.v1.RawEncryptRequest;
import com.google.cloud.kms.v1.RawEncryptResponse;
import com.google.protobuf.ByteString;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapCount;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Keks;
import java.util.Arrays;
import java.util.Optional;

/** Wraps and unwraps data keys: one call for each. */
final class GoogleKeks implements Keks {
  private static final int MAX_DATA_KEY = 64;
  private static final int MAX_WRAPPED = 1 << 16;
  private static final int IV = 12;
  private static final int TAG = 16;
  private static final GoogleErrors ENCRYPT =
      GoogleErrors.of("cloudkms.cryptoKeyVersions.useToEncrypt");
  private static final GoogleErrors DECRYPT =
      GoogleErrors.opening("cloudkms.cryptoKeyVersions.useToDecrypt");

  private final GoogleConnection connection;
  private final GoogleKeyDirectory directory;
  private final WrapCount rawWraps = new WrapCount();

  GoogleKeks(GoogleConnection connection, GoogleKeyDirectory directory) {
    this.connection = connection;
    this.directory = directory;
  }

  @Override
  public WrappedKey wrap(String name, WrapContext context, byte[] dataKey) throws BackendException {
    if (dataKey.length < 1 || dataKey.length > MAX_DATA_KEY) {
      throw new IllegalArgumentException("a data key has 1 to 64 bytes, not " + dataKey.length);
    }
    GoogleKey key = directory.known(name);
    key.require(Purpose.ENCRYPT);
    ByteString plaintext = ByteString.copyFrom(dataKey);
    ByteString bound = ByteString.copyFrom(context.toBytes());
    return key.isRaw()
        ? Renewed.retry(directory, name, k -> rawWrap(k, bound, plaintext))
        : serviceWrap(key, bound, plaintext);
  }

  @Override
  public Optional<WrapMechanism> mechanism(String name) throws BackendException {
    GoogleKey key = directory.known(name);
    key.require(Purpose.ENCRYPT);
    return Optional.of(key.isRaw() ? WrapMechanism.AES_GCM : WrapMechanism.SERVICE);
  }

  private WrappedKey serviceWrap(GoogleKey key, ByteString bound, ByteString plaintext)
      throws BackendException {
    EncryptRequest.Builder request =
        EncryptRequest.newBuilder()
            .setName(key.name().key())
            .setPlaintext(plaintext)
            .setPlaintextCrc32C(Checksums.of(plaintext));
    if (!bound.isEmpty()) {
      request
          .setAdditionalAuthenticatedData(bound)
          .setAdditionalAuthenticatedDataCrc32C(Checksums.of(bound));
    }
    EncryptResponse response =
        connection.call(KeyManagementServiceClient::encryptCallable, request.build(), ENCRYPT);
    Checksums.require(
        response.getVerifiedPlaintextCrc32C()
            && (bound.isEmpty() || response.getVerifiedAdditionalAuthenticatedDataCrc32C()),
        "it did not verify the checksums that it got");
    Checksums.check(
        response.getCiphertext(), response.hasCiphertextCrc32C(), response.getCiphertextCrc32C());
    String version = numberOf(key, response.getName());
    return new WrappedKey(
        key.name().key(), version, WrapMechanism.SERVICE, response.getCiphertext().toByteArray());
  }

  private WrappedKey rawWrap(GoogleKey key, ByteString bound, ByteString plaintext)
      throws BackendException {
    String versionName = key.currentName();
    rawWraps.add(versionName);
    RawEncryptRequest.Builder request =
        RawEncryptRequest.newBuilder()
            .setName(versionName)
            .setPlaintext(plaintext)
            .setPlaintextCrc32C(Checksums.of(plaintext));
    if (!bound.isEmpty()) {
      request
          .setAdditionalAuthenticatedData(bound)
          .setAdditionalAuthenticatedDataCrc32C(Checksums.of(bound));
    }
    RawEncryptResponse response =
        connection.call(KeyManagementServiceClient::rawEncryptCallable, request.build(), ENCRYPT);
    Checksums.require(
        response.getVerifiedPlaintextCrc32C()
            && (bound.isEmpty() || response.getVerifiedAdditionalAuthenticatedDataCrc32C()),
        "it did not verify the checksums that it got");
    Checksums.check(
        response.getCiphertext(), response.hasCiphertextCrc32C(), response.getCiphertextCrc32C());
    Checksums.check(
        response.getInitializationVector(),
        response.hasInitializationVectorCrc32C(),
        response.getInitializationVectorCrc32C());
    Checksums.require(
        response.getName().equals(versionName)
            && response.getInitializationVector().size() == IV
            && response.getCiphertext().size() == plaintext.size() + TAG,
        "it answered for another version, or in another layout");
    byte[] bytes =
        response.getInitializationVector().concat(response.getCiphertext()).toByteArray();
    return new WrappedKey(
        key.name().key(), numberOf(key, versionName), WrapMechanism.AES_GCM, bytes);
  }

  private static String numberOf(GoogleKey key, String versionName) throws BackendException {
    return key.name()
        .numberIn(versionName)
        .orElseThrow(() -> Checksums.corrupted("it answered for another key"));
  }

  @Override
  public byte[] unwrap(String name, WrappedKey wrapped, WrapContext context)
      throws BackendException {
    GoogleKey key = directory.knownWith(name, k -> k.version(wrapped.version()).isPresent());
    key.require(Purpose.ENCRYPT);
    WrapMechanism own = key.isRaw() ? WrapMechanism.AES_GCM : WrapMechanism.SERVICE;
    if (wrapped.mechanism() != own) {
      throw bad("this key does not wrap by " + wrapped.mechanism());
    }
    if (key.version(wrapped.version()).isEmpty()) {
      throw new BackendException(
          Reason.NOT_FOUND, "the key has no version '" + wrapped.version() + "'");
    }
    int shortest = key.isRaw() ? IV + 1 + TAG : 1;
    if (wrapped.bytes().length < shortest || wrapped.bytes().length > MAX_WRAPPED) {
      throw bad("no wrapped key has this length");
    }
    ByteString bound = ByteString.copyFrom(context.toBytes());
    return key.isRaw() ? rawUnwrap(key, wrapped, bound) : serviceUnwrap(name, key, wrapped, bound);
  }

  private byte[] serviceUnwrap(String name, GoogleKey key, WrappedKey wrapped, ByteString bound)
      throws BackendException {
    ByteString ciphertext = ByteString.copyFrom(wrapped.bytes());
    DecryptRequest.Builder request =
        DecryptRequest.newBuilder()
            .setName(key.name().key())
            .setCiphertext(ciphertext)
            .setCiphertextCrc32C(Checksums.of(ciphertext));
    if (!bound.isEmpty()) {
      request
          .setAdditionalAuthenticatedData(bound)
          .setAdditionalAuthenticatedDataCrc32C(Checksums.of(bound));
    }
    DecryptResponse response =
        connection.call(KeyManagementServiceClient::decryptCallable, request.build(), DECRYPT);
    Checksums.check(
        response.getPlaintext(), response.hasPlaintextCrc32C(), response.getPlaintextCrc32C());
    byte[] dataKey = response.getPlaintext().toByteArray();
    try {
      checkVersion(name, wrapped.version(), response.getUsedPrimary());
    } catch (BackendException e) {
      Arrays.fill(dataKey, (byte) 0);
      throw e;
    }
    return dataKey;
  }

  /**
   * Checks the version as far as possible: the service tells only whether the primary version
   * opened.
   */
  private void checkVersion(String name, String version, boolean byPrimary)
      throws BackendException {
    GoogleKey key = directory.knownWith(name, k -> byPrimary == isPrimary(k, version));
    if (byPrimary != isPrimary(key, version)) {
      throw bad("another version of the key made this ciphertext than it says");
    }
  }

  private static boolean isPrimary(GoogleKey key, String version) {
    return key.current().filter(primary -> GoogleKey.id(primary).equals(version)).isPresent();
  }

  private byte[] rawUnwrap(GoogleKey key, WrappedKey wrapped, ByteString bound)
      throws BackendException {
    ByteString bytes = ByteString.copyFrom(wrapped.bytes());
    ByteString iv = bytes.substring(0, IV);
    ByteString ciphertext = bytes.substring(IV);
    RawDecryptRequest.Builder request =
        RawDecryptRequest.newBuilder()
            .setName(key.name().version(wrapped.version()))
            .setInitializationVector(iv)
            .setInitializationVectorCrc32C(Checksums.of(iv))
            .setTagLength(TAG)
            .setCiphertext(ciphertext)
            .setCiphertextCrc32C(Checksums.of(ciphertext));
    if (!bound.isEmpty()) {
      request
          .setAdditionalAuthenticatedData(bound)
          .setAdditionalAuthenticatedDataCrc32C(Checksums.of(bound));
    }
    RawDecryptResponse response =
        connection.call(KeyManagementServiceClient::rawDecryptCallable, request.build(), DECRYPT);
    Checksums.require(
        response.getVerifiedCiphertextCrc32C()
            && response.getVerifiedInitializationVectorCrc32C()
            && (bound.isEmpty() || response.getVerifiedAdditionalAuthenticatedDataCrc32C()),
        "it did not verify the checksums that it got");
    Checksums.check(
        response.getPlaintext(), response.hasPlaintextCrc32C(), response.getPlaintextCrc32C());
    return response.getPlaintext().toByteArray();
  }

  private static BackendException bad(String message) {
    return new BackendException(Reason.BAD_CIPHERTEXT, message);
  }
}
