package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.encoding.AlgorithmTable;
import dev.keyhold.keystore.pkcs11.token.TokenKeyHandle;
import java.util.List;
import java.util.Set;

/**
 * The kinds of key that the backend can hold: one purpose each.
 *
 * @param pkcs1Decryption whether keys may decrypt by RSAES-PKCS1-v1_5, the only way that there is
 */
record Purposes(boolean pkcs1Decryption) {
  private static final KeySpec HMAC_KEK = KeySpec.hmac("HmacSHA256");
  private static final List<String> HMACS = AlgorithmTable.HMACS;
  private static final List<Integer> AES_BITS = AlgorithmTable.AES_BITS;
  private static final List<Integer> RSA_BITS = AlgorithmTable.sizes("RSA");
  private static final List<Integer> EC_BITS = AlgorithmTable.sizes("EC");
  private static final int MIN_HMAC_BITS = 128;

  /** Returns the purposes that a key of this kind can have. */
  Set<Purpose> of(KeySpec spec) {
    return switch (spec.algorithm()) {
      case "AES" -> AES_BITS.contains(spec.bits()) ? Set.of(Purpose.ENCRYPT) : Set.of();
      case "RSA" -> RSA_BITS.contains(spec.bits()) ? ofRsa() : Set.of();
      case "EC" -> EC_BITS.contains(spec.bits()) ? Set.of(Purpose.SIGN, Purpose.AGREE) : Set.of();
      default -> ofHmac(spec);
    };
  }

  private Set<Purpose> ofRsa() {
    return pkcs1Decryption ? Set.of(Purpose.SIGN, Purpose.DECRYPT) : Set.of(Purpose.SIGN);
  }

  private static Set<Purpose> ofHmac(KeySpec spec) {
    if (spec.equals(HMAC_KEK)) {
      return Set.of(Purpose.MAC, Purpose.ENCRYPT);
    }
    boolean hmac =
        HMACS.contains(spec.algorithm())
            && spec.bits() % 8 == 0
            && spec.bits() >= MIN_HMAC_BITS
            && spec.bits() < 8 * TokenKeyHandle.LIMIT;
    return hmac ? Set.of(Purpose.MAC) : Set.of();
  }

  /** Returns the single purpose of a new key. */
  Purpose single(KeyRequest request) throws BackendException {
    Set<Purpose> possible = of(request.spec());
    if (possible.isEmpty()) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "a token holds no "
              + request.spec()
              + " key for Keyhold, but HMAC keys of 128 to 1016 bits, and keys of these sizes: AES "
              + AES_BITS
              + ", RSA "
              + RSA_BITS
              + ", EC "
              + EC_BITS);
    }
    if (request.purposes().size() != 1 || !possible.containsAll(request.purposes())) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "a "
              + request.spec()
              + " key serves one purpose of "
              + possible
              + " in a token"
              + hint(request));
    }
    return request.purposes().iterator().next();
  }

  private String hint(KeyRequest request) {
    boolean decrypts = request.purposes().contains(Purpose.DECRYPT);
    return decrypts && request.spec().algorithm().equals("RSA") && !pkcs1Decryption
        ? ": SunPKCS11 has no OAEP, and PKCS#1 v1.5 decryption is off unless the backend's option"
            + " pkcs1-decryption = allow"
        : "";
  }
}
