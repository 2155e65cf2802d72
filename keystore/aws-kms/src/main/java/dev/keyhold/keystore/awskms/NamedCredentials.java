package dev.keyhold.keystore.awskms;

import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** Credentials whose absence can be told from a failure of the request that needs them. */
final class NamedCredentials implements AwsCredentialsProvider, SdkAutoCloseable {
  private final AwsCredentialsProvider provider;

  /** There are none. The SDK's own text is left out: it may quote what a helper program wrote. */
  static final class NoCredentials extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** There are some, but the role that is to be used could not be had with them. */
  static final class RoleNotAssumed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String role;
    private final SdkException failure;

    RoleNotAssumed(String role, SdkException failure) {
      super(failure);
      this.role = role;
      this.failure = failure;
    }

    String role() {
      return role;
    }

    SdkException failure() {
      return failure;
    }
  }

  NamedCredentials(AwsCredentialsProvider provider) {
    this.provider = provider;
  }

  @Override
  public AwsCredentials resolveCredentials() {
    try {
      return provider.resolveCredentials();
    } catch (AwsServiceException | AbortedException | ApiCallTimeoutException e) {
      throw e; // of STS: sorted like those of KMS
    } catch (SdkException | IllegalArgumentException | IllegalStateException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      throw new NoCredentials();
    }
  }

  @Override
  public void close() {
    if (provider instanceof SdkAutoCloseable closeable) {
      closeable.close();
    }
  }
}
