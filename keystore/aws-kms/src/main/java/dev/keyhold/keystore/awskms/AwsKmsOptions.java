package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendOptions;
import dev.keyhold.keystore.kit.Endpoints;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The options of one backend, checked.
 *
 * @param region such as {@code eu-west-1}; empty for what the SDK's own chain says
 * @param endpoint in the place of the region's own
 * @param profile of the shared AWS configuration files
 * @param role the ARN of a role to assume
 * @param grantTokens for grants that are not everywhere yet
 * @param multiRegion whether new keys can be replicated to other regions
 * @param timeout of one request, from its start to the end of the answer
 * @param connectTimeout of one connection
 * @param aliasAge how long it is remembered which key an alias means
 */
record AwsKmsOptions(
    Optional<String> region,
    Optional<URI> endpoint,
    Optional<String> profile,
    Optional<String> role,
    List<String> grantTokens,
    boolean multiRegion,
    Duration timeout,
    Duration connectTimeout,
    Duration aliasAge) {
  private static final Pattern REGION = Pattern.compile("[a-z]{2,}(-[a-z0-9]+)+");
  private static final Pattern ROLE = Pattern.compile("arn:aws[a-z-]*:iam::\\d{12}:role/.+");

  static AwsKmsOptions read(BackendOptions options) {
    return new AwsKmsOptions(
        matching(options, "region", REGION, "must be the name of a region, such as eu-west-1"),
        options.optional("endpoint").map(text -> endpoint(options, text)),
        options.optional("profile"),
        matching(
            options,
            "role",
            ROLE,
            "must be the ARN of a role, such as arn:aws:iam::111122223333:role/keyhold"),
        list(options.optional("grant-tokens").orElse("")),
        options.flag("multi-region"),
        duration(options, "timeout", Duration.ofSeconds(5)),
        duration(options, "connect-timeout", Duration.ofSeconds(2)),
        duration(options, "alias-age", Duration.ofSeconds(60)));
  }

  private static Optional<String> matching(
      BackendOptions options, String option, Pattern pattern, String what) {
    Optional<String> value = options.optional(option);
    if (value.isPresent() && !pattern.matcher(value.get()).matches()) {
      throw options.invalid(option, what);
    }
    return value;
  }

  /**
   * Returns the endpoint, which must have TLS unless it is on this machine: inside TLS, data keys
   * are sent in the clear.
   */
  private static URI endpoint(BackendOptions options, String text) {
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw options.invalid("endpoint", "must be a URL, such as https://kms.example.com");
    }
    String host = uri.getHost();
    if (host == null || uri.getUserInfo() != null) {
      throw options.invalid("endpoint", "must be a URL, such as https://kms.example.com");
    }
    if (!Endpoints.mayUse(String.valueOf(uri.getScheme()), host)) {
      throw options.invalid("endpoint", Endpoints.TLS);
    }
    return uri;
  }

  private static List<String> list(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(token -> !token.isEmpty())
        .toList();
  }

  private static Duration duration(BackendOptions options, String option, Duration otherwise) {
    return options.duration(option, Duration.ofMillis(1), Duration.ofHours(1), otherwise);
  }

  /** Returns the options without the grant tokens, which must not be logged. */
  @Override
  public String toString() {
    return "AWS KMS in " + region.orElse("the region of the SDK's chain");
  }
}
