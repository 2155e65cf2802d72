package dev.keyhold.keystore.googlekms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeySpec;
import java.io.ByteArrayOutputStream;

/** Public keys of ML-DSA, which the service tells as the bare bytes of FIPS 204. */
final class MlDsaKeys {
  private static final byte[] OID_PREFIX = {
    0x30, 0x0B, 0x06, 0x09, 0x60, (byte) 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03
  };

  private MlDsaKeys() {}

  /**
   * Returns the SubjectPublicKeyInfo (RFC 9881): id-ml-dsa-44, -65 and -87 end in 17, 18 and 19.
   */
  static byte[] subjectPublicKeyInfo(KeySpec spec, byte[] key) throws BackendException {
    Checksums.require(8 * key.length == spec.bits(), "a public key has another length");
    int arc =
        switch (spec.algorithm()) {
          case "ML-DSA-44" -> 17;
          case "ML-DSA-65" -> 18;
          default -> 19;
        };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int bits = key.length + 1;
    header(out, 0x30, OID_PREFIX.length + 1 + 4 + bits);
    out.writeBytes(OID_PREFIX);
    out.write(arc);
    header(out, 0x03, bits);
    out.write(0);
    out.writeBytes(key);
    return out.toByteArray();
  }

  /** Every length here takes two bytes. */
  private static void header(ByteArrayOutputStream out, int tag, int length) {
    out.write(tag);
    out.write(0x82);
    out.write(length >>> 8);
    out.write(length);
  }
}
