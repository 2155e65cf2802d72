package dev.keyhold.conformance.wycheproof;

import dev.keyhold.object.Hkdf;
import java.util.Arrays;
import org.opentest4j.TestAbortedException;

/** HKDF with SHA-512 by the class that derives the keys of objects. */
final class HkdfCheck implements Check {
  private static final String ALGORITHM = "HKDF-SHA-512";

  @Override
  public void run(Vector vector) throws Exception {
    if (!vector.file().algorithm().equals(ALGORITHM)) {
      throw new TestAbortedException("objects have no " + vector.file().algorithm());
    }
    int length = Math.toIntExact(vector.number("size"));
    if (vector.result() == Vector.Result.INVALID) {
      Refusal.expect("a derivation of " + length + " bytes", () -> derive(vector, length));
    } else if (!Arrays.equals(vector.bytes("okm"), derive(vector, length))) {
      throw new AssertionError("another key is derived");
    }
  }

  private static byte[] derive(Vector vector, int length) {
    return Hkdf.derive(vector.bytes("salt"), vector.bytes("ikm"), vector.bytes("info"), length);
  }
}
