package dev.keyhold.custody.proof.text;

import dev.keyhold.custody.proof.ProofException;

/**
 * A pattern of docs/AUDIT.md, section 1.2: one value, {@code *}, or a beginning that ends in one of
 * {@code / - . :} followed by {@code *}. Immutable.
 *
 * @param text the pattern as it stands in a text
 * @param value the decoded value, or the decoded beginning before the star
 * @param star whether the pattern ends in a star
 */
public record Glob(String text, String value, boolean star) {
  /** Matches every value. */
  public static final Glob ANY = new Glob("*", "", true);

  /** Returns the pattern that matches this value only. */
  public static Glob exactly(String value) {
    return new Glob(Percent.encode(value), value, false);
  }

  /**
   * Reads a pattern.
   *
   * @throws ProofException if the star is not at one of its places
   */
  public static Glob parse(String text) {
    int star = text.indexOf('*');
    if (star < 0) {
      return new Glob(text, Percent.decode(text), false);
    }
    if (text.equals("*")) {
      return ANY;
    }
    if (star != text.length() - 1 || "/-.:".indexOf(text.charAt(star - 1)) < 0) {
      throw ProofException.syntax(
          "a star stands alone, or at the end after one of / - . : , not as in " + text);
    }
    return new Glob(text, Percent.decode(text.substring(0, star)), true);
  }

  /** Returns whether the pattern matches the value; null, no value, matches no pattern. */
  public boolean matches(String candidate) {
    if (candidate == null) {
      return false;
    }
    return star
        ? candidate.length() > value.length() && candidate.startsWith(value)
        : candidate.equals(value);
  }

  /** Returns whether this pattern matches every value that the other one matches. */
  public boolean covers(Glob other) {
    if (!star) {
      return !other.star && value.equals(other.value);
    }
    return other.star
        ? other.value.startsWith(value)
        : other.value.length() > value.length() && other.value.startsWith(value);
  }

  @Override
  public String toString() {
    return text;
  }
}
