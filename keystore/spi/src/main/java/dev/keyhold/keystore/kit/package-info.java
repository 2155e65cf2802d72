/**
 * What backends and the provider need alike: files that are written whole or not at all, claims and
 * locks of files, and memories with a bound. For Keyhold's own artifacts.
 */
package dev.keyhold.keystore.kit;
