package dev.keyhold.envelope;

import dev.keyhold.envelope.Header.MalformedHeaderException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A file that is one object, and whose header is to be replaced. A header of the same length is
 * written in place, with a {@link HeaderJournal} beside the file meanwhile; one of another length
 * makes a new file, which takes the old one's place when it is complete. So whatever happens, the
 * next one who opens the file so finds the old or the new header, and the data untouched.
 *
 * <p>The file is locked meanwhile, against others who open it so. Used by one thread.
 */
public final class ObjectFile implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final BasicFileAttributes found;
  private final byte[] header;

  private ObjectFile(Path file, FileChannel channel, BasicFileAttributes found, byte[] header) {
    this.file = file;
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
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean opened = false;
    try {
      lock(channel, file);
      HeaderJournal.beside(file).heal(channel);
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      ObjectFile object = new ObjectFile(file, channel, found, readHeader(channel));
      opened = true;
      return object;
    } finally {
      if (!opened) {
        channel.close();
      }
    }
  }

  /**
   * The header of a file that is not to be changed; where a change was interrupted, the one that
   * {@link #open} would find.
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

  private static void lock(FileChannel channel, Path file) throws IOException {
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // by another thread of this process
    }
    if (lock == null) {
      throw new IOException(file + " is being rewrapped by somebody else");
    }
  }

  private static byte[] readHeader(FileChannel channel)
      throws IOException, MalformedHeaderException {
    byte[] prologue = read(channel, 0, Header.PROLOGUE);
    return read(channel, 0, Header.length(prologue, 0));
  }

  static byte[] read(FileChannel channel, long position, int length)
      throws IOException, MalformedHeaderException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new MalformedHeaderException("no Keyhold object, or one that is cut short");
      }
    }
    return buffer.array();
  }

  /** The header that the file has. */
  public byte[] header() {
    return header.clone();
  }

  /** Puts another header in the place of the one that the file has. */
  public void replace(byte[] newHeader) throws IOException, MalformedHeaderException {
    requireUnchanged();
    if (newHeader.length == header.length) {
      HeaderJournal.beside(file).replace(channel, header, newHeader);
    } else {
      copy(newHeader);
    }
  }

  private void requireUnchanged() throws IOException, MalformedHeaderException {
    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
    boolean same =
        now.size() == found.size()
            && now.lastModifiedTime().equals(found.lastModifiedTime())
            && String.valueOf(now.fileKey()).equals(String.valueOf(found.fileKey()))
            && Arrays.equals(header, readHeader(channel));
    if (!same) {
      throw new IOException(file + " was changed by somebody else meanwhile; try again");
    }
  }

  private void copy(byte[] newHeader) throws IOException, MalformedHeaderException {
    Path part = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".part");
    boolean moved = false;
    try {
      try (FileChannel out = FileChannel.open(part, CREATE, modeOf(file))) {
        HeaderJournal.write(out, 0, newHeader);
        out.position(newHeader.length);
        long end = channel.size();
        long at = header.length;
        while (at < end) {
          long count = channel.transferTo(at, end - at, out);
          if (count <= 0) {
            throw new IOException(file + " became shorter meanwhile");
          }
          at += count;
        }
        out.force(true);
      }
      requireUnchanged();
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      moved = true;
    } finally {
      if (!moved) {
        Files.deleteIfExists(part);
      }
    }
    HeaderJournal.forceFolder(file);
  }

  private static final Set<StandardOpenOption> CREATE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  /** Who may read the old file may read the new one, and nobody else. */
  private static FileAttribute<?>[] modeOf(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(Files.getPosixFilePermissions(file))
    };
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
