package dev.keyhold.custody.proof.leaf;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.text.TextReader;
import dev.keyhold.custody.proof.text.TextWriter;
import dev.keyhold.custody.proof.text.Values;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * A signed text that the log took: a charter, or one of the statements. The note follows the lines
 * and an empty line, byte for byte as it was received.
 *
 * @param time when
 * @param note the bytes of the note; the array is the leaf's own
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StatementLeaf(Instant time, byte[] note) implements Leaf {
  /** The first line. */
  public static final String KIND = "keyhold.dev/statement@v1";

  static StatementLeaf read(byte[] bytes, String text) {
    int gap = text.indexOf("\n\n");
    if (gap < 0) {
      throw ProofException.syntax("an empty line and a note belong after the lines");
    }
    TextReader reader = new TextReader(text.substring(0, gap + 1), KIND);
    Instant time = reader.one("time", Values::millis);
    reader.end();
    return new StatementLeaf(time, Arrays.copyOfRange(bytes, gap + 2, bytes.length));
  }

  /** Returns the lines, without the note. */
  @Override
  public String text() {
    return new TextWriter(KIND).line("time", Values.millis(time)).toString();
  }

  @Override
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes((text() + "\n").getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(note);
    return bytes.toByteArray();
  }
}
