package dev.keyhold.file;

import dev.keyhold.keystore.LocalRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A file that comes to be whole or not at all: it is written beside its place, under a name that
 * begins with a dot, and takes its place when it is on the disk. Used by one thread; what did not
 * take its place is deleted when this is closed.
 */
public final class WholeFile implements AutoCloseable {
  private static final Set<StandardOpenOption> CREATE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  /** How what {@link #at} made is called if the process is killed before it takes its place. */
  public static final Pattern LEFT_OVER = Pattern.compile("\\.[0-9a-f]{32}");

  private final Path file;
  private final Path part;
  private final FileChannel out;

  private WholeFile(Path file, Path part, FileChannel out) {
    this.file = file;
    this.part = part;
    this.out = out;
  }

  /** A new file, for its place, that whoever the umask lets may read. */
  public static WholeFile at(Path file) throws IOException {
    Path part = file.resolveSibling("." + random());
    try {
      return new WholeFile(file, part, create(part));
    } catch (IOException e) {
      throw PartFile.about(file, e);
    }
  }

  /**
   * A new file for the place of one that is there, with the owner, group and permissions of that
   * one where the file system has POSIX ones: or an administrator's write would lock out the
   * application that the file belongs to.
   *
   * @throws AccessDeniedException if this process may not give them to it
   */
  static WholeFile inPlaceOf(Path file) throws IOException {
    PartFile.sweep(file.toAbsolutePath().getParent());
    PartFile.Opened opened = PartFile.beside(file);
    Path part = opened.path();
    WholeFile made = new WholeFile(file, part, opened.channel());
    try {
      align(part, file);
      return made;
    } catch (IOException | RuntimeException e) {
      made.close();
      throw e;
    }
  }

  private static String random() {
    return HexFormat.of().formatHex(LocalRandom.bytes(16));
  }

  /** Opens a file that is not there yet: never one that somebody else made, nor through a link. */
  static FileChannel create(Path file, FileAttribute<?>... attributes) throws IOException {
    return FileChannel.open(file, CREATE, attributes);
  }

  private static boolean isPosix(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /**
   * Gives a file the group, permissions and owner of a model, in this order, so that as much as
   * this process may is done. Follows no link at the file's name.
   *
   * @throws AccessDeniedException if this process may not do all of it
   */
  static void align(Path file, Path model) throws IOException {
    PosixFileAttributeView to =
        Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (to == null) {
      return;
    }
    PosixFileAttributes wanted = Files.readAttributes(model, PosixFileAttributes.class);
    PosixFileAttributes have = to.readAttributes();
    try {
      if (!have.group().equals(wanted.group())) {
        to.setGroup(wanted.group());
      }
      if (!have.permissions().equals(wanted.permissions())) {
        to.setPermissions(wanted.permissions());
      }
      if (!have.owner().equals(wanted.owner())) {
        to.setOwner(wanted.owner());
      }
    } catch (IOException e) {
      AccessDeniedException refused =
          new AccessDeniedException(
              model.toString(),
              null,
              "a new file beside it can't be given its owner %s and group %s; nothing was changed: work as this user, in this group, or as root"
                  .formatted(wanted.owner().getName(), wanted.group().getName()));
      refused.initCause(e);
      throw refused;
    }
  }

  /** Where to write. */
  public FileChannel channel() {
    return out;
  }

  /** Has all that was written put on the disk. */
  void force() throws IOException {
    out.force(true);
  }

  /** Takes its place, also that of a file which is there; on the disk when this returns. */
  public void replace() throws IOException {
    try {
      force();
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw PartFile.about(file, e);
    }
    out.close(); // it was locked until it was in its place
    forceFolder(file);
  }

  /**
   * Takes its place if it is free; on the disk when this returns.
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
    forceFolder(file);
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

  /** So many bytes from a position of a file; empty if it ends before. */
  static Optional<byte[]> read(FileChannel channel, long position, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        return Optional.empty();
      }
    }
    return Optional.of(buffer.array());
  }

  /** Makes a new name in a folder last, where the system has such a thing. */
  static void forceFolder(Path file) throws IOException {
    if (isPosix(file)) {
      try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
        folder.force(true);
      }
    }
  }
}
