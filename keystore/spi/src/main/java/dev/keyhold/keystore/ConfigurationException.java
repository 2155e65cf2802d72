package dev.keyhold.keystore;

/** A configuration that cannot be used. The message says where, what, and what would be right. */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with the whole message. */
  public ConfigurationException(String message) {
    super(message);
  }

  /** Creates an exception with the whole message and the cause. */
  public ConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
