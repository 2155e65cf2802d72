package dev.keyhold.keystore.pkcs11.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.io.IOException;
import java.security.InvalidKeyException;
import java.security.KeyStoreException;
import java.security.NoSuchAlgorithmException;
import java.security.ProviderException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

public class Pkcs11ErrorsTest {
  @ParameterizedTest
  @CsvSource({
    "CKR_KEY_FUNCTION_NOT_PERMITTED, DENIED",
    "CKR_TOKEN_WRITE_PROTECTED, DENIED",
    "CKR_MECHANISM_INVALID, UNSUPPORTED",
    "CKR_KEY_SIZE_RANGE, UNSUPPORTED",
    "CKR_DEVICE_ERROR, UNAVAILABLE",
    "CKR_SESSION_COUNT, UNAVAILABLE",
    "CKR_OBJECT_HANDLE_INVALID, UNAVAILABLE",
    "CKR_GENERAL_ERROR, UNAVAILABLE",
    "0x80000123, UNAVAILABLE"
  })
  void saysWhatToDo(String code, Reason reason) {
    Exception error = new InvalidKeyException("init() failed", new PKCS11Exception(code));
    BackendException translated = Pkcs11Errors.translate("wrapping", error);
    assertEquals(reason, translated.reason());
    assertTrue(translated.getMessage().contains(code), translated.getMessage());
    assertEquals(Optional.of(code), Pkcs11Errors.code(translated));
  }

  @Test
  void saysThatTheSessionsAreUsedUp() {
    BackendException e =
        Pkcs11Errors.translate("signing", new ProviderException("No more sessions available"));
    assertEquals(Reason.UNAVAILABLE, e.reason());
    assertTrue(e.getMessage().contains("all sessions of the token are in use"), e.getMessage());
  }

  @Test
  void tellsFaultsApart() {
    assertTrue(Pkcs11Errors.isLost(wrapped("CKR_DEVICE_ERROR")));
    assertTrue(Pkcs11Errors.isLost(new ProviderException("Token has been removed")));
    assertTrue(Pkcs11Errors.isStale(wrapped("CKR_USER_NOT_LOGGED_IN")));
    assertTrue(Pkcs11Errors.isTampered(wrapped("CKR_AEAD_DECRYPT_FAILED")));
    assertTrue(Pkcs11Errors.isAmbiguous(wrapped("CKR_GENERAL_ERROR")));
    assertFalse(Pkcs11Errors.isTampered(wrapped("CKR_GENERAL_ERROR")));
    assertTrue(Pkcs11Errors.isUnsupported(new NoSuchAlgorithmException("AES/GCM/NoPadding")));
  }

  @Test
  void readsNoCodeFromOtherExceptions() {
    assertEquals(
        Optional.empty(), Pkcs11Errors.code(new IOException("CKR_DEVICE_ERROR is but a text")));
  }

  @Test
  void knowsWhichCallFailed() {
    PKCS11Exception error = new PKCS11Exception("CKR_GENERAL_ERROR");
    error.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement("PKCS11", "C_Initialize", null, 1),
          new StackTraceElement("SunPKCS11", "<init>", null, 1)
        });
    assertTrue(Pkcs11Errors.happenedIn("C_Initialize", new ProviderException(error)));
    assertFalse(Pkcs11Errors.happenedIn("<init>", new ProviderException(error)));
  }

  @Test
  void readsTheLabelThatTwoKeysShare() {
    Exception error =
        new IOException(
            "load failed",
            new KeyStoreException(
                "invalid KeyStore state: found multiple secret keys sharing same CKA_LABEL [a#1]"));
    assertEquals(Optional.of("a#1"), Pkcs11Errors.sharedLabel(error));
    assertEquals(Optional.empty(), Pkcs11Errors.sharedLabel(new IOException("load failed")));
  }

  private static Exception wrapped(String code) {
    return new ProviderException("failed", new PKCS11Exception(code));
  }

  /** Named as the JDK's hidden class is: by that it is recognised. */
  @SuppressWarnings("serial")
  public static final class PKCS11Exception extends Exception {
    public PKCS11Exception(String code) {
      super(code);
    }
  }
}
