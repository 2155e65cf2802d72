package dev.keyhold.epoch.board;

import dev.keyhold.object.Header;
import dev.keyhold.object.Header.MalformedHeaderException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An entry of a board: {@code magic "KHBD" || version || 3 zero bytes || pass || header}. The
 * header is that of the objects under an epoch key. The pass is a header too, whose wraps of the
 * same epoch key are bound to series, slot, part and times in addition to everything else: it shows
 * that the key is of this span of time, and by its MAC, as the header by its own, that both are of
 * one key. FORMAT.md, section 13.
 */
public final class BoardEntry {
  private static final int MAGIC = 0x4B484244; // KHBD
  private static final int VERSION = 2;
  private static final int START = 8;

  private final byte[] pass;
  private final byte[] header;

  /**
   * Creates an entry of two headers, MACs included.
   *
   * @param pass how a process comes by the epoch key
   * @param header what its objects begin with
   */
  public BoardEntry(byte[] pass, byte[] header) {
    this.pass = pass;
    this.header = header;
  }

  public byte[] pass() {
    return pass;
  }

  public byte[] header() {
    return header;
  }

  public byte[] encode() {
    return ByteBuffer.allocate(START + pass.length + header.length)
        .putInt(MAGIC)
        .put((byte) VERSION)
        .position(START)
        .put(pass)
        .put(header)
        .array();
  }

  /** Parses an entry: any bytes give an entry or the exception. */
  public static BoardEntry parse(byte[] entry) throws MalformedHeaderException {
    boolean magic = entry.length > START && ByteBuffer.wrap(entry).getInt() == MAGIC;
    if (magic && entry[4] != VERSION) {
      throw new MalformedHeaderException(
          "an entry of version %s; this release knows version %s".formatted(entry[4], VERSION));
    }
    if (!magic
        || entry.length < START + 2 * Header.BLOCK
        || (entry[5] | entry[6] | entry[7]) != 0) {
      throw new MalformedHeaderException("no entry of a board that this version knows");
    }
    int passEnd = START + Header.length(entry, START);
    if (passEnd > entry.length - Header.BLOCK
        || passEnd + Header.length(entry, passEnd) != entry.length) {
      throw new MalformedHeaderException("an entry that is cut short");
    }
    return new BoardEntry(
        Arrays.copyOfRange(entry, START, passEnd),
        Arrays.copyOfRange(entry, passEnd, entry.length));
  }
}
