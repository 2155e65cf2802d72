package dev.keyhold.keystore.pkcs11.pairs;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.encoding.NistCurves;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECParameterSpec;
import java.security.spec.X509EncodedKeySpec;

/** The public key of the other side of a key agreement. */
public final class PeerKey {
  private PeerKey() {}

  /**
   * Reads the SubjectPublicKeyInfo of a key on this curve. A token that does not check the point
   * itself would give its private number away (NIST SP 800-56A, section 5.6.2.3.3).
   */
  public static ECPublicKey read(byte[] encoded, KeySpec spec) throws BackendException {
    ECPublicKey peer;
    try {
      KeyFactory factory = KeyFactory.getInstance("EC", SoftwarePair.EC_ENGINE);
      peer = (ECPublicKey) factory.generatePublic(new X509EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      throw new BackendException(Reason.BAD_CIPHERTEXT, "the peer's key is no EC public key", e);
    }
    ECParameterSpec curve = NistCurves.of(spec.bits());
    if (!NistCurves.isSame(peer.getParams(), curve) || !NistCurves.isOn(curve, peer.getW())) {
      throw new BackendException(
          Reason.BAD_CIPHERTEXT, "the peer's key is not on the curve of this " + spec + " key");
    }
    return peer;
  }
}
