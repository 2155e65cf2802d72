package dev.keyhold.object;

import dev.keyhold.object.Header.MalformedHeaderException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * All that stands before the chunks of an object: header, salt and commitment; none of it is
 * checked yet. A view of bytes that do not change meanwhile.
 */
public final class Prefix {
  private final byte[] bytes;
  private final int from;
  private final int saltAt;

  private Prefix(byte[] bytes, int from, int length) {
    this.bytes = bytes;
    this.from = from;
    saltAt = from + length - Cobblestone.PREFIX;
  }

  /**
   * Returns the length of the prefix that starts with these bytes.
   *
   * @param prologue at least {@link Header#PROLOGUE} bytes
   */
  public static int length(byte[] prologue) throws MalformedHeaderException {
    return length(prologue, 0);
  }

  /**
   * Returns the length of the prefix that starts at an index.
   *
   * @param prologue at least {@link Header#PROLOGUE} bytes from there
   */
  static int length(byte[] prologue, int from) throws MalformedHeaderException {
    return Header.length(prologue, from) + Cobblestone.PREFIX;
  }

  /**
   * Cuts a prefix.
   *
   * @param bytes exactly as long as {@link #length} says; not copied
   */
  public static Prefix of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  /**
   * Cuts a prefix that stands among other bytes.
   *
   * @param length as {@link #length} says
   */
  static Prefix of(byte[] bytes, int from, int length) {
    return new Prefix(bytes, from, length);
  }

  /** Returns whether the recipients wrap an epoch key, as the header says. */
  public boolean isOfEpoch() {
    return bytes[from + Header.DATA_KEYS_AT] == DataKeyMode.EPOCH.id();
  }

  /** Returns the header, its MAC included; a copy. */
  public byte[] header() {
    return Arrays.copyOfRange(bytes, from, saltAt);
  }

  /** Returns whether this is the header. */
  public boolean hasHeader(byte[] header) {
    return Arrays.equals(bytes, from, saltAt, header, 0, header.length);
  }

  /** Returns a number that tells headers apart in most cases: a part of their MAC. */
  public int headerHash() {
    return hash(bytes, saltAt);
  }

  /** Returns the same number of a header. */
  public static int headerHash(byte[] header) {
    return hash(header, header.length);
  }

  private static int hash(byte[] bytes, int end) {
    return (bytes[end - 1] & 0xff)
        | (bytes[end - 2] & 0xff) << 8
        | (bytes[end - 3] & 0xff) << 16
        | bytes[end - 4] << 24;
  }

  void putSalt(byte[] into, int at) {
    System.arraycopy(bytes, saltAt, into, at, Cobblestone.SALT);
  }

  /** Returns whether this is the commitment, in constant time. */
  boolean commits(byte[] commitment) {
    int at = saltAt + Cobblestone.SALT;
    return MessageDigest.isEqual(
        Arrays.copyOfRange(bytes, at, at + Cobblestone.COMMITMENT), commitment);
  }
}
