package dev.keyhold.keystore.pkcs11;

/**
 * The choices that the configuration makes.
 *
 * @param wrap which kind of KEK is made
 * @param pkcs1Decryption whether RSA keys may decrypt by PKCS#1 v1.5
 */
record Pkcs11Choices(WrapChoice wrap, boolean pkcs1Decryption) {}
