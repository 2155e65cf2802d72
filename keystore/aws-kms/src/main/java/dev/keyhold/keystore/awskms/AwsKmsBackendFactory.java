package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.BackendOptions;
import dev.keyhold.keystore.BackendSource;
import dev.keyhold.keystore.Keeper;

/**
 * Makes backends of type {@code aws-kms}: keys in AWS KMS, in one account and region.
 *
 * <p>Options, all of which may be absent: {@code region}, else what the SDK's chain says; {@code
 * endpoint}, a URL in the place of the region's own; {@code profile}, of the shared AWS files;
 * {@code role}, the ARN of a role to assume; {@code grant-tokens}, a comma list; {@code
 * multi-region}, whether new keys can be replicated: {@code true} or {@code false} (default);
 * {@code timeout} of one request (5s); {@code connect-timeout} (2s); {@code alias-age}, how long it
 * is remembered which key an alias means (60s). Credentials come from the SDK's default chain.
 */
public final class AwsKmsBackendFactory implements BackendFactory {
  /** Creates a factory; called by the ServiceLoader. */
  public AwsKmsBackendFactory() {}

  @Override
  public String type() {
    return "aws-kms";
  }

  @Override
  public Keeper keeper() {
    return Keeper.CLOUD;
  }

  @Override
  public BackendSource configure(BackendOptions options) {
    AwsKmsOptions read = AwsKmsOptions.read(options);
    return () -> new AwsKmsBackend(read);
  }
}
