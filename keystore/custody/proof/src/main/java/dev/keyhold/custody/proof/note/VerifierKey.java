package dev.keyhold.custody.proof.note;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.text.Values;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A verifier key of C2SP signed-note: {@code <name>+<key id>+base64(type || public key)}. Immutable
 * and thread-safe. See docs/AUDIT.md, section 2.2.
 */
public final class VerifierKey {
  private final String text;
  private final String name;
  private final byte[] id;
  private final KeyType type;
  private final byte[] encoded;
  private final PublicKey key;

  private VerifierKey(String name, KeyType type, byte[] encoded) {
    this.name = Values.origin(name);
    this.type = type;
    this.encoded = encoded;
    this.id = type.keyId(name, encoded);
    this.key = type.publicKey(encoded);
    byte[] typed = new byte[encoded.length + 1];
    typed[0] = type.id();
    System.arraycopy(encoded, 0, typed, 1, encoded.length);
    this.text =
        name + "+" + HexFormat.of().formatHex(id) + "+" + Base64.getEncoder().encodeToString(typed);
  }

  /**
   * Reads a verifier key.
   *
   * @throws ProofException if it is malformed, of an unknown type, or its key id is not the one
   *     that belongs to the key
   */
  public static VerifierKey parse(String text) {
    String[] parts = text.split("\\+", 3);
    if (parts.length != 3) {
      throw ProofException.syntax("a verifier key is <name>+<key id>+<base64>, not " + text);
    }
    byte[] typed = Base64Strict.decode(parts[2]);
    if (typed.length < 2) {
      throw ProofException.syntax("the verifier key of " + parts[0] + " has no key");
    }
    VerifierKey key =
        new VerifierKey(parts[0], KeyType.of(typed[0]), Arrays.copyOfRange(typed, 1, typed.length));
    if (!key.text.equals(text)) {
      throw ProofException.syntax(
          "the key id of " + parts[0] + " is " + HexFormat.of().formatHex(key.id));
    }
    return key;
  }

  /**
   * Returns the verifier key for a public key of the JCA.
   *
   * @param name the name that signature lines have
   * @param key an Ed25519 key, or an EC key on P-256
   * @throws ProofException if it is another key
   */
  public static VerifierKey of(String name, PublicKey key) {
    KeyType type = KeyType.forKey(key);
    return new VerifierKey(name, type, type.encode(key));
  }

  /**
   * Returns the verifier key for the cosignatures of a witness.
   *
   * @param name the name of the witness
   * @param key an Ed25519 key, or an ML-DSA-44 key where the Java runtime has them
   */
  public static VerifierKey ofWitness(String name, PublicKey key) {
    KeyType type = key instanceof EdECPublicKey ? KeyType.COSIGNATURE : KeyType.MLDSA_COSIGNATURE;
    return new VerifierKey(name, type, type.encode(key));
  }

  /** Returns the name that stands in signature lines. */
  public String name() {
    return name;
  }

  /** Returns the type of the key and of its signatures. */
  public KeyType type() {
    return type;
  }

  /** Returns the key id as 8 hexadecimal digits. */
  public String id() {
    return HexFormat.of().formatHex(id);
  }

  byte[] idBytes() {
    return id.clone();
  }

  /** Returns whether both are the same public key, whatever their names and types. */
  public boolean sameKey(VerifierKey other) {
    return Arrays.equals(encoded, other.encoded);
  }

  /** Returns whether a signature line is said to be by this key. */
  public boolean names(NoteSignature signature) {
    return name.equals(signature.name()) && Arrays.equals(id, signature.keyId());
  }

  /** Returns whether the signature line verifies over a text; not for cosignatures. */
  public boolean verifies(String text, NoteSignature signature) {
    return names(signature)
        && !type.isCosignature()
        && verify(text.getBytes(StandardCharsets.UTF_8), signature.signature());
  }

  /** Returns whether the bytes are a signature over the message; a malformed one is not. */
  boolean verify(byte[] message, byte[] signature) {
    if (key == null) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance(type.algorithm());
      verifier.initVerify(key);
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException | RuntimeException e) {
      // the JDK's providers throw for what is no signature at all: lengths, DER, points
      return false;
    }
  }

  /** Returns whether this Java runtime can verify signatures by the key. */
  public boolean isUsable() {
    return key != null;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifierKey that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** Returns the verifier key as it stands in a charter. */
  @Override
  public String toString() {
    return text;
  }
}
