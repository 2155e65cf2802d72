package dev.keyhold.keystore.awskms;

import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** The credentials of a role. The one class that needs the SDK's STS client. */
final class AssumedRole implements AwsCredentialsProvider, SdkAutoCloseable {
  private final String role;
  private final NamedCredentials base;
  private final StsClient client;
  private final StsAssumeRoleCredentialsProvider provider;

  private AssumedRole(
      String role,
      NamedCredentials base,
      StsClient client,
      StsAssumeRoleCredentialsProvider provider) {
    this.role = role;
    this.base = base;
    this.client = client;
    this.provider = provider;
  }

  static AwsCredentialsProvider of(AwsKmsOptions options, Region region, NamedCredentials base) {
    StsClient client =
        StsClient.builder()
            .region(region)
            .httpClient(new JdkHttpClient(options.connectTimeout(), options.timeout()))
            .credentialsProvider(base)
            .overrideConfiguration(KmsClients.overrides(options))
            .build();
    String role = options.role().orElseThrow();
    return new AssumedRole(
        role,
        base,
        client,
        StsAssumeRoleCredentialsProvider.builder()
            .stsClient(client)
            .refreshRequest(request -> request.roleArn(role).roleSessionName("keyhold"))
            .build());
  }

  @Override
  public AwsCredentials resolveCredentials() {
    try {
      return provider.resolveCredentials();
    } catch (SdkException e) {
      throw new NamedCredentials.RoleNotAssumed(role, e);
    }
  }

  @Override
  public void close() {
    provider.close();
    client.close();
    base.close();
  }
}
