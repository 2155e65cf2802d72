package dev.keyhold.cli.custody;

import dev.keyhold.admin.ManagedKey;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.Session;
import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.note.KeyType;
import dev.keyhold.custody.proof.note.NoteSigner;
import dev.keyhold.custody.proof.note.VerifierKey;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.SignatureAlgorithm;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;

/** A key of a person, in whatever backend it is, by which texts are signed. Used by one thread. */
final class SigningKey {
  private final String alias;
  private final ManagedKey key;
  private final PublicKey publicKey;

  private SigningKey(String alias, ManagedKey key, PublicKey publicKey) {
    this.alias = alias;
    this.key = key;
    this.publicKey = publicKey;
  }

  /** Finds the key of an alias, which must be one that note signatures are made by. */
  static SigningKey find(Session session, String alias)
      throws BackendException, CommandFailure, GeneralSecurityException {
    ManagedKey key = session.locate(alias);
    String algorithm = key.describe().spec().algorithm();
    if (!algorithm.equals("Ed25519") && !algorithm.equals("EC")) {
      throw unusable(alias, algorithm, null);
    }
    PublicKey publicKey =
        KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(key.publicKey()));
    SigningKey found = new SigningKey(alias, key, publicKey);
    try {
      found.verifierKey("x");
    } catch (ProofException e) {
      throw unusable(alias, algorithm + ": " + e.getMessage(), e);
    }
    return found;
  }

  private static CommandFailure unusable(String alias, String what, Throwable cause) {
    return new CommandFailure(
        ExitCode.FAILED,
        "the key %s is %s; texts are signed by Ed25519 keys, and by EC keys of 256 bits: keyhold keys create NAME --algorithm Ed25519"
            .formatted(alias, what),
        cause);
  }

  /** Returns its public half as a charter has it, under a name. */
  VerifierKey verifierKey(String name) {
    return VerifierKey.of(name, publicKey);
  }

  /** Returns what signs under a name. */
  NoteSigner signer(String name) {
    VerifierKey verifierKey = verifierKey(name);
    return NoteSigner.of(verifierKey, text -> sign(verifierKey.type(), text));
  }

  private byte[] sign(KeyType type, byte[] text) throws GeneralSecurityException {
    boolean isEd25519 = type == KeyType.ED25519;
    SignatureAlgorithm algorithm =
        isEd25519 ? SignatureAlgorithm.ED25519 : SignatureAlgorithm.ecdsa("SHA-256");
    byte[] input = isEd25519 ? text : MessageDigest.getInstance("SHA-256").digest(text);
    try {
      return key.sign(algorithm, input);
    } catch (BackendException e) {
      throw new SignatureException("the key " + alias + " did not sign: " + e.getMessage(), e);
    }
  }
}
