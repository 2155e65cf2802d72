package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.facet.RandomSource;

/** Random bytes of the service, 1024 at a time. Thread-safe. */
final class AwsRandom implements RandomSource {
  private static final int MAX_RANDOM = 1024;

  private final KmsConnection connection;

  AwsRandom(KmsConnection connection) {
    this.connection = connection;
  }

  @Override
  public byte[] random(int length) throws BackendException {
    byte[] random = new byte[length];
    for (int filled = 0; filled < length; ) {
      int part = Math.min(MAX_RANDOM, length - filled);
      byte[] bytes =
          KeyRequests.bytes(
              connection
                  .call(
                      "GenerateRandom",
                      "",
                      client -> client.generateRandom(request -> request.numberOfBytes(part)))
                  .plaintext());
      if (bytes.length != part) {
        throw KeyRequests.cutShort();
      }
      System.arraycopy(bytes, 0, random, filled, part);
      filled += part;
    }
    if (length == 0) {
      connection.checkOpen();
    }
    return random;
  }
}
