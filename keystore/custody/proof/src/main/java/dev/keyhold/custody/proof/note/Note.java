package dev.keyhold.custody.proof.note;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.log.Hashes;
import dev.keyhold.custody.proof.text.Values;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A signed note of C2SP: a text and the signatures under it. A reader accepts only the form that it
 * would print. Immutable. See docs/AUDIT.md, section 2.
 */
public final class Note {
  /** The most bytes that a note has. */
  public static final int MAX_NOTE = 65_000;

  private static final int MAX_SIGNATURES = 64;

  private final String text;
  private final List<NoteSignature> signatures;

  /** Creates a note of a text that ends with a line feed, and signatures. */
  public Note(String text, List<NoteSignature> signatures) {
    this.text = text;
    this.signatures = List.copyOf(signatures);
  }

  /**
   * Reads a note.
   *
   * @throws ProofException if it is not one, or has a form that a writer would not print
   */
  public static Note parse(byte[] bytes) {
    if (bytes.length > MAX_NOTE) {
      throw ProofException.syntax("a note has at most " + MAX_NOTE + " bytes");
    }
    String note;
    try {
      note = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new ProofException("statement-syntax", "a note is UTF-8", e);
    }
    int gap = note.lastIndexOf("\n\n");
    if (gap < 0 || !note.endsWith("\n")) {
      throw ProofException.syntax("a note has an empty line before its signatures");
    }
    List<NoteSignature> signatures = new ArrayList<>();
    String[] lines = note.substring(gap + 2).split("\n", -1);
    if (lines.length > MAX_SIGNATURES + 1) {
      throw ProofException.syntax("a note has at most " + MAX_SIGNATURES + " signatures");
    }
    for (int i = 0; i < lines.length - 1; i++) {
      try {
        signatures.add(NoteSignature.parse(lines[i]));
      } catch (ProofException e) {
        throw ProofException.syntax("signature " + (i + 1) + ": " + e.getMessage());
      }
    }
    if (signatures.isEmpty()) {
      throw ProofException.syntax("a note has a signature");
    }
    Note parsed = new Note(note.substring(0, gap + 1), signatures);
    if (!Arrays.equals(parsed.toBytes(), bytes)) {
      throw ProofException.syntax("the note is not in the form that a writer prints");
    }
    return parsed;
  }

  /** Returns the text that is signed, with its last line feed. */
  public String text() {
    return text;
  }

  /** Returns the signature lines in their order. */
  public List<NoteSignature> signatures() {
    return signatures;
  }

  /** Returns the id of the text: {@code sha256:} and its hash, without the signatures. */
  public String id() {
    return idOf(text);
  }

  /** Returns the id of a text. */
  public static String idOf(String text) {
    return Values.hash(Hashes.sha256(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns the note with one signature line more. */
  public Note with(NoteSignature signature) {
    List<NoteSignature> all = new ArrayList<>(signatures);
    all.add(signature);
    return new Note(text, all);
  }

  /** Returns the bytes of the note. */
  public byte[] toBytes() {
    return toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    StringBuilder note = new StringBuilder(text).append('\n');
    signatures.forEach(note::append);
    return note.toString();
  }

  /**
   * Returns the keys that signed, where every signature must verify: one by a key that is not
   * listed, one that fails and a second one by the same key make the whole note invalid.
   *
   * @param known the keys that may sign
   * @throws ProofException with the code {@code signature}, naming the line
   */
  public Set<VerifierKey> signers(Iterable<VerifierKey> known) {
    Map<String, VerifierKey> signers = new TreeMap<>();
    byte[] message = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < signatures.size(); i++) {
      NoteSignature signature = signatures.get(i);
      VerifierKey key = null;
      for (VerifierKey candidate : known) {
        if (candidate.names(signature)) {
          key = candidate;
        }
      }
      String which = "signature " + (i + 1) + " (" + signature.name() + ") ";
      if (key == null) {
        throw new ProofException("signature", which + "is by a key that the charter does not list");
      }
      if (key.type().isCosignature() || !key.verify(message, signature.signature())) {
        throw new ProofException("signature", which + "does not verify");
      }
      if (signers.put(key.toString(), key) != null) {
        throw new ProofException("signature", which + "is the second one by the same key");
      }
    }
    return Set.copyOf(signers.values());
  }
}
