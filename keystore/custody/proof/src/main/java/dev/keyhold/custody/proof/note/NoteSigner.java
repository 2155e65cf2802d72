package dev.keyhold.custody.proof.note;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;

/** Signs texts with one key, wherever the key is. */
public interface NoteSigner {
  /** Returns the key that verifies what this one signs. */
  VerifierKey verifierKey();

  /**
   * Returns the signature line over a text.
   *
   * @throws GeneralSecurityException if the key can't sign now
   */
  NoteSignature sign(String text) throws GeneralSecurityException;

  /**
   * Returns a signer for a private key of any JCA provider, in a token or a key file as well.
   *
   * @param verifierKey the key that verifies, of type Ed25519 or ECDSA
   * @param key the private key
   */
  static NoteSigner of(VerifierKey verifierKey, PrivateKey key) {
    return of(
        verifierKey,
        message -> {
          Signature signer = Signature.getInstance(verifierKey.type().algorithm());
          signer.initSign(key);
          signer.update(message);
          return signer.sign();
        });
  }

  /** Makes signatures, wherever the private key is. */
  @FunctionalInterface
  interface Signing {
    /**
     * Returns the signature over a message, in the form that the type of the key has.
     *
     * @throws GeneralSecurityException if the key can't sign now
     */
    byte[] sign(byte[] message) throws GeneralSecurityException;
  }

  /**
   * Returns a signer for a private key that is reached by other ways than a provider's.
   *
   * @param verifierKey the key that verifies, of type Ed25519 or ECDSA
   * @param signing what signs
   */
  static NoteSigner of(VerifierKey verifierKey, Signing signing) {
    return new NoteSigner() {
      @Override
      public VerifierKey verifierKey() {
        return verifierKey;
      }

      @Override
      public NoteSignature sign(String text) throws GeneralSecurityException {
        return new NoteSignature(
            verifierKey.name(),
            verifierKey.idBytes(),
            signing.sign(text.getBytes(StandardCharsets.UTF_8)));
      }
    };
  }
}
