package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.retry.RetryPolicy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsClientBuilder;

/** Makes the SDK's clients: no retries, timeouts, the JDK's HTTP client. */
final class KmsClients {
  private KmsClients() {}

  static KmsClient create(AwsKmsOptions options) throws BackendException {
    Region region = region(options);
    SdkHttpClient http = new JdkHttpClient(options.connectTimeout(), options.timeout());
    KmsClientBuilder builder =
        KmsClient.builder()
            .region(region)
            .httpClient(http)
            .credentialsProvider(credentials(options, region))
            .overrideConfiguration(overrides(options));
    options.endpoint().ifPresent(builder::endpointOverride);
    return builder.build();
  }

  /**
   * Returns the error for an application that manages another version of the SDK, which lacks
   * classes or methods that are used here.
   */
  static BackendException wrongSdk(LinkageError e) {
    return new BackendException(
        Reason.MISCONFIGURED,
        "the application has an AWS SDK that lacks what Keyhold uses: set software.amazon.awssdk:bom to 2.21 or later",
        e);
  }

  @SuppressWarnings("deprecation") // its replacement came with 2.26
  static ClientOverrideConfiguration overrides(AwsKmsOptions options) {
    ClientOverrideConfiguration.Builder builder =
        ClientOverrideConfiguration.builder()
            .retryPolicy(RetryPolicy.none())
            .apiCallTimeout(options.timeout());
    options.profile().ifPresent(builder::defaultProfileName);
    return builder.build();
  }

  private static Region region(AwsKmsOptions options) throws BackendException {
    if (options.region().isPresent()) {
      return Region.of(options.region().get());
    }
    try {
      DefaultAwsRegionProviderChain.Builder chain = DefaultAwsRegionProviderChain.builder();
      options.profile().ifPresent(chain::profileName);
      return chain.build().getRegion();
    } catch (SdkException e) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "no region: set the option region, such as region = eu-west-1, or the environment"
              + " variable AWS_REGION",
          e);
    }
  }

  private static AwsCredentialsProvider credentials(AwsKmsOptions options, Region region)
      throws BackendException {
    NamedCredentials base =
        new NamedCredentials(
            options.profile().isPresent()
                ? ProfileCredentialsProvider.create(options.profile().get())
                : DefaultCredentialsProvider.builder().build());
    if (options.role().isEmpty()) {
      return base;
    }
    try {
      return AssumedRole.of(options, region, base);
    } catch (NoClassDefFoundError e) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "the option role needs the SDK's STS client, which is not on the class path: add"
              + " software.amazon.awssdk:sts, in the version of software.amazon.awssdk:kms",
          e);
    }
  }
}
