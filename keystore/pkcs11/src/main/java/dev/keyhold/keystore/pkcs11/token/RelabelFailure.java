package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.pkcs11.library.Pkcs11Errors;

/**
 * Creates the errors about a key that did not get its new label: what is there now, and what to do.
 */
final class RelabelFailure {
  private RelabelFailure() {}

  /** The key could not be copied to its new label; it has the old one alone. */
  static BackendException notCopied(String from, String to, Exception e) {
    if (Pkcs11Errors.isKeyRefusedByJdk(e)) {
      return new BackendException(
          Reason.UNSUPPORTED,
          "SunPKCS11 of JDK "
              + Runtime.version().feature()
              + " relabels no HMAC key but those that this connection made just now; '"
              + from
              + "' keeps its label: rename the key on JDK 17, or "
              + byHand(from, to),
          e);
    }
    BackendException failure = Pkcs11Errors.translate("copying a key to its new label", e);
    return switch (failure.reason()) {
      case UNSUPPORTED, DENIED ->
          new BackendException(
              failure.reason(),
              failure.getMessage() + "; '" + from + "' keeps its label: " + byHand(from, to),
              e);
      default -> failure;
    };
  }

  /** The token took the copy, but does not keep it. */
  static BackendException notKept(String from, String to) {
    return new BackendException(
        Reason.UNSUPPORTED,
        "the token keeps no copy of a key; '"
            + from
            + "' keeps its label: "
            + byHand(from, to)
            + ", or create a new key under the name that you want");
  }

  /** The key has its new label, and the old one too. */
  static BackendException stillThere(String from, String to, Exception e) {
    return new BackendException(
        Pkcs11Errors.translate("removing the old label", e).reason(),
        "the key is there under its new label '"
            + to
            + "', but its old label '"
            + from
            + "' could not be removed"
            + Pkcs11Errors.code(e).map(code -> " (" + code + ")").orElse("")
            + ": once the token answers, see which of the two it has; if both, remove the object '"
            + from
            + "' with the HSM vendor's tool",
        e);
  }

  private static String byHand(String from, String to) {
    return "set its CKA_LABEL from '" + from + "' to '" + to + "' with the HSM vendor's tool";
  }
}
