/**
 * The cryptography of the key file's keys, by the JDK and by Keyhold's copy of Bouncy Castle: AES,
 * HMAC, RSA, curves, ML-DSA and ML-KEM. Stateless but for pools of engines; knows no file.
 */
package dev.keyhold.keystore.software.engine;
