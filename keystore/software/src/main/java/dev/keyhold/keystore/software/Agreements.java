package dev.keyhold.keystore.software;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeySpec;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.ECParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import javax.crypto.KeyAgreement;

/** Key agreement with a checked public key. Stateless. */
final class Agreements {
  private Agreements() {}

  /** ECDH or X25519; the caller zeroes the secret. */
  static byte[] agree(KeySpec spec, PrivateKey key, byte[] peer) throws BackendException {
    String algorithm = spec.algorithm();
    String agreement = algorithm.equals("EC") ? "ECDH" : algorithm;
    try {
      PublicKey other =
          KeyFactory.getInstance(algorithm, JdkEngines.of("KeyFactory", algorithm))
              .generatePublic(new X509EncodedKeySpec(peer));
      if (!isFitting(spec, other)) {
        throw bad(null);
      }
      KeyAgreement engine =
          KeyAgreement.getInstance(agreement, JdkEngines.of("KeyAgreement", agreement));
      engine.init(key);
      engine.doPhase(other, true);
      byte[] secret = engine.generateSecret();
      if (isZero(secret) && !algorithm.equals("EC")) {
        throw bad(null);
      }
      return secret;
    } catch (GeneralSecurityException | RuntimeException e) {
      throw bad(e);
    }
  }

  private static boolean isFitting(KeySpec spec, PublicKey peer) throws GeneralSecurityException {
    if (peer instanceof ECPublicKey point) {
      ECParameterSpec curve = Curves.parameters(spec.bits());
      return Curves.same(point.getParams(), curve) && Curves.isOn(curve, point.getW());
    }
    return peer instanceof XECPublicKey x
        && x.getParams() instanceof NamedParameterSpec named
        && named.getName().equals(spec.algorithm());
  }

  /** RFC 7748, section 6.1: the secret of a point of small order. */
  private static boolean isZero(byte[] secret) {
    int any = 0;
    for (byte b : secret) {
      any |= b;
    }
    return any == 0;
  }

  private static BackendException bad(Exception cause) {
    return new BackendException(
        Reason.BAD_CIPHERTEXT,
        "the other's public key is none of this key's curve: ask for one that is",
        cause);
  }
}
