package dev.keyhold.keystore.software.engine;

/**
 * Both halves of a key pair.
 *
 * @param privateKey PKCS#8, DER; the receiver zeroes it
 * @param publicKey SubjectPublicKeyInfo, DER
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record KeyPairMaterial(byte[] privateKey, byte[] publicKey) {}
