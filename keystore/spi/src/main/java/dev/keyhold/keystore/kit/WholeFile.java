package dev.keyhold.keystore.kit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Optional;

/**
 * A file that appears whole or not at all: it is written in the same folder, forced to the disk,
 * and then moved to its place. If it was not moved, it is deleted when this is closed; {@link
 * PartFiles#sweep} removes what a killed process left. Used by one thread.
 */
public final class WholeFile implements AutoCloseable {
  private final Path file;
  private final Path part;
  private final FileChannel out;

  private WholeFile(Path file, PartFiles.Opened opened) {
    this.file = file;
    part = opened.path();
    out = opened.channel();
  }

  /**
   * Begins a file that only its owner may read.
   *
   * @throws FileSystemException that names the file, not what is written beside it
   */
  public static WholeFile of(Path file) throws IOException {
    return of(file, FileAccess.ownerOnly(file));
  }

  /** Begins a file with the permissions that the umask gives. */
  public static WholeFile shared(Path file) throws IOException {
    return of(file, new FileAttribute<?>[0]);
  }

  private static WholeFile of(Path file, FileAttribute<?>[] attributes) throws IOException {
    try {
      return new WholeFile(file, PartFiles.beside(file, attributes));
    } catch (IOException e) {
      throw about(file, e);
    }
  }

  /**
   * Begins a file for the place of one that is there, with the owner, group and permissions of that
   * one. Removes what killed processes left in its folder.
   *
   * @throws AccessDeniedException if this process may not give them to it
   */
  public static WholeFile inPlaceOf(Path file) throws IOException {
    PartFiles.sweep(file.toAbsolutePath().getParent());
    WholeFile made = of(file);
    boolean done = false;
    try {
      FileAccess.align(made.part, file);
      done = true;
      return made;
    } finally {
      if (!done) {
        made.close();
      }
    }
  }

  /** Work that may fail as work on files does. */
  @FunctionalInterface
  public interface Check {
    void run() throws IOException;
  }

  /**
   * Gives a file another content, and leaves its owner and permissions; creates it for its owner
   * alone if it is not there. Not ended by an interrupt, since the caller must know whether the
   * change was made; the thread stays interrupted. Removes what killed processes left in its
   * folder.
   *
   * @param file absolute
   * @param check runs when all but the name is on the disk; if it throws an exception, the file
   *     stays as it is
   */
  public static void write(Path file, byte[] content, Check check) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try (WholeFile made = inPlaceOf(file)) {
          made.write(content);
          made.force();
          check.run();
          made.replace();
          return;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns the file that is written until it takes its place. */
  public Path part() {
    return part;
  }

  /** Returns the channel to write to. */
  public FileChannel channel() {
    return out;
  }

  /** Writes at the position of the channel. */
  public void write(byte[] bytes) throws IOException {
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        out.write(buffer);
      }
    } catch (IOException e) {
      throw about(file, e);
    }
  }

  /** Forces all that was written to the disk. */
  public void force() throws IOException {
    try {
      out.force(true);
    } catch (IOException e) {
      throw about(file, e);
    }
  }

  /** Takes its place, also that of a file which is there; on the disk when this returns. */
  public void replace() throws IOException {
    move(StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Moves the file to its place if that is free, even if the file system has no hard links; it is
   * on the disk when this returns. If two processes do so at the same time, one can replace the
   * other's file.
   *
   * @throws FileAlreadyExistsException if there is a file
   */
  public void moveIfAbsent() throws IOException {
    move();
  }

  private void move(StandardCopyOption... options) throws IOException {
    force();
    try {
      Files.move(part, file, options);
    } catch (IOException e) {
      throw about(file, e);
    }
    out.close(); // it was locked until it was in its place, or another process would sweep it
    FileAccess.forceFolder(file);
  }

  /**
   * Moves the file to its place atomically if that is free; it is on the disk when this returns.
   *
   * @return false if there is a file
   */
  public boolean putIfAbsent() throws IOException {
    force();
    try {
      Files.createLink(file, part);
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (UnsupportedOperationException e) {
      throw new IOException("the file system of " + file.getParent() + " has no hard links", e);
    }
    FileAccess.forceFolder(file);
    return true;
  }

  @Override
  public void close() throws IOException {
    try {
      out.close();
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Writes all of some bytes at a position of a file. */
  public static void write(FileChannel channel, long position, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer, position + buffer.position());
    }
  }

  /** Reads so many bytes from a position of a file; returns empty if it ends before. */
  public static Optional<byte[]> read(FileChannel channel, long position, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        return Optional.empty();
      }
    }
    return Optional.of(buffer.array());
  }

  /** Returns a failure of what is written beside a file as one that names the file. */
  public static IOException about(Path file, IOException failure) {
    if (failure instanceof FileAlreadyExistsException
        || failure instanceof ClosedChannelException
        || failure instanceof InterruptedIOException
        || (failure instanceof FileSystemException known
            && file.toString().equals(known.getFile())
            && known.getReason() != null
            && known.getOtherFile() == null)) {
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
            ? new AccessDeniedException(file.toString(), null, reason)
            : new FileSystemException(file.toString(), null, reason);
    told.initCause(failure);
    return told;
  }
}
