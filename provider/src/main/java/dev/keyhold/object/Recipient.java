package dev.keyhold.object;

import dev.keyhold.keystore.WrappedKey;

/**
 * One KEK in a header, and what it wrapped.
 *
 * @param kind the type of the backend that holds the KEK, such as {@code pkcs11}
 * @param share which share of an all-of this is; 0 elsewhere
 * @param wrapped the KEK's identity, version and mechanism, and the wrapped key or share
 */
public record Recipient(String kind, int share, WrappedKey wrapped) {}
