/**
 * The storage of a ring of keys: in an encrypted file, with its password, lock and cache, or in the
 * memory of a test. Uses the ring and the engines.
 */
package dev.keyhold.keystore.software.file;
