package dev.keyhold.custody.proof.log;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;

/**
 * The records of segments and of the history (docs/AUDIT.md, section 6.1): {@code u32 length ||
 * leaf hash[0:8] || bytes}, without gaps. The check value tells an incomplete record; the tree
 * protects the content.
 */
public final class Records {
  /** How many leaves a segment has. */
  public static final int SEGMENT = 65_536;

  /** The most bytes that a record holds. */
  public static final int MAX_LENGTH = 65_535;

  /** The length of what stands before the bytes. */
  public static final int PREFIX = 12;

  private static final int CHECK = 8;

  private Records() {}

  /** What {@link #read} found. */
  public enum End {
    /** The bytes of a record were read. */
    RECORD,
    /** The file ended after a whole record. */
    FILE,
    /** The file ended inside a record. */
    TORN,
    /** The length is out of bounds or the check value is another one. */
    DAMAGED
  }

  /**
   * A record, or why there is none.
   *
   * @param end what was found
   * @param bytes the bytes; null without a record
   * @param hash their leaf hash; null without a record
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Read(End end, byte[] bytes, byte[] hash) {}

  /** Returns the name of the file with this number, in {@code segment} or {@code history}. */
  public static String fileName(long number) {
    return String.format(Locale.ROOT, "%08d", number);
  }

  /** Returns the bytes as a record. */
  public static byte[] encode(byte[] bytes, byte[] leafHash) {
    if (bytes.length < 1 || bytes.length > MAX_LENGTH) {
      throw new IllegalArgumentException("a record holds 1 to 65,535 bytes, not " + bytes.length);
    }
    ByteArrayOutputStream record = new ByteArrayOutputStream(PREFIX + bytes.length);
    record.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
    record.write(leafHash, 0, CHECK);
    record.writeBytes(bytes);
    return record.toByteArray();
  }

  /** Returns the next record of a file; the stream should be buffered. */
  public static Read read(InputStream in) throws IOException {
    byte[] prefix = new byte[PREFIX];
    int got = in.readNBytes(prefix, 0, PREFIX);
    if (got < PREFIX) {
      return new Read(got == 0 ? End.FILE : End.TORN, null, null);
    }
    int length = ByteBuffer.wrap(prefix).getInt();
    if (length < 1 || length > MAX_LENGTH) {
      return new Read(End.DAMAGED, null, null);
    }
    byte[] bytes = new byte[length];
    try {
      new DataInputStream(in).readFully(bytes);
    } catch (EOFException e) {
      return new Read(End.TORN, null, null);
    }
    byte[] hash = Hashes.leaf(bytes);
    return Arrays.equals(hash, 0, CHECK, prefix, 4, PREFIX)
        ? new Read(End.RECORD, bytes, hash)
        : new Read(End.DAMAGED, null, null);
  }
}
