package dev.keyhold.keystore;

import java.util.Objects;

/**
 * The URI of a key: {@code pkcs11:token=…;object=…} (RFC 7512), {@code aws-kms:<arn or alias/…>},
 * {@code gcp-kms:projects/…}, {@code software:<id>}. The scheme says which kind of backend reads
 * the rest; nothing else does.
 *
 * @param scheme lower case, without the colon
 * @param path all after the colon, as written
 */
public record KeyUri(String scheme, String path) {
  /** Checks that both parts are there. */
  public KeyUri {
    Objects.requireNonNull(scheme, "scheme");
    Objects.requireNonNull(path, "path");
    if (!scheme.matches("[a-z][a-z0-9+.-]*") || path.isEmpty()) {
      throw new IllegalArgumentException("not a key URI: " + scheme + ":" + path);
    }
  }

  /**
   * Reads a key URI.
   *
   * @throws IllegalArgumentException if there is no scheme, or nothing after it
   */
  public static KeyUri parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("not a key URI (scheme:path): " + text);
    }
    return new KeyUri(text.substring(0, colon), text.substring(colon + 1));
  }

  @Override
  public String toString() {
    return scheme + ":" + path;
  }
}
