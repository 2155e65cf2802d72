package dev.keyhold.keystore.googlekms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.encoding.AlgorithmTable;
import dev.keyhold.keystore.encoding.Der;

/** Public keys of ML-DSA, which the service returns as the bare bytes of FIPS 204. */
final class MlDsaKeys {
  private MlDsaKeys() {}

  /** Returns the SubjectPublicKeyInfo (RFC 9881). */
  static byte[] subjectPublicKeyInfo(KeySpec spec, byte[] key) throws BackendException {
    Checksums.require(8 * key.length == spec.bits(), "a public key has another length");
    String oid = AlgorithmTable.parameterSet(spec.algorithm()).orElseThrow().oid();
    return Der.sequence(Der.sequence(Der.oid(oid)), Der.bitString(key));
  }
}
