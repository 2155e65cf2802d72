package dev.keyhold.keystore.pkcs11.pairs;

import java.security.PublicKey;

/**
 * A reference to a key pair. Its label is not enough: by now it may be the label of another pair,
 * since another process may have changed the labels of both.
 *
 * @param label its label
 * @param publicKey its public half, as its certificate has it
 */
public record PairRef(String label, PublicKey publicKey) {}
