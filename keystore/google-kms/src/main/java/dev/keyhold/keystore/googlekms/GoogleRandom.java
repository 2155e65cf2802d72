package dev.keyhold.keystore.googlekms;

import com.google.cloud.kms.v1.GenerateRandomBytesRequest;
import com.google.cloud.kms.v1.GenerateRandomBytesResponse;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.ProtectionLevel;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.facet.RandomSource;
import dev.keyhold.keystore.kit.RandomParts;

/** Random bytes from the HSMs of the location, 1024 at a time. */
final class GoogleRandom implements RandomSource {
  private static final int MIN_RANDOM = 8;
  private static final int MAX_RANDOM = 1024;

  private final GoogleConnection connection;
  private final Settings settings;

  GoogleRandom(GoogleConnection connection, Settings settings) {
    this.connection = connection;
    this.settings = settings;
  }

  @Override
  public byte[] random(int length) throws BackendException {
    return RandomParts.read(length, MAX_RANDOM, part -> randomPart(Math.max(part, MIN_RANDOM)));
  }

  private byte[] randomPart(int length) throws BackendException {
    GenerateRandomBytesResponse response =
        connection.call(
            KeyManagementServiceClient::generateRandomBytesCallable,
            GenerateRandomBytesRequest.newBuilder()
                .setLocation(settings.location())
                .setLengthBytes(length)
                .setProtectionLevel(ProtectionLevel.HSM)
                .build(),
            GoogleErrors.of("cloudkms.locations.generateRandomBytes"));
    Checksums.check(response.getData(), response.hasDataCrc32C(), response.getDataCrc32C());
    Checksums.require(response.getData().size() == length, "it answered with another length");
    return response.getData().toByteArray();
  }
}
