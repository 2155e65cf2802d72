package dev.keyhold.custody.proof.note;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.text.Values;
import java.util.Arrays;
import java.util.Base64;

/** One signature line of a note. Immutable. */
public final class NoteSignature {
  private static final String DASH = "\u2014 ";

  private final String name;
  private final byte[] keyId;
  private final byte[] signature;

  NoteSignature(String name, byte[] keyId, byte[] signature) {
    this.name = name;
    this.keyId = keyId;
    this.signature = signature;
  }

  /**
   * Reads a signature line, without its line feed.
   *
   * @throws ProofException if it has another form
   */
  static NoteSignature parse(String line) {
    int space = line.indexOf(' ', DASH.length());
    if (!line.startsWith(DASH) || space < 0) {
      throw ProofException.syntax(
          "a signature line is an em dash, a key name and base64, not " + line);
    }
    byte[] bytes = Base64Strict.decode(line.substring(space + 1));
    if (bytes.length < 5) {
      throw ProofException.syntax("a signature line has a key id and a signature: " + line);
    }
    return new NoteSignature(
        Values.origin(line.substring(DASH.length(), space)),
        Arrays.copyOf(bytes, 4),
        Arrays.copyOfRange(bytes, 4, bytes.length));
  }

  /** Returns the name of the key that is said to have signed. */
  public String name() {
    return name;
  }

  byte[] keyId() {
    return keyId;
  }

  byte[] signature() {
    return signature;
  }

  /** Returns the line, with its line feed. */
  @Override
  public String toString() {
    byte[] bytes = Arrays.copyOf(keyId, keyId.length + signature.length);
    System.arraycopy(signature, 0, bytes, keyId.length, signature.length);
    return DASH + name + " " + Base64.getEncoder().encodeToString(bytes) + "\n";
  }
}
