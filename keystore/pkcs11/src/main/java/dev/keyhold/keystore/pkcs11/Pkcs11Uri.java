package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.KeyUri;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The two attributes of a PKCS#11 URI (RFC 7512) that Keyhold reads.
 *
 * @param token the token's label, if the URI names one
 * @param object the key's name
 */
record Pkcs11Uri(Optional<String> token, String object) {
  private static final String SCHEME = "pkcs11";
  private static final String UNRESERVED = "-._~";

  /** Returns the URI of a key in a token. */
  static KeyUri of(String token, String object) {
    return new KeyUri(SCHEME, "token=" + encode(token) + ";object=" + encode(object));
  }

  /**
   * Returns what headers name a key by: without the token, so that a copy of the key in another
   * member of a pool, or in a token restored under another label, still matches. A key whose name
   * was removed keeps its identity, so that what it wrapped can still be opened.
   */
  static String identity(String object) {
    return SCHEME + ":object=" + encode(RemovedName.former(object));
  }

  /** Reads a URI: empty if it is not of this scheme, not well formed, or names no object. */
  static Optional<Pkcs11Uri> parse(KeyUri uri) {
    if (!uri.scheme().equals(SCHEME)) {
      return Optional.empty();
    }
    int query = uri.path().indexOf('?');
    String path = query < 0 ? uri.path() : uri.path().substring(0, query);
    Map<String, String> attributes = new HashMap<>();
    for (String attribute : path.split(";", -1)) {
      int equals = attribute.indexOf('=');
      Optional<String> value = decode(attribute.substring(equals + 1));
      if (equals < 1
          || value.isEmpty()
          || attributes.put(attribute.substring(0, equals), value.get()) != null) {
        return Optional.empty();
      }
    }
    return Optional.ofNullable(attributes.get("object"))
        .filter(object -> !object.isEmpty())
        .map(object -> new Pkcs11Uri(Optional.ofNullable(attributes.get("token")), object));
  }

  private static String encode(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      if (isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append(String.format("%%%02X", (int) c));
      }
    }
    return out.toString();
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private static Optional<String> decode(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '%') {
        out.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
      int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
      if (high < 0 || low < 0) {
        return Optional.empty();
      }
      out.write(16 * high + low);
      i += 2;
    }
    return Optional.of(out.toString(StandardCharsets.UTF_8));
  }
}
