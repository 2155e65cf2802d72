package dev.keyhold.keystore.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import org.junit.jupiter.api.function.Executable;

/** Expects a failure. */
public final class Expect {
  private Expect() {}

  public static BackendException failure(Reason reason, Executable call) {
    BackendException e = assertThrows(BackendException.class, call);
    assertEquals(reason, e.reason(), () -> e + " <- " + e.getCause());
    return e;
  }
}
