package dev.keyhold.file;

import dev.keyhold.keystore.kit.FileClaim;
import dev.keyhold.keystore.kit.PartFiles;
import dev.keyhold.keystore.kit.WholeFile;
import dev.keyhold.object.Header;
import dev.keyhold.object.Header.MalformedHeaderException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Optional;

/**
 * A file that is one object, and whose header is to be replaced. A header of the same length is
 * written in place, with a {@link HeaderJournal} beside the file meanwhile; one of another length
 * makes a new file, which takes the old one's place when it is complete. So whatever happens, the
 * next user of this class finds the old or the new header, and unchanged data.
 *
 * <p>The file is locked meanwhile against other users of this class, as long as nothing else in
 * this process opens and closes it, which would release the lock. The journal, which nobody else
 * opens, is locked as well while the header is written. Used by one thread.
 */
public final class ObjectFile implements AutoCloseable {
  private final Path file;
  private final FileClaim claim;
  private final FileChannel channel;
  private final BasicFileAttributes found;
  private final byte[] header;

  private ObjectFile(
      Path file, FileClaim claim, FileChannel channel, BasicFileAttributes found, byte[] header) {
    this.file = file;
    this.claim = claim;
    this.channel = channel;
    this.found = found;
    this.header = header;
  }

  /**
   * Opens a file to change it, and first ends what an interrupted change left.
   *
   * @throws MalformedHeaderException if it is no object
   */
  public static ObjectFile open(Path path) throws IOException, MalformedHeaderException {
    Path file = path.toRealPath();
    FileClaim claim = FileClaim.of(file).orElseThrow(() -> busy(file));
    boolean opened = false;
    try {
      ObjectFile object = open(file, claim);
      opened = true;
      return object;
    } finally {
      if (!opened) {
        claim.close();
      }
    }
  }

  private static ObjectFile open(Path file, FileClaim claim)
      throws IOException, MalformedHeaderException {
    BasicFileAttributes named = attributes(file);
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean opened = false;
    try {
      lock(channel, file);
      requireSameFile(file, named, attributes(file)); // or the open file lost this name
      HeaderJournal.beside(file).heal(channel);
      BasicFileAttributes found = attributes(file);
      requireSameFile(file, named, found);
      ObjectFile object = new ObjectFile(file, claim, channel, found, readHeader(channel));
      opened = true;
      return object;
    } finally {
      if (!opened) {
        channel.close();
      }
    }
  }

  /**
   * Returns the header of a file that is not to be changed; where a change was interrupted, the one
   * that {@link #open} would find.
   *
   * @throws MalformedHeaderException if it is no object
   */
  public static byte[] readHeader(Path path) throws IOException, MalformedHeaderException {
    Path file = path.toRealPath();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Optional<byte[]> before = HeaderJournal.beside(file).interrupted(channel);
      return before.isPresent() ? before.get() : readHeader(channel);
    }
  }

  private static BasicFileAttributes attributes(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class);
  }

  private static void requireSameFile(Path file, BasicFileAttributes one, BasicFileAttributes other)
      throws IOException {
    if (!String.valueOf(one.fileKey()).equals(String.valueOf(other.fileKey()))) {
      throw changed(file);
    }
  }

  private static IOException changed(Path file) {
    return new IOException(file + " was changed by somebody else meanwhile; try again");
  }

  private static void lock(FileChannel channel, Path file) throws IOException {
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // by another release of this class in this process
    }
    if (lock == null) {
      throw busy(file);
    }
  }

  /** Returns the error for a file that another process is changing. */
  static IOException busy(Path file) {
    return new IOException(file + " is being rewrapped by somebody else");
  }

  private static byte[] readHeader(FileChannel channel)
      throws IOException, MalformedHeaderException {
    byte[] prologue = start(channel, Header.PROLOGUE);
    return start(channel, Header.length(prologue, 0));
  }

  private static byte[] start(FileChannel channel, int length)
      throws IOException, MalformedHeaderException {
    return WholeFile.read(channel, 0, length)
        .orElseThrow(
            () -> new MalformedHeaderException("no Keyhold object, or one that is cut short"));
  }

  /**
   * Returns whether a file has the name of one that a rewrap, or another writer, leaves when
   * killed.
   */
  public static boolean isLeftOver(Path file) {
    String name = String.valueOf(file.getFileName());
    return PartFiles.isOne(file) || (name.startsWith(".") && name.endsWith(HeaderJournal.SUFFIX));
  }

  /** Returns the header that the file has. */
  public byte[] header() {
    return header.clone();
  }

  /**
   * Puts another header in the place of the one that the file has.
   *
   * @throws java.nio.file.AccessDeniedException if the header is of another length and this process
   *     may not give a new file the owner and group of the old one
   */
  public void replace(byte[] newHeader) throws IOException, MalformedHeaderException {
    requireUnchanged();
    if (newHeader.length == header.length) {
      HeaderJournal.beside(file).replace(channel, header, newHeader);
    } else {
      copy(newHeader);
    }
  }

  private void requireUnchanged() throws IOException, MalformedHeaderException {
    BasicFileAttributes now = attributes(file);
    requireSameFile(file, found, now);
    if (now.size() != found.size()
        || !now.lastModifiedTime().equals(found.lastModifiedTime())
        || !Arrays.equals(header, readHeader(channel))) {
      throw changed(file);
    }
  }

  private void copy(byte[] newHeader) throws IOException, MalformedHeaderException {
    try (WholeFile made = WholeFile.inPlaceOf(file)) {
      FileChannel out = made.channel();
      made.write(newHeader);
      long end = channel.size();
      long at = header.length;
      while (at < end) {
        long count = channel.transferTo(at, end - at, out);
        if (count <= 0) {
          throw new IOException(file + " became shorter meanwhile");
        }
        at += count;
      }
      made.force();
      requireUnchanged();
      made.replace();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      claim.close();
    }
  }
}
