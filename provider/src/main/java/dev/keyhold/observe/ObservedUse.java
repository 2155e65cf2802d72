package dev.keyhold.observe;

import dev.keyhold.keystore.Access;

/**
 * A use of a key, or another call to a backend.
 *
 * @param backend its name in the configuration
 * @param type its type, such as {@code aws-kms}
 * @param remote whether it is on a device or a network
 * @param operation what is asked
 * @param key the name of the key at the backend; empty where it is about none
 * @param access for what the key is used: what the application declared, which nothing proves
 */
public record ObservedUse(
    String backend,
    String type,
    boolean remote,
    KeyOperation operation,
    String key,
    Access access) {}
