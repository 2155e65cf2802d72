package dev.keyhold.keystore.software.file;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.kit.FileAccess;
import dev.keyhold.keystore.kit.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/**
 * The key file as a sequence of bytes at a path: read, replaced, locked. Every failure of the file
 * system is thrown as a {@link BackendException} that says what to do. Thread-safe.
 */
public final class KeyFile {
  /** The largest file that is read or written, in bytes. */
  public static final int MAX_SIZE = 1 << 24;

  private static final DateTimeFormatter BACKUP_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT);

  /** The longest that a writer or a backup adds to the file's name, in bytes. */
  private static final int LONGEST_SUFFIX = 24;

  private static final int NAME_MAX = 255;

  private final Path path;

  public KeyFile(Path path) {
    this.path = path.toAbsolutePath();
  }

  Path path() {
    return path;
  }

  /** All bytes of the file, with the stamp that it had not later than when they were read. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  record Content(byte[] bytes, FileStamp stamp) {}

  /** Work on files, whose failures {@link #io} translates. */
  private interface FileWork<T> {
    T run() throws IOException, BackendException;
  }

  /** Returns the stamp of the file as it is now; empty if there is no file. */
  public Optional<FileStamp> stamp() throws BackendException {
    return io("read", () -> FileStamp.of(path));
  }

  /**
   * Reads the file.
   *
   * @return empty if there is none, in a directory that is there
   */
  Optional<Content> read() throws BackendException {
    return io(
        "read",
        () -> {
          Path target = target();
          Optional<FileStamp> stamp = FileStamp.of(target);
          if (stamp.isEmpty()) {
            return Optional.empty();
          }
          try (InputStream in = Files.newInputStream(target)) {
            byte[] bytes = in.readNBytes(MAX_SIZE + 1);
            if (bytes.length > MAX_SIZE) {
              throw misconfigured("is larger than any key file");
            }
            return Optional.of(new Content(bytes, stamp.get()));
          }
        });
  }

  /** Waits for the right to replace the file: {@link Held}. */
  public Held lock() throws BackendException {
    return io(
        "change",
        () -> {
          Path target = target();
          return new Held(target, WriteLock.of(target));
        });
  }

  /** The right to replace the file. */
  public final class Held implements AutoCloseable {
    private final Path target;
    private final WriteLock lock;

    private Held(Path target, WriteLock lock) {
      this.target = target;
      this.lock = lock;
    }

    /**
     * Replaces the content that had this stamp, as a whole. Is not interrupted once it has begun.
     *
     * @param expected if the file has another one now, a process without the lock writes it, and
     *     the file is not changed
     */
    public FileStamp replace(byte[] content, Optional<FileStamp> expected) throws BackendException {
      return io(
          "change",
          () -> {
            if (Thread.currentThread().isInterrupted()) {
              throw new InterruptedIOException("interrupted");
            }
            WholeFile.write(target, content, () -> requireUnchanged(target, expected));
            return FileStamp.of(target).orElseThrow(() -> new IOException("it is gone"));
          });
    }

    private static void requireUnchanged(Path target, Optional<FileStamp> expected)
        throws IOException {
      if (!FileStamp.of(target).equals(expected)) {
        throw new IOException("it was written by somebody who ignores the lock; try again");
      }
    }

    /**
     * Leaves a copy of the file beside it, with a name that says when, and gives its path. The copy
     * is on the disk when this returns.
     */
    String backUp(Instant now) throws BackendException {
      return io(
          "back up",
          () -> {
            String time = BACKUP_TIME.format(now.atOffset(ZoneOffset.UTC));
            Path copy = target.resolveSibling(target.getFileName() + "." + time + ".backup");
            if (Files.exists(copy)) {
              throw new IOException("there is a copy of this second: try again");
            }
            Files.createFile(copy, FileAccess.ownerOnly(copy));
            boolean done = false;
            try (FileChannel out = FileChannel.open(copy, StandardOpenOption.WRITE)) {
              Files.copy(target, Channels.newOutputStream(out));
              FileAccess.align(copy, target);
              out.force(true);
              FileAccess.forceFolder(copy);
              done = true;
            } finally {
              if (!done) {
                Files.deleteIfExists(copy); // it may be cut short
              }
            }
            return copy.toString();
          });
    }

    @Override
    public void close() {
      lock.close();
    }
  }

  /** Returns what a symbolic link leads to, so that a write replaces the file and not the link. */
  private Path target() throws IOException, BackendException {
    try {
      Path target = path.toRealPath();
      if (!Files.isRegularFile(target)) {
        throw misconfigured("is not a regular file");
      }
      return target;
    } catch (NoSuchFileException e) {
      return targetToMake();
    }
  }

  private Path targetToMake() throws IOException, BackendException {
    Path directory = path.getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw misconfigured("stands in a directory that does not exist: make it, or mend the path");
    }
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw misconfigured("is a symbolic link to a file that can't be found: is a disk missing?");
    }
    String name = path.getFileName().toString();
    if (name.getBytes(StandardCharsets.UTF_8).length > NAME_MAX - LONGEST_SUFFIX) {
      throw misconfigured(
          "has a name of more than %s bytes, which leaves no room for the names of its lock and its next content: give it a shorter one"
              .formatted(NAME_MAX - LONGEST_SUFFIX));
    }
    return directory.toRealPath().resolve(path.getFileName());
  }

  private <T> T io(String verb, FileWork<T> work) throws BackendException {
    try {
      return work.run();
    } catch (ClosedByInterruptException | InterruptedIOException e) {
      throw new BackendException(
          Reason.UNAVAILABLE, "interrupted before the key file " + path + " was " + verb, e);
    } catch (AccessDeniedException e) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          String.format(
              "this process may not %s the key file %s: mend the permissions of %s%s",
              verb, path, toMend(e), e.getReason() == null ? "" : " (" + e.getReason() + ")"),
          e);
    } catch (FileSystemException e) {
      throw new BackendException(Reason.UNAVAILABLE, explained(verb, e), e);
    } catch (IOException e) {
      throw new BackendException(
          Reason.UNAVAILABLE, "can't " + verb + " the key file " + path + ": " + e.getMessage(), e);
    }
  }

  private String explained(String verb, FileSystemException e) {
    String reason = e.getReason() == null ? e.toString() : e.getReason();
    String remedy =
        reason.contains("busy")
            ? ": the file is mounted by itself, so that it can't be replaced as a whole; mount its"
                + " folder instead"
            : reason.contains("Read-only")
                ? ": its folder must be writable for what makes or changes keys"
                : reason.contains("No space")
                    ? ": the disk is full; the file is as it was before"
                    : "";
    return "can't %s the key file %s: %s%s".formatted(verb, path, reason, remedy);
  }

  /** Returns what the user is to change: of a file that could not be made, the directory. */
  private Path toMend(AccessDeniedException e) {
    try {
      // the cause names the file that could not be created in the folder
      boolean beside = e.getCause() instanceof AccessDeniedException;
      Path file = Path.of(beside ? ((AccessDeniedException) e.getCause()).getFile() : e.getFile());
      return Files.exists(file) ? file : file.getParent();
    } catch (InvalidPathException invalid) {
      return path.getParent(); // in the POSIX locale a name may be undecodable
    }
  }

  /** Returns an error that says that the file is no good, and how. */
  BackendException misconfigured(String what) {
    return misconfigured(what, null);
  }

  /** Returns an error that says that the file is no good, and how. */
  BackendException misconfigured(String what, Throwable cause) {
    return new BackendException(Reason.MISCONFIGURED, "the key file " + path + " " + what, cause);
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
