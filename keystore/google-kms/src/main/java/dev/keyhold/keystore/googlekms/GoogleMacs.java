package dev.keyhold.keystore.googlekms;

import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.MacSignRequest;
import com.google.cloud.kms.v1.MacSignResponse;
import com.google.protobuf.ByteString;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.facet.Macs;

/** MACs: one call for each. */
final class GoogleMacs implements Macs {
  private static final int MAX_MESSAGE = 1 << 16;
  private static final Errors SIGN = Errors.of("cloudkms.cryptoKeyVersions.useToSign");

  private final Connection connection;
  private final KeyDirectory directory;

  GoogleMacs(Connection connection, KeyDirectory directory) {
    this.connection = connection;
    this.directory = directory;
  }

  @Override
  public int maxMacMessage() {
    return MAX_MESSAGE;
  }

  @Override
  public byte[] mac(String name, String algorithm, byte[] message) throws BackendException {
    if (message.length > MAX_MESSAGE) {
      throw unsupported("the longest message for a MAC is " + MAX_MESSAGE + " bytes");
    }
    ByteString data = ByteString.copyFrom(message);
    return Renewed.retry(directory, name, key -> mac(key, algorithm, data));
  }

  private byte[] mac(Key key, String algorithm, ByteString data) throws BackendException {
    String own = key.require(Purpose.MAC).spec().algorithm();
    if (!own.equals(algorithm)) {
      throw unsupported("this key is for " + own + " alone");
    }
    String version = key.currentName();
    MacSignResponse response =
        connection.call(
            KeyManagementServiceClient::macSignCallable,
            MacSignRequest.newBuilder()
                .setName(version)
                .setData(data)
                .setDataCrc32C(Checksums.of(data))
                .build(),
            SIGN);
    Checksums.require(
        response.getVerifiedDataCrc32C() && response.getName().equals(version),
        "it did not verify the checksum that it got, or answered for another key");
    Checksums.check(response.getMac(), response.hasMacCrc32C(), response.getMacCrc32C());
    return response.getMac().toByteArray();
  }

  private static BackendException unsupported(String message) {
    return new BackendException(Reason.UNSUPPORTED, message);
  }
}
