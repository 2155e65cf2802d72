package dev.keyhold.keystore.pkcs11;

/**
 * What the configuration leaves to choose.
 *
 * @param wrap which kind of KEK is made
 * @param pkcs1Decryption whether RSA keys may decrypt by PKCS#1 v1.5
 */
record Pkcs11Choices(WrapChoice wrap, boolean pkcs1Decryption) {}
