package dev.keyhold.custody.proof.leaf;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.text.TextReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** A leaf of a custodian's log (docs/AUDIT.md, section 5.1). Immutable. */
public sealed interface Leaf
    permits StartLeaf, StatementLeaf, UseLeaf, EndLeaf, DeniedLeaf, AlarmLeaf {
  /** The most bytes that a leaf has: bundles of tlog-tiles have 16 bits for the length. */
  int MAX_LEAF = 65_535;

  /** Returns when it was written, by the custodian's clock. */
  Instant time();

  /** Returns the lines. */
  String text();

  /** Returns the bytes of the leaf. */
  default byte[] toBytes() {
    return text().getBytes(StandardCharsets.ISO_8859_1);
  }

  /**
   * Reads a leaf.
   *
   * @throws ProofException with the code {@code leaf-syntax} if it is malformed; the message names
   *     the line
   */
  static Leaf parse(byte[] bytes) {
    if (bytes.length > MAX_LEAF) {
      throw new ProofException("leaf-syntax", "a leaf has at most " + MAX_LEAF + " bytes");
    }
    try {
      return read(bytes);
    } catch (ProofException e) {
      throw new ProofException("leaf-syntax", e.getMessage(), e);
    }
  }

  private static Leaf read(byte[] bytes) {
    String text = TextReader.decode(bytes);
    String kind = TextReader.kind(text);
    if (kind.equals(StatementLeaf.KIND)) {
      return StatementLeaf.read(bytes, text);
    }
    Leaf leaf =
        switch (kind) {
          case UseLeaf.KIND -> UseLeaf.read(new TextReader(text, kind));
          case EndLeaf.KIND -> EndLeaf.read(new TextReader(text, kind));
          case DeniedLeaf.KIND -> DeniedLeaf.read(new TextReader(text, kind));
          case AlarmLeaf.KIND -> AlarmLeaf.read(new TextReader(text, kind));
          case StartLeaf.KIND -> StartLeaf.read(new TextReader(text, kind));
          default -> throw ProofException.syntax("line 1: no leaf is called " + kind);
        };
    if (!leaf.text().equals(text)) {
      throw ProofException.syntax("the leaf is not in the form that a writer prints");
    }
    return leaf;
  }
}
