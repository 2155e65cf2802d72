package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.facet.RandomSource;
import dev.keyhold.keystore.kit.RandomParts;

/** Random bytes of the service, 1024 at a time. Thread-safe. */
final class AwsRandom implements RandomSource {
  private static final int MAX_RANDOM = 1024;

  private final KmsConnection connection;

  AwsRandom(KmsConnection connection) {
    this.connection = connection;
  }

  @Override
  public byte[] random(int length) throws BackendException {
    if (length == 0) {
      connection.checkOpen();
    }
    return RandomParts.read(
        length,
        MAX_RANDOM,
        part ->
            KeyRequests.bytes(
                connection
                    .call(
                        "GenerateRandom",
                        "",
                        client -> client.generateRandom(request -> request.numberOfBytes(part)))
                    .plaintext()));
  }
}
