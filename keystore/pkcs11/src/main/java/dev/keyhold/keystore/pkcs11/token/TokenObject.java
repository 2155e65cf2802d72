package dev.keyhold.keystore.pkcs11.token;

import java.security.PublicKey;
import java.util.Optional;

/**
 * A key as the token shows it.
 *
 * @param label its CKA_LABEL, unique in the token; of a key pair, that of its certificate
 * @param kind its type
 * @param bits its size in bits
 * @param publicKey the public half of a key pair; empty for a secret key
 */
public record TokenObject(String label, ObjectKind kind, int bits, Optional<PublicKey> publicKey) {
  /** Creates a description of a secret key. */
  public TokenObject(String label, ObjectKind kind, int bits) {
    this(label, kind, bits, Optional.empty());
  }
}
