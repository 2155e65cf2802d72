package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import java.util.Set;

/** Which keys the backend can hold: one purpose each. */
final class Purposes {
  private static final KeySpec HMAC_KEK = KeySpec.hmac("HmacSHA256");
  private static final Set<String> HMACS = Set.of("HmacSHA256", "HmacSHA384", "HmacSHA512");
  private static final Set<Integer> AES_BITS = Set.of(128, 192, 256);
  private static final int MIN_HMAC_BITS = 128;

  private Purposes() {}

  /** The purposes that a key of this kind can have. */
  static Set<Purpose> of(KeySpec spec) {
    if (spec.algorithm().equals("AES") && AES_BITS.contains(spec.bits())) {
      return Set.of(Purpose.ENCRYPT);
    }
    if (spec.equals(HMAC_KEK)) {
      return Set.of(Purpose.MAC, Purpose.ENCRYPT);
    }
    boolean hmac =
        HMACS.contains(spec.algorithm())
            && spec.bits() % 8 == 0
            && spec.bits() >= MIN_HMAC_BITS
            && spec.bits() < 8 * KeyHandle.LIMIT;
    return hmac ? Set.of(Purpose.MAC) : Set.of();
  }

  /** The single purpose of a new key. */
  static Purpose single(KeyRequest request) throws BackendException {
    Set<Purpose> possible = of(request.spec());
    if (possible.isEmpty()) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "a token holds no "
              + request.spec()
              + " key for Keyhold, but AES-128, 192, 256 and HMAC keys of 128 to 1016 bits");
    }
    if (request.purposes().size() != 1 || !possible.containsAll(request.purposes())) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "a " + request.spec() + " key serves one purpose of " + possible + " in a token");
    }
    return request.purposes().iterator().next();
  }
}
