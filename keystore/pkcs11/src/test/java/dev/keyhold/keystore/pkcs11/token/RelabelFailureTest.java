package dev.keyhold.keystore.pkcs11.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.pkcs11.library.Pkcs11ErrorsTest;
import java.security.InvalidKeyException;
import java.security.KeyStoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelabelFailureTest {
  @Test
  void namesTheWaysOutWhereTheJdkRefusesTheKey() {
    BackendException e = notCopied(new InvalidKeyException("Unknown algorithm Generic Secret"));
    assertEquals(Reason.UNSUPPORTED, e.reason());
    assertTrue(e.getMessage().contains("'a#1' keeps its label"), e.getMessage());
    assertTrue(e.getMessage().contains("on JDK 17"), e.getMessage());
    assertTrue(e.getMessage().contains("CKA_LABEL from 'a#1' to 'b#1'"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "CKR_ACTION_PROHIBITED, DENIED",
    "CKR_SESSION_READ_ONLY, DENIED",
    "CKR_FUNCTION_NOT_SUPPORTED, UNSUPPORTED"
  })
  void namesTheToolWhereTheTokenRefusesTheCopy(String code, Reason reason) {
    BackendException e = notCopied(refused(code));
    assertEquals(reason, e.reason());
    assertTrue(e.getMessage().contains(code), e.getMessage());
    assertTrue(e.getMessage().contains("CKA_LABEL from 'a#1' to 'b#1'"), e.getMessage());
    assertFalse(e.getMessage().contains("JDK"), e.getMessage());
  }

  @Test
  void saysToTryAgainWhereTheConnectionBroke() {
    BackendException e = notCopied(refused("CKR_SESSION_HANDLE_INVALID"));
    assertEquals(Reason.UNAVAILABLE, e.reason());
    assertTrue(e.getMessage().contains("try again"), e.getMessage());
  }

  @Test
  void neverSaysToTryAgainOnceTheCopyIsThere() {
    BackendException e =
        RelabelFailure.stillThere("a#1", "b#1", refused("CKR_SESSION_HANDLE_INVALID"));
    assertEquals(Reason.UNAVAILABLE, e.reason());
    assertFalse(e.getMessage().contains("try again"), e.getMessage());
    assertTrue(e.getMessage().contains("remove the object 'a#1'"), e.getMessage());
    assertTrue(e.getMessage().contains("CKR_SESSION_HANDLE_INVALID"), e.getMessage());
  }

  private static BackendException notCopied(InvalidKeyException cause) {
    return RelabelFailure.notCopied(
        "a#1", "b#1", new KeyStoreException("Cannot convert to PKCS11 keys", cause));
  }

  private static InvalidKeyException refused(String code) {
    return new InvalidKeyException(
        "Cannot duplicate the PKCS11 key", new Pkcs11ErrorsTest.PKCS11Exception(code));
  }
}
