/** Keys in AWS KMS, through the AWS SDK for Java. */
module dev.keyhold.keystore.awskms {
  requires dev.keyhold.keystore;
  requires java.net.http;
  requires software.amazon.awssdk.auth;
  requires software.amazon.awssdk.awscore;
  requires software.amazon.awssdk.core;
  requires software.amazon.awssdk.http;
  requires software.amazon.awssdk.identity.spi;
  requires software.amazon.awssdk.profiles;
  requires software.amazon.awssdk.regions;
  requires software.amazon.awssdk.services.kms;
  requires software.amazon.awssdk.utils;
  requires static software.amazon.awssdk.services.sts;

  provides dev.keyhold.keystore.BackendFactory with
      dev.keyhold.keystore.awskms.AwsKmsBackendFactory;
}
