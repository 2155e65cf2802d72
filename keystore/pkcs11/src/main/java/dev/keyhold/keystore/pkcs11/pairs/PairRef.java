package dev.keyhold.keystore.pkcs11.pairs;

import java.security.PublicKey;

/**
 * Which key pair: its label alone might stand for another one by now, since another process may
 * have given both other labels.
 *
 * @param label its label
 * @param publicKey its public half, as its certificate has it
 */
public record PairRef(String label, PublicKey publicKey) {}
