package dev.keyhold.keystore.software;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.encoding.PasswordDerivation;
import dev.keyhold.keystore.software.file.KeyFile;
import dev.keyhold.keystore.software.file.Passwords;
import dev.keyhold.keystore.software.file.Tuning;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.function.Executable;

/** What all tests of this backend share. */
final class Fixture {
  static final String PASSWORD = "correct horse";
  static final WrapContext CONTEXT = new WrapContext(Map.of("alias", "orders"));

  private Fixture() {}

  /** A backend with few iterations, whose file looks are due whenever this clock says so. */
  static SoftwareBackend backend(Path file, String password, AtomicLong nanoTime) {
    return backend(
        file,
        password,
        new Tuning(PasswordDerivation.pbkdf2(1_000), nanoTime::get, Clock.systemUTC()));
  }

  static SoftwareBackend backend(Path file) {
    return backend(file, PASSWORD, new AtomicLong());
  }

  static SoftwareBackend backend(Path file, String password, Tuning tuning) {
    return new SoftwareBackend(
        new KeyFile(file),
        new Passwords("backend.local.password", Optional.of(password::toCharArray)),
        tuning);
  }

  static SoftwareBackend allowingPkcs1(Path file) {
    return new SoftwareBackend(
        new KeyFile(file),
        new Passwords("backend.local.password", Optional.of(PASSWORD::toCharArray)),
        Tuning.DEFAULT,
        true);
  }

  static KeyRequest kek(String name) {
    return new KeyRequest(name, KeySpec.AES_256, Set.of(Purpose.ENCRYPT));
  }

  static KeyRequest mac(String name) {
    return new KeyRequest(name, KeySpec.hmac("HmacSHA256"), Set.of(Purpose.MAC));
  }

  /** Expects this reason and a message that holds this text, but no password. */
  static BackendException assertFails(
      BackendException.Reason reason, String inMessage, Executable call) {
    BackendException e = assertThrows(BackendException.class, call);
    assertEquals(reason, e.reason(), e.getMessage());
    assertEquals(true, e.getMessage().contains(inMessage), e.getMessage());
    assertEquals(false, e.getMessage().contains(PASSWORD), e.getMessage());
    return e;
  }
}
