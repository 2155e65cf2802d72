package dev.keyhold.custody.server.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** The disk, which fails or hangs where a test says so. */
public final class FaultyFiles implements LogFiles {
  /** What goes wrong. */
  public enum Fault {
    NONE,
    /** A write takes half of its bytes and then fails. */
    WRITE,
    /** A force fails, and what was written since the last one is lost. */
    FORCE,
    /** Nothing can be created or written. */
    READ_ONLY,
    /** A force fails by an error of this Java runtime. */
    ERROR
  }

  private final LogFiles disk = new DiskFiles();
  private final AtomicInteger failures = new AtomicInteger();
  private volatile Fault fault = Fault.NONE;
  private volatile CountDownLatch hang = new CountDownLatch(0);
  private volatile long usable = Long.MAX_VALUE;

  /** Sets what goes wrong from now on. */
  public void fail(Fault what) {
    fault = what;
  }

  /** Has each force wait until the latch is open. */
  public void hang(CountDownLatch until) {
    hang = until;
  }

  /** Sets how much of the disk is free. */
  public void usable(long bytes) {
    usable = bytes;
  }

  /** Returns how often something failed. */
  public int failures() {
    return failures.get();
  }

  private void failIf(boolean is, String message) throws IOException {
    if (is) {
      failures.incrementAndGet();
      throw new IOException(message);
    }
  }

  private final class Faulty implements Appender {
    private final Appender file;
    private long length;
    private long forced;

    Faulty(Appender file) {
      this.file = file;
    }

    @Override
    public void append(byte[] bytes) throws IOException {
      if (fault == Fault.WRITE) {
        file.append(Arrays.copyOf(bytes, bytes.length / 2));
      }
      failIf(fault == Fault.WRITE || fault == Fault.READ_ONLY, "No space left on device");
      file.append(bytes);
      length += bytes.length;
    }

    @Override
    public void force() throws IOException {
      try {
        hang.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
      if (fault == Fault.ERROR) {
        throw new InternalError("a fault in a page of a mapped file");
      }
      if (fault == Fault.FORCE) {
        file.truncate(forced); // the worst that the kernel may do: it drops the dirty pages
      }
      failIf(fault == Fault.FORCE || fault == Fault.READ_ONLY, "Input/output error");
      file.force();
      forced = length;
    }

    @Override
    public void truncate(long newLength) throws IOException {
      failIf(fault == Fault.READ_ONLY, "Read-only file system");
      file.truncate(newLength);
      length = newLength;
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  @Override
  public Appender create(Path file) throws IOException {
    failIf(fault == Fault.READ_ONLY, "Read-only file system");
    return new Faulty(disk.create(file));
  }

  @Override
  public void replace(Path file, Path place) throws IOException {
    failIf(fault == Fault.READ_ONLY, "Read-only file system");
    disk.replace(file, place);
  }

  @Override
  public void write(Path file, byte[] content) throws IOException {
    failIf(fault == Fault.READ_ONLY || fault == Fault.WRITE, "No space left on device");
    disk.write(file, content);
  }

  @Override
  public void forceFolder(Path file) throws IOException {
    disk.forceFolder(file);
  }

  @Override
  public long usable(Path folder) throws IOException {
    return Math.min(usable, disk.usable(folder));
  }
}
