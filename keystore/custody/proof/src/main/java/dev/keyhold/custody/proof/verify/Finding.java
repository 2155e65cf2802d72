package dev.keyhold.custody.proof.verify;

/**
 * What a verifier found (docs/AUDIT.md, section 7.1).
 *
 * @param code the code word
 * @param origin the log
 * @param place the index of a leaf, the path of a file, or {@code -}
 * @param text what is wrong, for people
 * @param isNotice whether it changes no exit code
 */
public record Finding(String code, String origin, String place, String text, boolean isNotice) {
  /** Returns the line that is printed. */
  @Override
  public String toString() {
    return code + " " + origin + " " + place + " " + text;
  }
}
