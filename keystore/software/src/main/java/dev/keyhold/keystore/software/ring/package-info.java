/**
 * The keys of a file as values, the rules for them, and their encoding before encryption. Uses
 * nothing of the other packages of this module.
 */
package dev.keyhold.keystore.software.ring;
