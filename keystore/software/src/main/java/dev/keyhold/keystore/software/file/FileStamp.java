package dev.keyhold.keystore.software.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.Optional;

/** A stamp that tells one content of a file from the next, without reading it. */
public record FileStamp(Optional<Object> fileKey, long size, FileTime modified) {
  /** The stamp of the file as it is now; empty if there is none. */
  static Optional<FileStamp> of(Path file) throws IOException {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(
          new FileStamp(
              Optional.ofNullable(found.fileKey()), found.size(), found.lastModifiedTime()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  public FileStamp {
    Objects.requireNonNull(fileKey, "fileKey");
    Objects.requireNonNull(modified, "modified");
  }

  /**
   * Returns whether the file was last written well before this moment. If not, another write can
   * have the same time and size, and even the same file key, since inodes are used again.
   */
  boolean isSettledAt(long epochMillis) {
    return epochMillis - modified.toMillis() > 2_000;
  }
}
