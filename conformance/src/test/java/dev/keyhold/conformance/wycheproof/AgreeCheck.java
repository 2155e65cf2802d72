package dev.keyhold.conformance.wycheproof;

import dev.keyhold.conformance.wycheproof.Vector.Result;
import dev.keyhold.conformance.wycheproof.VectorPairs.Unread;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.util.HexFormat;
import javax.crypto.KeyAgreement;
import org.opentest4j.TestAbortedException;

/** ECDH and X25519 through {@code KeyAgreement}. A handle is given the peer's bytes unread. */
final class AgreeCheck implements Check {
  private final Provider provider;
  private final PairKeys keys;

  AgreeCheck(Provider provider, PairKeys keys) {
    this.provider = provider;
    this.keys = keys;
  }

  @Override
  public void run(Vector vector) throws Exception {
    boolean xdh = vector.text("type").startsWith("Xdh");
    if (!xdh && !vector.text("encoding").equals("asn")) {
      throw new TestAbortedException("the JCA takes public keys of X.509 only");
    }
    KeyPair pair;
    try {
      pair = xdh ? VectorPairs.x25519(vector) : VectorPairs.ec(vector);
    } catch (GeneralSecurityException e) {
      if (vector.result() == Result.VALID) {
        throw e;
      }
      return; // refused
    }
    PrivateKey key = keys.key(pair, Certified.AGREE);
    boolean unread = key.getEncoded() == null;
    Outcome.require(
        vector,
        vector.bytes("shared"),
        () -> agree(xdh ? "X25519" : "ECDH", key, peer(vector, xdh, unread)));
  }

  private static PublicKey peer(Vector vector, boolean xdh, boolean unread)
      throws GeneralSecurityException {
    String text = vector.text("public");
    boolean bare = xdh && vector.text("type").equals("XdhComp");
    Unread key =
        new Unread(
            xdh ? "XDH" : "EC",
            HexFormat.of().parseHex(bare ? VectorPairs.X25519_SPKI + text : text));
    return unread ? key : VectorPairs.read(key);
  }

  private byte[] agree(String algorithm, PrivateKey key, PublicKey peer)
      throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance(algorithm, provider);
    agreement.init(key);
    agreement.doPhase(peer, true);
    return agreement.generateSecret();
  }
}
