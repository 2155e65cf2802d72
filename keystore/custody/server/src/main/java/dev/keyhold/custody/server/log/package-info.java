/**
 * The log of a custodian: leaves are forced to the disk in groups, tiles and checkpoints follow
 * each second (docs/AUDIT.md, section 6). Knows nothing of what the leaves say.
 */
package dev.keyhold.custody.server.log;
