/**
 * The gate: judges each use by the state of the log, writes its leaf, and uses the key once the
 * leaf is on the disk.
 */
package dev.keyhold.custody.server.gate;
