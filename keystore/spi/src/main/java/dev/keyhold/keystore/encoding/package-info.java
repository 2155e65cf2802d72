/**
 * What backends and the provider share about the forms of keys and signatures: DER, the curves of
 * NIST, digests. For Keyhold's own artifacts; stateless but for {@link
 * dev.keyhold.keystore.encoding.DerReader}.
 */
package dev.keyhold.keystore.encoding;
