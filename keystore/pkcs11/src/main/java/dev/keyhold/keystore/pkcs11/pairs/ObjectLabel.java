package dev.keyhold.keystore.pkcs11.pairs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The label (CKA_LABEL) of a key in the token: {@code name} or {@code name#version}, each with a
 * {@code :mark} where the key's use does not follow from its type and size. A token has no versions
 * and no purposes of its own that SunPKCS11 could show, so the label carries them.
 *
 * @param name the key's name
 * @param version 1 and up; 0 for a label without a version, as an administrator's tool makes it
 * @param mark {@code kek} for an HMAC key that wraps; {@code hmac-sha256}, {@code hmac-sha384},
 *     {@code hmac-sha512} for a MAC key whose size is not its hash's; {@code decrypt}, {@code
 *     agree} for a key pair that does not sign; else empty
 */
public record ObjectLabel(String name, int version, String mark) {
  /** The mark of an HMAC key that is a KEK, so that it never serves as a MAC key. */
  public static final String KEK = "kek";

  /** The longest name that is given to a new key, in characters. */
  public static final int MAX_NAME_LENGTH = 200;

  /** The mark of an RSA key that decrypts. */
  public static final String DECRYPT = "decrypt";

  /** The mark of an EC key that agrees. */
  public static final String AGREE = "agree";

  private static final Pattern FORM =
      Pattern.compile(
          "(.+?)(?:#([1-9][0-9]{0,8}))?(?::(kek|decrypt|agree|hmac-sha(?:256|384|512)))?");
  private static final Pattern NAME = Pattern.compile("[ -~]{1," + MAX_NAME_LENGTH + "}");

  /** Reads a label; every text that is not empty is one. */
  public static ObjectLabel parse(String label) {
    Matcher matcher = FORM.matcher(label);
    if (!matcher.matches()) {
      return new ObjectLabel(label, 0, "");
    }
    int version = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
    String mark = matcher.group(3) == null ? "" : matcher.group(3);
    return new ObjectLabel(matcher.group(1), version, mark);
  }

  /**
   * Returns whether a new key may have this name: 1 to 200 printable ASCII characters. SunPKCS11
   * writes labels in UTF-8 and reads them in Latin-1, so that it never finds any other key again.
   */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Returns a label of this version and mark under another name. */
  public ObjectLabel withName(String newName) {
    return new ObjectLabel(newName, version, mark);
  }

  /** Returns a label of this name and mark with the next version. */
  public ObjectLabel next() {
    return new ObjectLabel(name, version + 1, mark);
  }

  /** Returns the version's id, as it stands in the headers of objects. */
  public String versionId() {
    return Integer.toString(version);
  }

  /** The label as the token holds it. */
  @Override
  public String toString() {
    return name + (version == 0 ? "" : "#" + version) + (mark.isEmpty() ? "" : ":" + mark);
  }
}
