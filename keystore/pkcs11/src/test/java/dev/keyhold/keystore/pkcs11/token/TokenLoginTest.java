package dev.keyhold.keystore.pkcs11.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.pkcs11.Expect;
import dev.keyhold.keystore.pkcs11.MapOptions;
import dev.keyhold.keystore.pkcs11.library.ProcessToken;
import dev.keyhold.keystore.pkcs11.library.TokenInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.AuthProvider;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginException;
import org.junit.jupiter.api.Test;

class TokenLoginTest {
  private final Device device = new Device();
  private final MapOptions options = new MapOptions(MapOptions.pairs("pin", "wrong"));
  private final Pin configured = new Pin(options.secret("pin"), "hsm");

  @Test
  void neverTriesAWrongPinTwice() {
    TokenLogin login = login(configured, "t1");
    for (int i = 0; i < 5; i++) {
      BackendException e = Expect.failure(Reason.MISCONFIGURED, login::ensure);
      assertFalse(e.getMessage().contains("wrong"), e.getMessage());
    }
    assertEquals(1, device.attempts);
  }

  @Test
  void neverTriesAWrongPinAgainOnANewConnection() {
    Expect.failure(Reason.MISCONFIGURED, login(configured, "t2")::ensure);
    Expect.failure(Reason.MISCONFIGURED, login(configured, "t2")::ensure);
    assertEquals(1, device.attempts);
  }

  @Test
  void triesACorrectedPin() throws Exception {
    TokenLogin login = login(configured, "t3");
    Expect.failure(Reason.MISCONFIGURED, login::ensure);
    options.set("pin", "right");
    login.ensure();
    assertTrue(device.loggedIn);
  }

  @Test
  void takesASuppliedPinWhereNoneIsConfigured() throws Exception {
    Pin pin = new Pin(Optional.empty(), "hsm");
    TokenLogin login = login(pin, "t4");
    BackendException none = Expect.failure(Reason.MISCONFIGURED, login::ensure);
    assertTrue(none.getMessage().contains("backend.hsm.pin"), none.getMessage());
    assertEquals(0, device.attempts);
    pin.supply("wrong".toCharArray());
    Expect.failure(Reason.MISCONFIGURED, login::ensure);
    Expect.failure(Reason.MISCONFIGURED, login::ensure);
    pin.supply("right".toCharArray());
    login.ensure();
    assertEquals(2, device.attempts);
  }

  @Test
  void triesALockedTokenAgainAfterItsOfficerActed() throws Exception {
    options.set("pin", "right");
    device.locked = true;
    TokenLogin login = login(configured, "t5");
    BackendException e = Expect.failure(Reason.MISCONFIGURED, login::ensure);
    assertTrue(e.getMessage().contains("CKR_PIN_LOCKED"), e.getMessage());
    device.locked = false;
    login.ensure();
  }

  @Test
  void onlyTheLastUserLogsOut() throws Exception {
    options.set("pin", "right");
    TokenLogin first = login(configured, "t6");
    TokenLogin second = login(configured, "t6");
    second.ensure();
    first.ensure();
    first.leave(false);
    first.leave(false);
    assertTrue(device.loggedIn);
    second.leave(false);
    assertFalse(device.loggedIn);
  }

  @Test
  void leavesALoginAloneThatSomebodyElseMade() throws Exception {
    device.loggedIn = true;
    TokenLogin login = login(configured, "t7");
    login.ensure();
    login.leave(false);
    assertTrue(device.loggedIn);
    assertEquals(0, device.attempts);
  }

  @Test
  void neverTriesARefusedPinAgainByANewBackendOfTheSameProcess() {
    Expect.failure(Reason.MISCONFIGURED, login(configured, "t8")::ensure);
    Pin sameAgain = new Pin(options.secret("pin"), "reloaded");
    BackendException e = Expect.failure(Reason.MISCONFIGURED, login(sameAgain, "t8")::ensure);
    assertTrue(e.getMessage().contains("backend.reloaded.pin"), e.getMessage());
    assertEquals(1, device.attempts);
  }

  @Test
  void sendsNoPinWhereAWrongOneWouldLockTheToken() {
    options.set("pin", "right");
    for (String flag : Set.of("CKF_USER_PIN_FINAL_TRY", "CKF_USER_PIN_LOCKED")) {
      TokenLogin login = login(configured, "t9", "CKF_LOGIN_REQUIRED", flag);
      BackendException e = Expect.failure(Reason.MISCONFIGURED, login::ensure);
      assertTrue(e.getMessage().contains(flag), e.getMessage());
    }
    assertEquals(0, device.attempts);
  }

  @Test
  void logsOutThoughTheOneThatGaveThePinLeftFirst() throws Exception {
    options.set("pin", "right");
    TokenLogin first = login(configured, "t10");
    TokenLogin second = login(configured, "t10");
    first.ensure();
    second.ensure();
    first.leave(false);
    second.leave(false);
    assertFalse(device.loggedIn);
  }

  @Test
  void handsOverThePinInUtf8() throws Exception {
    options.set("pin", "pä€\uD83D\uDD11");
    Expect.failure(Reason.MISCONFIGURED, login(configured, "t11")::ensure);
    assertArrayEquals(
        "pä€\uD83D\uDD11".getBytes(StandardCharsets.UTF_8),
        device.lastPin.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void refusesAPinThatIsNoText() {
    options.set("pin", "12\uD83D34");
    Expect.failure(Reason.MISCONFIGURED, login(configured, "t12")::ensure);
    assertEquals(0, device.attempts);
  }

  private TokenLogin login(Pin pin, String token, String... flags) {
    ProcessToken process = ProcessToken.enter("/lib.so#" + token);
    process.instance("sign", () -> device);
    return new TokenLogin(device, pin, process, new TokenInfo(token, "1", Set.of(flags)));
  }

  /** Named as the JDK's hidden class is: by that it is recognised. */
  @SuppressWarnings("serial")
  private static final class PKCS11Exception extends Exception {
    PKCS11Exception(String code) {
      super(code);
    }
  }

  /** Takes the PIN "right". */
  @SuppressWarnings("serial")
  private static final class Device extends AuthProvider {
    private int attempts;
    private boolean loggedIn;
    private boolean locked;
    private String lastPin;

    Device() {
      super("Device", "1", "a token");
      putAll(Map.of());
    }

    @Override
    public void login(Subject subject, CallbackHandler handler) throws LoginException {
      if (loggedIn) {
        return;
      }
      PasswordCallback callback = new PasswordCallback("PIN", false);
      try {
        handler.handle(new Callback[] {callback});
      } catch (IOException | UnsupportedCallbackException e) {
        throw (LoginException) new LoginException("no callback").initCause(e);
      }
      attempts++;
      lastPin = String.valueOf(callback.getPassword());
      if (locked) {
        throw (LoginException)
            new LoginException().initCause(new PKCS11Exception("CKR_PIN_LOCKED"));
      }
      if (!lastPin.equals("right")) {
        throw (LoginException)
            new FailedLoginException().initCause(new PKCS11Exception("CKR_PIN_INCORRECT"));
      }
      loggedIn = true;
    }

    @Override
    public void logout() {
      loggedIn = false;
    }

    @Override
    public void setCallbackHandler(CallbackHandler handler) {
      throw new UnsupportedOperationException();
    }
  }
}
