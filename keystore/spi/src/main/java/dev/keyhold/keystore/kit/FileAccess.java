package dev.keyhold.keystore.kit;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Owner, permissions and names of new files, where the file system has such things as POSIX defines
 * them. Stateless.
 */
public final class FileAccess {
  private FileAccess() {}

  private static boolean isPosix(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Returns the attributes that make a new file readable and writable for its owner alone. */
  public static FileAttribute<?>[] ownerOnly(Path file) {
    return isPosix(file)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Creates and opens a file; never one that another process made, nor through a link. */
  public static FileChannel create(Path file, FileAttribute<?>... attributes) throws IOException {
    return FileChannel.open(
        file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes);
  }

  /**
   * Gives a file the group, permissions and owner of a model, if there is one, in this order, so
   * that as much as this process may is done: without it an administrator's write would lock out
   * the application that the model belongs to. Follows no link at the file's name.
   *
   * @throws AccessDeniedException that names the model, if this process may not do all of it
   */
  public static void align(Path file, Path model) throws IOException {
    PosixFileAttributeView to =
        Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (to == null || !Files.exists(model)) {
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

  /**
   * Forces the names in the folder of a file to the disk, where the system has such a thing and
   * this user may read the folder. Not ended by an interrupt; the thread stays interrupted.
   *
   * @param file absolute
   */
  public static void forceFolder(Path file) throws IOException {
    if (!isPosix(file)) {
      return; // Windows opens no folder, and needs no such thing
    }
    boolean interrupted = false;
    try {
      while (true) {
        try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
          folder.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        } catch (AccessDeniedException e) {
          return; // a folder that can't be opened can't be forced
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
