package dev.keyhold.keystore.awskms;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * Makes requests that are not sent and get a made-up answer: they load the SDK's classes, which
 * takes half a second of processor time, before the first request of an application.
 */
final class Rehearsal {
  private static final String ANSWER = "{\"CiphertextBlob\":\"AA==\",\"Plaintext\":\"AA==\"}";

  private Rehearsal() {}

  static void run(AwsKmsOptions options) {
    SdkBytes nothing = SdkBytes.fromByteArray(new byte[1]);
    Map<String, String> context = Map.of("keyhold", "rehearsal");
    try (KmsClient client =
        KmsClient.builder()
            .region(Region.US_EAST_1)
            .httpClient(new Echo())
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("none", "none")))
            .overrideConfiguration(KmsClients.overrides(options))
            .build()) {
      client.describeKey(request -> request.keyId("none"));
      client.encrypt(r -> r.keyId("none").encryptionContext(context).plaintext(nothing));
      client.decrypt(r -> r.keyId("none").encryptionContext(context).ciphertextBlob(nothing));
    } catch (RuntimeException e) {
      // the classes are loaded nevertheless
    }
  }

  /** Answers by itself. */
  private static final class Echo implements SdkHttpClient {
    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      return new ExecutableHttpRequest() {
        @Override
        public HttpExecuteResponse call() {
          byte[] answer = ANSWER.getBytes(StandardCharsets.UTF_8);
          return HttpExecuteResponse.builder()
              .response(SdkHttpFullResponse.builder().statusCode(200).build())
              .responseBody(AbortableInputStream.create(new ByteArrayInputStream(answer)))
              .build();
        }

        @Override
        public void abort() {}
      };
    }

    @Override
    public void close() {}
  }
}
