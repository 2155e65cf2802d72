package dev.keyhold.cli.command;

import dev.keyhold.keystore.KeyMetadata;

/**
 * A key under the alias that the configuration gives it.
 *
 * @param alias empty for a key that has none
 * @param backend the backend's name in the configuration
 * @param type the backend's type, such as {@code pkcs11}
 */
public record Entry(String alias, String backend, String type, KeyMetadata key) {}
