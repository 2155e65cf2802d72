package dev.keyhold.keystore.pkcs11.library;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Translates exceptions of SunPKCS11. The return value of the PKCS#11 call (OASIS PKCS #11 v3.0,
 * section 5.1) is only in the message of some cause; the exception's own class is not accessible.
 */
public final class Pkcs11Errors {
  private static final Pattern CODE = Pattern.compile("CKR_[A-Z0-9_]+|0x[0-9A-Fa-f]{8}");
  private static final Pattern SHARED_LABEL =
      Pattern.compile("sharing (?:same )?CKA_LABEL \\[(.*)\\]", Pattern.DOTALL);
  private static final Pattern SHARED_ID = Pattern.compile("sharing CKA_ID ");

  private static final Set<String> STALE =
      Set.of(
          "CKR_OBJECT_HANDLE_INVALID",
          "CKR_KEY_HANDLE_INVALID",
          "CKR_SESSION_HANDLE_INVALID",
          "CKR_SESSION_CLOSED",
          "CKR_USER_NOT_LOGGED_IN");
  private static final Set<String> LOST =
      Set.of(
          "CKR_DEVICE_ERROR",
          "CKR_DEVICE_REMOVED",
          "CKR_TOKEN_NOT_PRESENT",
          "CKR_TOKEN_NOT_RECOGNIZED",
          "CKR_SLOT_ID_INVALID",
          "CKR_CRYPTOKI_NOT_INITIALIZED");
  private static final Set<String> WRONG_PIN =
      Set.of("CKR_PIN_INCORRECT", "CKR_PIN_INVALID", "CKR_PIN_LEN_RANGE");
  private static final Set<String> UNUSABLE_PIN =
      Set.of("CKR_PIN_EXPIRED", "CKR_PIN_LOCKED", "CKR_USER_PIN_NOT_INITIALIZED");
  private static final Set<String> TAMPERED =
      Set.of(
          "CKR_AEAD_DECRYPT_FAILED",
          "CKR_DATA_INVALID",
          "CKR_DATA_LEN_RANGE",
          "CKR_ENCRYPTED_DATA_INVALID",
          "CKR_ENCRYPTED_DATA_LEN_RANGE");
  private static final Set<String> DENIED =
      Set.of(
          "CKR_ACTION_PROHIBITED",
          "CKR_ATTRIBUTE_READ_ONLY",
          "CKR_FUNCTION_REJECTED",
          "CKR_KEY_FUNCTION_NOT_PERMITTED",
          "CKR_SESSION_READ_ONLY",
          "CKR_TOKEN_WRITE_PROTECTED");
  private static final Set<String> UNSUPPORTED =
      Set.of(
          "CKR_ATTRIBUTE_TYPE_INVALID",
          "CKR_ATTRIBUTE_VALUE_INVALID",
          "CKR_FUNCTION_NOT_SUPPORTED",
          "CKR_KEY_SIZE_RANGE",
          "CKR_KEY_TYPE_INCONSISTENT",
          "CKR_MECHANISM_INVALID",
          "CKR_MECHANISM_PARAM_INVALID",
          "CKR_TEMPLATE_INCOMPLETE",
          "CKR_TEMPLATE_INCONSISTENT");
  private static final Set<String> AMBIGUOUS =
      Set.of("CKR_GENERAL_ERROR", "CKR_FUNCTION_FAILED", "CKR_ARGUMENTS_BAD");

  private Pkcs11Errors() {}

  /** Returns the return value's name, or its number where SunPKCS11 knows no name. */
  public static Optional<String> code(Throwable error) {
    return nativeError(error)
        .map(cause -> CODE.matcher(String.valueOf(cause.getMessage())))
        .filter(Matcher::find)
        .map(Matcher::group);
  }

  /** Returns whether the PKCS#11 call with this name failed. */
  static boolean happenedIn(String function, Throwable error) {
    return nativeError(error).stream()
        .flatMap(cause -> Arrays.stream(cause.getStackTrace()))
        .limit(1)
        .anyMatch(frame -> frame.getMethodName().equals(function));
  }

  /** A handle, session or login has ended: look the key up again. */
  public static boolean isStale(Throwable error) {
    return hasCode(error, STALE);
  }

  /** A session has ended; SunPKCS11 would use it again. */
  public static boolean isSessionEnded(Throwable error) {
    return hasCode(error, Set.of("CKR_SESSION_HANDLE_INVALID", "CKR_SESSION_CLOSED"));
  }

  /** The device or the library is dead for this process. */
  public static boolean isLost(Throwable error) {
    return hasCode(error, LOST)
        || hasMessage(error, "Token has been removed")
        || hasMessage(error, "No token present");
  }

  /** The token refused the PIN; another one may be right. */
  public static boolean isWrongPin(Throwable error) {
    return hasCode(error, WRONG_PIN);
  }

  /** No PIN serves until the token's administrator (PKCS#11: security officer) has acted. */
  public static boolean isUnusablePin(Throwable error) {
    return hasCode(error, UNUSABLE_PIN);
  }

  /** The input of a decryption is not what the key made. */
  public static boolean isTampered(Throwable error) {
    return hasCode(error, TAMPERED);
  }

  /** Tampering or a fault of the device: the code says either, depending on the vendor. */
  public static boolean isAmbiguous(Throwable error) {
    return hasCode(error, AMBIGUOUS);
  }

  /** The token, or SunPKCS11 on its behalf, gives no further session. */
  static boolean isOutOfSessions(Throwable error) {
    return hasCode(error, Set.of("CKR_SESSION_COUNT"))
        || hasMessage(error, "Could not obtain session")
        || hasMessage(error, "No more sessions available");
  }

  /** The token lacks the mechanism, or refuses such a key for it. */
  static boolean isUnsupported(Throwable error) {
    return hasCode(error, UNSUPPORTED) || error instanceof NoSuchAlgorithmException;
  }

  /** SunPKCS11 would not take the key, and did not ask the token. */
  public static boolean isKeyRefusedByJdk(Throwable error) {
    return code(error).isEmpty() && hasCause(error, InvalidKeyException.class);
  }

  /** Returns whether two private keys, or two certificates, of one CKA_ID are what went wrong. */
  public static boolean isSharedId(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (SHARED_ID.matcher(String.valueOf(cause.getMessage())).find()) {
        return true;
      }
    }
    return false;
  }

  /** Returns the label that two keys of the token share, if that is what went wrong. */
  public static Optional<String> sharedLabel(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      Matcher matcher = SHARED_LABEL.matcher(String.valueOf(cause.getMessage()));
      if (matcher.find()) {
        return Optional.of(matcher.group(1));
      }
    }
    return Optional.empty();
  }

  /** Returns the error for the backend's caller; {@code what} failed. */
  public static BackendException translate(String what, Throwable error) {
    String code = code(error).map(c -> " (" + c + ")").orElse("");
    if (isStale(error) || isLost(error)) {
      return new BackendException(
          Reason.UNAVAILABLE,
          what + " failed: the connection to the token is broken" + code + "; try again",
          error);
    }
    if (isOutOfSessions(error)) {
      return new BackendException(
          Reason.UNAVAILABLE,
          what
              + " failed: all sessions of the token are in use"
              + code
              + "; try again, let fewer threads call (the backend's option threads), or have the"
              + " token's limit raised",
          error);
    }
    if (isUnsupported(error)) {
      return new BackendException(
          Reason.UNSUPPORTED, what + " failed: the token does not support it" + code, error);
    }
    if (hasCode(error, DENIED)) {
      return new BackendException(
          Reason.DENIED,
          what + " failed: the token refuses this use" + code + "; see the key's attributes",
          error);
    }
    return new BackendException(
        Reason.UNAVAILABLE, what + " failed in the token" + code + "; try again", error);
  }

  private static Optional<Throwable> nativeError(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause.getClass().getSimpleName().equals("PKCS11Exception")) {
        return Optional.of(cause);
      }
    }
    return Optional.empty();
  }

  private static boolean hasCode(Throwable error, Set<String> codes) {
    return code(error).filter(codes::contains).isPresent();
  }

  private static boolean hasCause(Throwable error, Class<? extends Throwable> type) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasMessage(Throwable error, String message) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (message.equals(cause.getMessage())) {
        return true;
      }
    }
    return false;
  }
}
