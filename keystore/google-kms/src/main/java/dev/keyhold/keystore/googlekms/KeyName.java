package dev.keyhold.keystore.googlekms;

import dev.keyhold.keystore.KeyUri;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The resource name of a CryptoKey, or of one of its versions. Immutable.
 *
 * @param ring {@code projects/p/locations/l/keyRings/r}
 * @param id the key's id in its ring
 * @param version the number of a version, if the name tells one
 */
record KeyName(String ring, String id, Optional<String> version) {
  static final String SCHEME = "gcp-kms";

  private static final String PART = "[^/\\s]+";
  private static final String RING =
      "projects/" + PART + "/locations/" + PART + "/keyRings/" + PART;
  private static final String VERSIONS = "/cryptoKeyVersions/";
  private static final Pattern RING_NAME = Pattern.compile(RING);
  private static final Pattern ID = Pattern.compile("[a-zA-Z0-9_-]{1,63}");
  private static final Pattern NAME =
      Pattern.compile(
          "(?:(?:("
              + RING
              + ")/)?cryptoKeys/)?([a-zA-Z0-9_-]{1,63})(?:"
              + VERSIONS
              + "([1-9][0-9]{0,17}))?");

  /** Returns whether this is the name of a key ring. */
  static boolean isRing(String text) {
    return RING_NAME.matcher(text).matches();
  }

  /** Returns whether a new key can be called so. */
  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** Reads a name, relative to a ring; empty if no key can have it. */
  static Optional<KeyName> parse(String text, String ring) {
    Matcher matcher = NAME.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String named = matcher.group(1) == null ? ring : matcher.group(1);
    return Optional.of(new KeyName(named, matcher.group(2), Optional.ofNullable(matcher.group(3))));
  }

  /** Reads a key URI; empty if it is of another kind. */
  static Optional<KeyName> parse(KeyUri uri, String ring) {
    boolean whole = uri.path().startsWith("projects/") || uri.path().startsWith("cryptoKeys/");
    return uri.scheme().equals(SCHEME) && whole ? parse(uri.path(), ring) : Optional.empty();
  }

  /** Returns the location of the ring, such as {@code europe-west3}. */
  String location() {
    return ring.split("/", -1)[3];
  }

  /** Returns the key's full resource name, without a version. */
  String key() {
    return ring + "/cryptoKeys/" + id;
  }

  /** Returns the full resource name of a version. */
  String version(String number) {
    return key() + VERSIONS + number;
  }

  /** Returns what the key is called in a backend for this ring. */
  String in(String otherRing) {
    String base = ring.equals(otherRing) ? id : key();
    return base + version.map(number -> VERSIONS + number).orElse("");
  }

  /** Returns the number at the end of a version's full name; empty if it is of another key. */
  Optional<String> numberIn(String versionName) {
    String prefix = key() + VERSIONS;
    return versionName.startsWith(prefix) && versionName.length() > prefix.length()
        ? Optional.of(versionName.substring(prefix.length()))
        : Optional.empty();
  }
}
