package dev.keyhold.keystore.kit;

import dev.keyhold.keystore.LocalRandom;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The right of one user within this JVM to open a file that is locked by the operating system. A
 * POSIX lock belongs to the process and is released when the process closes any descriptor of the
 * file, so a user without the claim must not open the file.
 *
 * <p>Claims are system properties, since nothing else is shared by all class loaders: two
 * applications of a server may each have this class. Their values are strings, as other code that
 * reads the system properties expects. Thread-safe; a claim may be given up by another thread.
 */
public final class FileClaim implements AutoCloseable {
  private static final String PREFIX = "dev.keyhold.locked.";
  private static final long PAUSE_MILLIS = 2;

  private final String name;
  private final String holder;

  private FileClaim(String name, String holder) {
    this.name = name;
    this.holder = holder;
  }

  private static String name(Path file) {
    return PREFIX + file;
  }

  /**
   * Claims a file.
   *
   * @param file real or absolute, the same for all its users
   * @return empty if it is claimed
   */
  public static Optional<FileClaim> of(Path file) {
    String holder = HexFormat.of().formatHex(LocalRandom.bytes(8));
    String name = name(file);
    return System.getProperties().putIfAbsent(name, holder) == null
        ? Optional.of(new FileClaim(name, holder))
        : Optional.empty();
  }

  /**
   * Claims a file, and waits for those who have claimed it.
   *
   * @return empty if it is still claimed after this time
   * @throws InterruptedIOException if interrupted; the thread stays so
   */
  public static Optional<FileClaim> of(Path file, long millis) throws IOException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (true) {
      Optional<FileClaim> claim = of(file);
      if (claim.isPresent() || System.nanoTime() - end >= 0) {
        return claim;
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
    }
  }

  /** Returns what tells one claim of a file from the next; empty if there is none. */
  public static String holder(Path file) {
    return String.valueOf(System.getProperties().getOrDefault(name(file), ""));
  }

  /** Gives the claim up. A second call has no effect. */
  @Override
  public void close() {
    System.getProperties().remove(name, holder);
  }
}
