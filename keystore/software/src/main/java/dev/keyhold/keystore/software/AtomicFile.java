package dev.keyhold.keystore.software;

import dev.keyhold.keystore.LocalRandom;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Replaces a file as a whole: whatever happens, the old or the new content is there. The caller
 * holds the {@link WriteLock}.
 */
final class AtomicFile {
  private static final int SUFFIX_BYTES = 8;

  private final Path target;

  AtomicFile(Path target) {
    this.target = target;
  }

  /**
   * Writes a temporary file beside it, forces it to disk, and renames it. Is not interrupted once
   * it has begun: the caller must know whether the change was made.
   *
   * @param expected what the file is to be replaced in; if it is another now, somebody writes who
   *     does not hold the lock, and the file is left alone
   */
  void replace(byte[] content, Optional<FileStamp> expected) throws IOException {
    deleteLeftovers();
    String suffix = HexFormat.of().formatHex(LocalRandom.bytes(SUFFIX_BYTES));
    Path temporary = target.resolveSibling(target.getFileName() + "." + suffix + ".tmp");
    boolean moved = false;
    try {
      Files.createFile(temporary, FileAccess.ownerOnly(temporary));
      write(temporary, content);
      FileAccess.align(temporary, target);
      if (!FileStamp.of(target).equals(expected)) {
        throw new IOException("it was written by somebody who ignores the lock; try again");
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      moved = true;
    } finally {
      if (!moved) {
        Files.deleteIfExists(temporary);
      }
    }
    forceDirectory(target);
  }

  /** Returns whether the locale has a text for a name. */
  private static boolean isText(Path file) {
    try {
      return file.toFile().toPath().equals(file);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Writes and forces a file, even if the calling thread is interrupted meanwhile. */
  private static void write(Path file, byte[] content) throws IOException {
    if (!isText(file)) {
      // only a channel opens it, which an interrupt closes
      try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(content);
        while (rest.hasRemaining()) {
          out.write(rest);
        }
        out.force(true);
      }
      return;
    }
    try (FileOutputStream out = new FileOutputStream(file.toFile())) {
      out.write(content);
      out.getFD().sync();
    }
  }

  /** Whoever wrote such a file is dead: a living writer would hold the lock. */
  private void deleteLeftovers() throws IOException {
    Pattern ours =
        Pattern.compile(
            Pattern.quote(target.getFileName().toString())
                + "\\.[0-9a-f]{"
                + 2 * SUFFIX_BYTES
                + "}\\.tmp");
    try (DirectoryStream<Path> leftovers =
        Files.newDirectoryStream(
            target.getParent(), path -> ours.matcher(path.getFileName().toString()).matches())) {
      for (Path leftover : leftovers) {
        Files.deleteIfExists(leftover);
      }
    }
  }

  /** Puts the names in the directory of a file on the disk. */
  static void forceDirectory(Path target) throws IOException {
    if (!target.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      // Windows can't open a directory, and needs no such thing
      return;
    }
    boolean interrupted = false;
    try {
      while (true) {
        try (FileChannel directory =
            FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
          directory.force(true);
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
}
