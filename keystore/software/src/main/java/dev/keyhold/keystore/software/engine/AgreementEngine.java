package dev.keyhold.keystore.software.engine;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.encoding.NistCurves;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.ECParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import javax.crypto.KeyAgreement;

/** Key agreement with a checked public key. Stateless. */
public final class AgreementEngine {
  private AgreementEngine() {}

  /** Agrees on a secret by ECDH or X25519; the caller zeroes the secret. */
  public static byte[] agree(KeySpec spec, PrivateKey key, byte[] peer) throws BackendException {
    String algorithm = spec.algorithm();
    String agreement = algorithm.equals("EC") ? "ECDH" : algorithm;
    PublicKey other = read(algorithm, peer);
    if (!isFitting(spec, other)) {
      throw bad(null);
    }
    try {
      KeyAgreement engine =
          KeyAgreement.getInstance(agreement, JdkEngines.of("KeyAgreement", agreement));
      engine.init(key);
      engine.doPhase(other, true);
      byte[] secret = engine.generateSecret();
      if (isZero(secret) && !algorithm.equals("EC")) {
        throw bad(null);
      }
      return secret;
    } catch (InvalidKeyException e) { // the public key's: the private one worked at its import
      throw bad(e);
    } catch (GeneralSecurityException e) {
      throw new BackendException(
          Reason.UNSUPPORTED, "this JDK can't agree on a secret by " + agreement, e);
    }
  }

  private static PublicKey read(String algorithm, byte[] peer) throws BackendException {
    try {
      return KeyFactory.getInstance(algorithm, JdkEngines.of("KeyFactory", algorithm))
          .generatePublic(new X509EncodedKeySpec(peer));
    } catch (InvalidKeySpecException | RuntimeException e) {
      // for untrusted bytes, the JDK's parsers throw more than they declare
      throw bad(e);
    } catch (GeneralSecurityException e) {
      throw new BackendException(Reason.UNSUPPORTED, "this JDK has no keys of " + algorithm, e);
    }
  }

  private static boolean isFitting(KeySpec spec, PublicKey peer) {
    if (peer instanceof ECPublicKey point) {
      ECParameterSpec curve = NistCurves.of(spec.bits());
      return NistCurves.isSame(point.getParams(), curve) && NistCurves.isOn(curve, point.getW());
    }
    return peer instanceof XECPublicKey x
        && x.getParams() instanceof NamedParameterSpec named
        && named.getName().equals(spec.algorithm());
  }

  /** Returns whether a secret is that of a point of small order (RFC 7748, section 6.1). */
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
