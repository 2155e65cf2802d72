/**
 * The encodings of keys and signatures that backends and the provider share: DER, the curves of
 * NIST, digests. For Keyhold's own artifacts; stateless but for {@link
 * dev.keyhold.keystore.encoding.DerReader}.
 */
package dev.keyhold.keystore.encoding;
