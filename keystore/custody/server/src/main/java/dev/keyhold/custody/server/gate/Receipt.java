package dev.keyhold.custody.server.gate;

/**
 * Where a leaf is.
 *
 * @param origin of the log
 * @param index of the leaf
 * @param hash its leaf hash, in base64
 */
public record Receipt(String origin, long index, String hash) {}
