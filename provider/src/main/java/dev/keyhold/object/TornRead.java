package dev.keyhold.object;

import java.util.Arrays;

/**
 * Tells a header that is being replaced in place from an altered one. A rewrap writes a header into
 * a file while others read it; one that is longer than what the operating system writes at once can
 * be read half old and half new. So what does not open is read once more: only bytes that stay the
 * same are what the object holds.
 */
public final class TornRead {
  /** The maximum number of attempts. */
  public static final int TRIES = 5;

  private static final int PAUSE_MILLIS = 20;

  private TornRead() {}

  /** Waits for a writer to be done with a header; returns false if the thread is interrupted. */
  public static boolean pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Returns whether the first bytes of an object differ where it has its header. */
  public static boolean isAnother(byte[] before, byte[] now, int length) {
    try {
      int header = Math.min(length, Header.length(before, 0));
      return !Arrays.equals(before, 0, header, now, 0, header);
    } catch (Header.MalformedHeaderException e) {
      return !Arrays.equals(before, 0, length, now, 0, length);
    }
  }
}
