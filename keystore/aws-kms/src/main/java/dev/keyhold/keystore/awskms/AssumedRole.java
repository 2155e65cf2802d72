package dev.keyhold.keystore.awskms;

import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** The credentials of a role. The one class that needs the SDK's STS client. */
final class AssumedRole implements AwsCredentialsProvider, SdkAutoCloseable {
  private final StsClient client;
  private final StsAssumeRoleCredentialsProvider provider;

  private AssumedRole(StsClient client, StsAssumeRoleCredentialsProvider provider) {
    this.client = client;
    this.provider = provider;
  }

  static AwsCredentialsProvider of(
      AwsKmsOptions options, Region region, AwsCredentialsProvider base) {
    StsClient client =
        StsClient.builder()
            .region(region)
            .httpClient(new JdkHttpClient(options.connectTimeout(), options.timeout()))
            .credentialsProvider(base)
            .overrideConfiguration(KmsClients.overrides(options))
            .build();
    String role = options.role().orElseThrow();
    return new AssumedRole(
        client,
        StsAssumeRoleCredentialsProvider.builder()
            .stsClient(client)
            .refreshRequest(request -> request.roleArn(role).roleSessionName("keyhold"))
            .build());
  }

  @Override
  public AwsCredentials resolveCredentials() {
    return provider.resolveCredentials();
  }

  @Override
  public void close() {
    provider.close();
    client.close();
  }
}
