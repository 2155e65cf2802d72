package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.encoding.NistCurves;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;

/** The description of a key pair in the certificate of its private key. */
final class PairObject {
  private PairObject() {}

  /** Returns the key pair; empty if it is of a kind that Keyhold does not use. */
  static Optional<TokenObject> of(String label, Certificate certificate) {
    // null if another process removed it meanwhile
    PublicKey key = certificate == null ? null : certificate.getPublicKey();
    if (key instanceof RSAPublicKey rsa) {
      int bits = rsa.getModulus().bitLength();
      return Optional.of(new TokenObject(label, ObjectKind.RSA, bits, Optional.of(key)));
    }
    if (key instanceof ECPublicKey ec) {
      return NistCurves.bitsOf(ec.getParams())
          .map(bits -> new TokenObject(label, ObjectKind.EC, bits, Optional.of(key)));
    }
    return Optional.empty();
  }
}
