package dev.keyhold.keystore.software;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/** Owner and permissions of the files that are made here, where the file system has POSIX ones. */
final class FileAccess {
  private FileAccess() {}

  /** What makes a new file readable and writable for its owner alone. */
  static FileAttribute<?>[] ownerOnly(Path file) {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
  }

  /**
   * Gives a file the owner, group and permissions of a model, if there is one: or an
   * administrator's write would lock out the application that the model belongs to.
   *
   * @throws AccessDeniedException if this process may not do so
   */
  static void align(Path file, Path model) throws IOException {
    PosixFileAttributeView to = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (to == null || !Files.exists(model)) {
      return;
    }
    PosixFileAttributes wanted = Files.readAttributes(model, PosixFileAttributes.class);
    PosixFileAttributes have = to.readAttributes();
    try {
      if (!have.owner().equals(wanted.owner())) {
        to.setOwner(wanted.owner());
      }
      if (!have.group().equals(wanted.group())) {
        to.setGroup(wanted.group());
      }
      if (!have.permissions().equals(wanted.permissions())) {
        to.setPermissions(wanted.permissions());
      }
    } catch (IOException e) {
      AccessDeniedException refused =
          new AccessDeniedException(
              file.toString(),
              null,
              "it can't be given the owner and permissions of the key file; work as user "
                  + wanted.owner().getName());
      refused.initCause(e);
      throw refused;
    }
  }
}
