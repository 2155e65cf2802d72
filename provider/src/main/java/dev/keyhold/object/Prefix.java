package dev.keyhold.object;

import dev.keyhold.object.Header.MalformedHeaderException;
import java.util.Arrays;

/**
 * All that stands before the chunks of an object, cut into its parts; none of it is checked yet.
 *
 * @param header its MAC included
 * @param wrappedDataKey what the epoch key wrapped; empty where the recipients wrap the data key
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record Prefix(byte[] header, byte[] wrappedDataKey, byte[] salt, byte[] commitment) {
  /** The length of a data key that an epoch key wrapped, in bytes. */
  public static final int WRAPPED_DATA_KEY = 60;

  /**
   * How long the prefix is that starts with these bytes.
   *
   * @param prologue at least {@link Header#PROLOGUE} bytes
   */
  public static int length(byte[] prologue) throws MalformedHeaderException {
    return Header.length(prologue, 0) + wrappedLength(prologue) + Cobblestone.PREFIX;
  }

  private static int wrappedLength(byte[] prologue) {
    return prologue[Header.DATA_KEYS_AT] == DataKeyMode.EPOCH.id() ? WRAPPED_DATA_KEY : 0;
  }

  /**
   * Cuts a prefix.
   *
   * @param bytes exactly as long as {@link #length} says
   */
  public static Prefix of(byte[] bytes) {
    int commitmentAt = bytes.length - Cobblestone.COMMITMENT;
    int saltAt = commitmentAt - Cobblestone.SALT;
    int wrappedAt = saltAt - wrappedLength(bytes);
    return new Prefix(
        Arrays.copyOf(bytes, wrappedAt),
        Arrays.copyOfRange(bytes, wrappedAt, saltAt),
        Arrays.copyOfRange(bytes, saltAt, commitmentAt),
        Arrays.copyOfRange(bytes, commitmentAt, bytes.length));
  }
}
