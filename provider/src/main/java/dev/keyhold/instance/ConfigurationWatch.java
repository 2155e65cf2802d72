package dev.keyhold.instance;

import dev.keyhold.platform.Daemons;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/**
 * Checks periodically whether a configuration file was changed, and then has it read. A content is
 * read only if two checks in a row found it, so that a file is not read while it is written. A
 * content that is not valid is logged once, and the former configuration stays in force. The watch
 * does not keep a provider from garbage collection. Thread-safe.
 */
final class ConfigurationWatch implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.keyhold");

  /** Longer than any configuration: of one that is longer, nothing more is looked at. */
  private static final int MAX_LENGTH = 1 << 22;

  private final WeakReference<ProviderInstance> instance;
  private final Path file;
  private byte[] known;
  private byte[] seen;
  private Thread thread;

  /** Takes the present content for the one that is in force. */
  ConfigurationWatch(ProviderInstance instance, Path file) {
    this.instance = new WeakReference<>(instance);
    this.file = file;
    known = content();
    seen = known;
  }

  /** Begins to look, on a daemon thread. */
  static ConfigurationWatch start(ProviderInstance instance, Path file, Duration period) {
    ConfigurationWatch watch = new ConfigurationWatch(instance, file);
    watch.thread = Daemons.thread("keyhold-configuration", () -> watch.run(period));
    watch.thread.start();
    return watch;
  }

  private void run(Duration period) {
    try {
      do {
        Thread.sleep(period.toMillis());
      } while (look());
    } catch (InterruptedException e) {
      // closed
    }
  }

  /**
   * Looks once.
   *
   * @return false if the provider is not there any more
   */
  synchronized boolean look() {
    ProviderInstance watched = instance.get();
    if (watched == null) {
      return false;
    }
    byte[] now = content();
    boolean settled = Arrays.equals(now, seen);
    seen = now;
    if (settled && !Arrays.equals(now, known)) {
      known = now;
      try {
        watched.reload();
      } catch (RuntimeException e) { // a ConfigurationException, or an unexpected one
        LOG.log(
            System.Logger.Level.ERROR,
            "the changed configuration is no good, and what was configured stays in force: {0}",
            e.getMessage());
      }
    }
    return true;
  }

  /**
   * Returns the content of the file; empty if it can't be read, which is not a valid content
   * either.
   */
  private byte[] content() {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MAX_LENGTH);
    } catch (IOException e) {
      return new byte[0];
    }
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.interrupt();
    }
  }
}
