package dev.keyhold.object;

import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;

/**
 * The one answer to every object that does not open: whether its header, a wrap, the commitment or
 * a chunk failed, the caller sees the same, and only the log says which.
 */
public final class NotOpened {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.envelope");

  private static final Pattern UNPRINTABLE = Pattern.compile("[^\\p{Print}\\p{L}\\p{N}]");
  private static final int MAX_DETAIL = 500;

  private NotOpened() {}

  /**
   * Logs the detail and returns the exception for the caller.
   *
   * @param detail may quote the object, which anybody may have made
   */
  public static AEADBadTagException because(String detail) {
    LOG.log(System.Logger.Level.WARNING, "object not opened: {0}", printable(detail));
    return new AEADBadTagException(
        "the object was altered or cut short, or is for another key, tenant, IV or AAD;"
            + " the log of dev.keyhold.envelope says which");
  }

  /**
   * Returns the error for an object whose end is missing. Where nobody asked for the end, nothing
   * is wrong: CipherInputStream.close ends its cipher wherever it is.
   */
  static AEADBadTagException atItsEnd(String detail) {
    if (!isClosedEarly()) {
      return because(detail);
    }
    LOG.log(System.Logger.Level.DEBUG, "a CipherInputStream was closed before an object's end");
    return new AEADBadTagException("the stream was closed before the object's end");
  }

  private static boolean isClosedEarly() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames.anyMatch(
                    frame ->
                        frame.getClassName().equals("javax.crypto.CipherInputStream")
                            && frame.getMethodName().equals("close")));
  }

  /** Returns a text in one line, without control characters, and not too long. */
  private static String printable(String detail) {
    String line = UNPRINTABLE.matcher(detail).replaceAll("?");
    return line.length() <= MAX_DETAIL ? line : line.substring(0, MAX_DETAIL) + "...";
  }
}
