package dev.keyhold.file;

import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.encoding.Digests;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A file that is being written, beside the one whose place it takes when it is complete. Only its
 * owner may read it. It is locked while it is written, so that what a killed process left is known
 * by its name and by not being locked. Its name does not depend on that of the other file, which
 * may be as long as names can be. It begins with a tag of the process, which does not open the
 * files that have its own: closing such a file would release the lock, since POSIX locks belong to
 * the process. Stateless.
 */
public final class PartFile {
  private static final Pattern NAME = Pattern.compile("\\.keyhold-[0-9a-f]{32}\\.part");
  private static final int TRIES = 5;
  private static final int TAG_BYTES = 6;

  /** The same in all class loaders of a process, and another one in the next process. */
  private static final String TAG = tag(ProcessHandle.current());

  private static final String PREFIX = ".keyhold-" + TAG;

  private PartFile() {}

  private static String tag(ProcessHandle process) {
    String identity = process.pid() + " " + process.info().startInstant();
    byte[] digest = Digests.local("SHA-256").digest(identity.getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(digest, 0, TAG_BYTES);
  }

  /** A new file that is open and locked. */
  public record Opened(Path path, FileChannel channel) {}

  /** Returns whether a name is one of such a file, or of what a rewrap leaves when it is killed. */
  public static boolean isOne(Path file) {
    String name = String.valueOf(file.getFileName());
    return NAME.matcher(name).matches()
        || (name.startsWith(".") && name.endsWith(HeaderJournal.SUFFIX));
  }

  /**
   * Makes a file beside another one.
   *
   * @throws FileSystemException that names the other file
   */
  public static Opened beside(Path target) throws IOException {
    try {
      for (int i = 0; i < TRIES; i++) {
        String random = HexFormat.of().formatHex(LocalRandom.bytes(16 - TAG_BYTES));
        Path path = target.resolveSibling(PREFIX + random + ".part");
        FileChannel channel =
            FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                ownerOnly(path));
        lock(channel);
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
          return new Opened(path, channel);
        }
        channel.close(); // another process swept it before it was locked
      }
    } catch (IOException e) {
      throw about(target, e);
    }
    throw new FileSystemException(target.toString(), null, "another process removes its new file");
  }

  /** Removes what killed processes left in a folder. */
  public static void sweep(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".keyhold-*.part")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (NAME.matcher(name).matches()
            && !name.startsWith(PREFIX)
            && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          sweepOne(file);
        }
      }
    } catch (IOException e) {
      // who may not read the folder may not sweep it
    }
  }

  private static void sweepOne(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | OverlappingFileLockException e) {
      // it is being written, or belongs to somebody else
    }
  }

  private static void lock(FileChannel channel) {
    try {
      channel.tryLock();
    } catch (IOException e) {
      // a file system without locks: nobody can lock it to sweep it either
    }
  }

  /** A failure of the new file, said of the one whose place it is to take. */
  public static IOException about(Path target, IOException failure) {
    if (failure instanceof FileAlreadyExistsException
        || failure instanceof ClosedChannelException
        || failure instanceof InterruptedIOException) {
      return failure;
    }
    boolean named = failure instanceof FileSystemException;
    String reason = named ? ((FileSystemException) failure).getReason() : failure.getMessage();
    if (reason == null) {
      reason =
          failure instanceof AccessDeniedException
              ? "this user may not write to its folder"
              : failure.getClass().getSimpleName();
    }
    FileSystemException told =
        failure instanceof AccessDeniedException
            ? new AccessDeniedException(target.toString(), null, reason)
            : new FileSystemException(target.toString(), null, reason);
    told.initCause(failure);
    return told;
  }

  /**
   * Makes a new name in a folder last, where the system has such a thing and this user may read the
   * folder.
   *
   * @param file absolute
   */
  public static void forceFolder(Path file) throws IOException {
    try {
      WholeFile.forceFolder(file);
    } catch (AccessDeniedException e) {
      // a folder that can't be opened can't be forced
    }
  }

  /** Returns what makes a new file readable and writable for its owner alone. */
  public static FileAttribute<?>[] ownerOnly(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
