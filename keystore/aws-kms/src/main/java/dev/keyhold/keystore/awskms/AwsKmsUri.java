package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.KeyUri;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Key names and ARNs. A key is called by the name of a KMS alias, without {@code alias/}, or by its
 * ARN; a name has no colon, so that the two can't be mistaken for each other.
 */
final class AwsKmsUri {
  static final String SCHEME = "aws-kms";
  static final String ALIAS = "alias/";

  private static final Pattern NAME = Pattern.compile("(?!aws/)[a-zA-Z0-9/_-]{1,250}");
  private static final Pattern ARN =
      Pattern.compile("(arn:aws[a-z-]*:kms:)([a-z0-9-]+)(:\\d{12}:)(key|alias)/([a-zA-Z0-9/_-]+)");
  private static final String MULTI_REGION = "mrk-";

  private AwsKmsUri() {}

  static KeyUri of(String arn) {
    return new KeyUri(SCHEME, arn);
  }

  /** Returns whether this can be the name of an alias. */
  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** Returns whether this is an ARN: of a key, or of an alias. */
  static boolean isArn(String key) {
    return key.startsWith("arn:");
  }

  /** Returns whether this is the ARN of a key. */
  static boolean isKeyArn(String key) {
    Matcher arn = ARN.matcher(key);
    return arn.matches() && arn.group(4).equals("key");
  }

  /** Returns the region that an ARN names; empty if this is no ARN. */
  static Optional<String> region(String key) {
    Matcher arn = ARN.matcher(key);
    return arn.matches() ? Optional.of(arn.group(2)) : Optional.empty();
  }

  /**
   * Returns the name of the key with this URI.
   *
   * @param region of the backend, if it is known
   * @return empty if it is no such URI, or the key is in another region
   */
  static Optional<String> key(KeyUri uri, Optional<String> region) {
    if (!uri.scheme().equals(SCHEME)) {
      return Optional.empty();
    }
    String path = uri.path();
    if (path.startsWith(ALIAS)) {
      return Optional.of(path.substring(ALIAS.length())).filter(AwsKmsUri::isName);
    }
    Matcher arn = ARN.matcher(path);
    if (!arn.matches()) {
      return Optional.empty();
    }
    boolean here = region.isEmpty() || region.get().equals(arn.group(2));
    if (arn.group(4).equals("alias")) {
      return here ? Optional.of(arn.group(5)).filter(AwsKmsUri::isName) : Optional.empty();
    }
    if (here) {
      return Optional.of(path);
    }
    return arn.group(5).startsWith(MULTI_REGION)
        ? Optional.of(arn.group(1) + region.get() + arn.group(3) + "key/" + arn.group(5))
        : Optional.empty();
  }

  /** Returns what headers name the key by: its ARN; that of a multi-Region key has no region. */
  static String identity(String keyArn) {
    Matcher arn = ARN.matcher(keyArn);
    return arn.matches() && arn.group(5).startsWith(MULTI_REGION)
        ? arn.group(1) + arn.group(3) + "key/" + arn.group(5)
        : keyArn;
  }
}
