package dev.keyhold.custody.proof.note;

import dev.keyhold.custody.proof.ProofException;
import java.util.Base64;

/** Base64 that has one form for each value: the JDK's decoder takes other forms too. */
public final class Base64Strict {
  private Base64Strict() {}

  /**
   * Returns the bytes of canonical base64 with padding.
   *
   * @throws ProofException if encoding the bytes again gives another text
   */
  public static byte[] decode(String text) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new ProofException("statement-syntax", "not base64: " + text, e);
    }
    if (!Base64.getEncoder().encodeToString(bytes).equals(text)) {
      throw ProofException.syntax("the base64 is not the canonical one: " + text);
    }
    return bytes;
  }
}
