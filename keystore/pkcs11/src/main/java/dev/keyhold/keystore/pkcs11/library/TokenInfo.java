package dev.keyhold.keystore.pkcs11.library;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The description that a token gives of itself (CK_TOKEN_INFO), as SunPKCS11 prints it.
 *
 * @param label its label
 * @param serial its serial number
 * @param flags the names of its flags, such as CKF_LOGIN_REQUIRED
 */
public record TokenInfo(String label, String serial, Set<String> flags) {
  private static final Pattern INFO =
      Pattern.compile(
          "(?m)^Token info for token in slot (-?\\d+):\\n\\s*label: (.*)$"
              + "(?s:.*?)^\\s*serialNumber: (.*)$(?s:.*?)^\\s*flags: (.*)$");

  public TokenInfo {
    flags = Set.copyOf(flags);
  }

  /** Reads what was printed of the token in a slot. */
  static Optional<TokenInfo> read(String printed, String slot) {
    return INFO.matcher(printed)
        .results()
        .filter(match -> match.group(1).equals(slot))
        .map(TokenInfo::of)
        .findFirst();
  }

  /** Reads what was printed of all tokens. */
  public static List<TokenInfo> readAll(String printed) {
    return INFO.matcher(printed).results().map(TokenInfo::of).toList();
  }

  private static TokenInfo of(MatchResult match) {
    // SunPKCS11 takes each byte for a character
    byte[] utf8 = match.group(2).getBytes(StandardCharsets.ISO_8859_1);
    String label = new String(utf8, StandardCharsets.UTF_8).strip();
    Set<String> flags = Set.of(match.group(4).strip().split(" \\| ", -1));
    return new TokenInfo(label, match.group(3).strip(), flags);
  }

  /** Identifies the token, in whichever slot of whichever library. */
  public String identity() {
    return label + "/" + serial;
  }

  /**
   * Returns whether a login takes a PIN from the caller, and not from a device of the token's own.
   */
  boolean isAskedForPin() {
    return flags.contains("CKF_LOGIN_REQUIRED")
        && !flags.contains("CKF_PROTECTED_AUTHENTICATION_PATH");
  }

  /** Returns whether the user PIN is locked. */
  public boolean isPinLocked() {
    return flags.contains("CKF_USER_PIN_LOCKED");
  }

  /** Returns whether one more wrong PIN locks the token. */
  public boolean isFinalTry() {
    return flags.contains("CKF_USER_PIN_FINAL_TRY");
  }

  /** Returns whether a wrong PIN was given since the last login. */
  public boolean isCountLow() {
    return flags.contains("CKF_USER_PIN_COUNT_LOW");
  }
}
