package dev.keyhold.keystore.pkcs11;

/**
 * A secret key as the token shows it.
 *
 * @param label its CKA_LABEL, unique in the token
 * @param kind its type
 * @param bits its size in bits
 */
record TokenObject(String label, KeyKind kind, int bits) {}
