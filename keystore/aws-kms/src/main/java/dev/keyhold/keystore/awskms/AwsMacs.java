package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.facet.Macs;
import software.amazon.awssdk.core.SdkBytes;

/** MACs: one request for each, once the key is known. Thread-safe. */
final class AwsMacs implements Macs {
  private final KeyRequests requests;

  AwsMacs(KeyRequests requests) {
    this.requests = requests;
  }

  @Override
  public int maxMacMessage() {
    return KeyRequests.MAX_MESSAGE;
  }

  @Override
  public byte[] mac(String key, String algorithm, byte[] message) throws BackendException {
    KnownKey macKey = requests.key(key);
    KeyKind kind = macKey.require(Purpose.MAC);
    if (!kind.spec().algorithm().equals(algorithm)) {
      throw KeyRequests.unsupported("this key is for " + kind.spec().algorithm() + " alone");
    }
    KeyRequests.checkLength("a message for a MAC", message);
    return KeyRequests.bytes(
        requests
            .call(
                "GenerateMac",
                key,
                macKey,
                client ->
                    client.generateMac(
                        request ->
                            request
                                .keyId(macKey.arn())
                                .macAlgorithm("HMAC_SHA_" + kind.spec().bits())
                                .grantTokens(requests.grants())
                                .message(SdkBytes.fromByteArrayUnsafe(message))))
            .mac());
  }
}
