package dev.keyhold.keystore.software.file;

import dev.keyhold.keystore.kit.FileAccess;
import dev.keyhold.keystore.kit.FileClaim;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The right to replace one file, held by one thread of one process at a time: an operating system's
 * lock on a file of its own, which is never deleted and names the holder, and inside this JVM,
 * since the former belongs to the whole process, a lock for threads and a {@link FileClaim}.
 */
public final class WriteLock implements AutoCloseable {
  private static final Map<Path, InJvm> IN_JVM = new ConcurrentHashMap<>();

  /** The longest time for which one holder may keep the lock before a waiting thread gives up. */
  private static final long PATIENCE_MILLIS = 30_000;

  /** The longest wait while one holder follows the other. */
  private static final long LONGEST_WAIT_MILLIS = 300_000;

  private static final long PAUSE_MILLIS = 5;
  private static final long LOOK_MILLIS = 200;
  private static final int MAX_HOLDER = 200;

  private final InJvm inJvm;
  private final FileClaim claim;
  private final FileChannel channel;

  private WriteLock(InJvm inJvm, FileClaim claim, FileChannel channel) {
    this.inJvm = inJvm;
    this.claim = claim;
    this.channel = channel;
  }

  /** The lock of this JVM for one file, and how often it was taken. */
  private static final class InJvm {
    private final ReentrantLock lock = new ReentrantLock(true);
    private final AtomicLong turns = new AtomicLong();
  }

  /**
   * Waits for the lock: for half a minute on one holder, and for five minutes on all of them.
   *
   * @param target the file's real path
   * @throws InterruptedIOException if interrupted; the thread stays so
   */
  public static WriteLock of(Path target) throws IOException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST_WAIT_MILLIS);
    InJvm inJvm = IN_JVM.computeIfAbsent(target, path -> new InJvm());
    try {
      long turns;
      do {
        turns = inJvm.turns.get();
        if (inJvm.lock.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
          return locked(target, inJvm, end);
        }
      } while (turns != inJvm.turns.get() && System.nanoTime() - end < 0);
    } catch (InterruptedException e) {
      throw interrupted();
    }
    throw busy(target, "another thread of this process", inJvm);
  }

  private static WriteLock locked(Path target, InJvm inJvm, long end)
      throws IOException, InterruptedException {
    boolean done = false;
    FileClaim claim = null;
    try {
      claim = claimed(target, inJvm, end);
      WriteLock lock = new WriteLock(inJvm, claim, openLocked(target, inJvm, end));
      inJvm.turns.incrementAndGet();
      done = true;
      return lock;
    } finally {
      if (!done) {
        if (claim != null) {
          claim.close();
        }
        inJvm.lock.unlock();
      }
    }
  }

  /** An operation that is repeated until it succeeds. */
  private interface Attempt {
    boolean succeeds() throws IOException;
  }

  private static void await(
      Attempt attempt, Supplier<String> currentHolder, Path target, InJvm inJvm, long end)
      throws IOException, InterruptedException {
    String holder = "";
    long since = System.nanoTime();
    long lookAt = since;
    while (!attempt.succeeds()) {
      long now = System.nanoTime();
      if (now - lookAt >= 0) {
        String found = currentHolder.get();
        since = found.equals(holder) ? since : now;
        holder = found;
        lookAt = now + TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS);
      }
      if (now - since > TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS) || now - end > 0) {
        throw busy(target, holder.isEmpty() ? "another process" : holder, inJvm);
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  /** Waits for users of the same file that another class loader has in this JVM. */
  private static FileClaim claimed(Path target, InJvm inJvm, long end)
      throws IOException, InterruptedException {
    Path path = lockFile(target);
    AtomicReference<FileClaim> claim = new AtomicReference<>();
    await(
        () -> {
          FileClaim.of(path).ifPresent(claim::set);
          return claim.get() != null;
        },
        () -> "another application in this process (" + FileClaim.holder(path) + ")",
        target,
        inJvm,
        end);
    return claim.get();
  }

  private static FileChannel openLocked(Path target, InJvm inJvm, long end)
      throws IOException, InterruptedException {
    Path path = lockFile(target);
    makeOnce(path, target);
    FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
    boolean done = false;
    try {
      await(() -> isLocked(channel), () -> holder(path), target, inJvm, end);
      name(channel);
      done = true;
      return channel;
    } finally {
      if (!done) {
        channel.close();
      }
    }
  }

  /** Says in the lock's file who holds it, for those who wait. */
  private static void name(FileChannel channel) {
    String holder = "process " + ProcessHandle.current().pid() + ", since " + Instant.now();
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.US_ASCII)), 0);
    } catch (ClosedByInterruptException e) {
      // the change that follows reports it
    } catch (IOException e) {
      // a full disk: nobody needs to know the holder
    }
  }

  private static String holder(Path lockFile) {
    try (InputStream in = Files.newInputStream(lockFile)) {
      return new String(in.readNBytes(MAX_HOLDER), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      // Windows lets nobody else read a locked file
      return "";
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
      // another release of this class, loaded once more in this JVM
      return false;
    }
  }

  /**
   * Returns the file that is locked in place of this one, which is replaced and so can't carry a
   * lock.
   */
  public static Path lockFile(Path target) {
    return target.resolveSibling(target.getFileName() + ".lock");
  }

  private static IOException busy(Path target, String holder, InJvm inJvm) {
    return new IOException(
        "%s (%s threads of this process wait too) has held the lock %s for %s s, or others took it again and again for %s s: see whether it hangs, then try again"
            .formatted(
                holder,
                inJvm.lock.getQueueLength(),
                lockFile(target),
                PATIENCE_MILLIS / 1000,
                LONGEST_WAIT_MILLIS / 1000));
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
      claim.close();
      inJvm.lock.unlock();
    }
  }
}
