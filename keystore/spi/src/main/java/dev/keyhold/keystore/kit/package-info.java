/**
 * Utilities that backends and the provider share: files that are written whole or not at all,
 * claims and locks of files, and memories with a bound. For Keyhold's own artifacts.
 */
package dev.keyhold.keystore.kit;
