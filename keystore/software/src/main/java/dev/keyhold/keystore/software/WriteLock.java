package dev.keyhold.keystore.software;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The right to replace one file, held by one thread of one process at a time: an operating system's
 * lock on a file of its own, which is never deleted, and a lock inside this JVM, since the former
 * belongs to the whole process.
 */
final class WriteLock implements AutoCloseable {
  private static final Map<Path, ReentrantLock> IN_JVM = new ConcurrentHashMap<>();
  private static final long PATIENCE_MILLIS = 30_000;
  private static final long PAUSE_MILLIS = 5;

  private final ReentrantLock inJvm;
  private final FileChannel channel;

  private WriteLock(ReentrantLock inJvm, FileChannel channel) {
    this.inJvm = inJvm;
    this.channel = channel;
  }

  /**
   * Waits for the lock, for half a minute at most.
   *
   * @param target the file's real path
   * @throws InterruptedIOException if interrupted; the thread stays so
   */
  static WriteLock of(Path target) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    ReentrantLock inJvm = IN_JVM.computeIfAbsent(target, path -> new ReentrantLock());
    try {
      if (!inJvm.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        throw busy(target);
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
    boolean done = false;
    try {
      WriteLock lock = new WriteLock(inJvm, openLocked(target, deadline));
      done = true;
      return lock;
    } finally {
      if (!done) {
        inJvm.unlock();
      }
    }
  }

  private static FileChannel openLocked(Path target, long deadline) throws IOException {
    Path path = lockFile(target);
    makeOnce(path, target);
    FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
    boolean done = false;
    try {
      while (!isLocked(channel)) {
        if (System.nanoTime() - deadline > 0) {
          throw busy(target);
        }
        Thread.sleep(PAUSE_MILLIS);
      }
      done = true;
      return channel;
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      if (!done) {
        channel.close();
      }
    }
  }

  private static void makeOnce(Path lockFile, Path target) throws IOException {
    try {
      Files.createFile(lockFile, FileAccess.ownerOnly(lockFile));
    } catch (FileAlreadyExistsException e) {
      return;
    }
    boolean done = false;
    try {
      FileAccess.align(lockFile, target);
      done = true;
    } finally {
      if (!done) {
        // or it would lock out the key file's owner
        Files.delete(lockFile);
      }
    }
  }

  @SuppressWarnings("resource") // closing the channel releases it
  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      // the same class, loaded once more in this JVM
      return false;
    }
  }

  /** The file that is locked in place of this one, which is replaced and so can't carry a lock. */
  static Path lockFile(Path target) {
    return target.resolveSibling(target.getFileName() + ".lock");
  }

  private static IOException busy(Path target) {
    return new IOException(
        "another process or thread has held the lock "
            + lockFile(target)
            + " for "
            + PATIENCE_MILLIS / 1000
            + " s; look for one that hangs");
  }

  private static IOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // the change was made or not, whatever becomes of the lock's file descriptor
    } finally {
      inJvm.unlock();
    }
  }
}
