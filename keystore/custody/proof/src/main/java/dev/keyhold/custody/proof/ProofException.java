package dev.keyhold.custody.proof;

/**
 * Thrown for a text, signature or leaf that the rules of docs/AUDIT.md do not accept. The message
 * says which line or which signature it is.
 */
public final class ProofException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String code;

  /** Creates an exception with a code word of docs/AUDIT.md, section 7.1, and a message. */
  public ProofException(String code, String message) {
    super(message);
    this.code = code;
  }

  /** Creates an exception with a code word, a message and a cause. */
  public ProofException(String code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** Creates an exception for a text that is not well formed. */
  public static ProofException syntax(String message) {
    return new ProofException("statement-syntax", message);
  }

  /** Returns the code word: which kind of finding this is. */
  public String code() {
    return code;
  }
}
