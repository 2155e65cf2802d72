package dev.keyhold.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/** A file that is there whole or not at all: written beside its place, then moved into it. */
final class FileOutput implements Output {
  private final Path target;
  private final Path temporary;
  private final boolean replace;
  private final FileChannel channel;

  private FileOutput(Path target, Path temporary, boolean replace) throws IOException {
    this.target = target;
    this.temporary = temporary;
    this.replace = replace;
    channel =
        FileChannel.open(
            temporary,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            modeOf(target));
    temporary.toFile().deleteOnExit(); // for a process that is interrupted
  }

  /**
   * Begins to write a file.
   *
   * @param replace whether it may be there already
   */
  static FileOutput create(Path path, boolean replace) throws IOException, CommandFailure {
    boolean exists = Files.exists(path);
    if (exists && !Files.isRegularFile(path)) {
      throw new CommandFailure(
          ExitCode.FAILED, path + " is no regular file; to write there: - > " + path);
    }
    if (exists && !replace) {
      throw new FileAlreadyExistsException(path.toString());
    }
    Path target = exists ? path.toRealPath() : path.toAbsolutePath();
    if (!Files.isDirectory(target.getParent())) {
      throw new NoSuchFileException(target.getParent().toString());
    }
    String name = "." + target.getFileName() + "." + UUID.randomUUID() + ".part";
    return new FileOutput(target, target.resolveSibling(name), replace);
  }

  /** Who may read the file that is replaced may read the new one, and nobody else. */
  private static FileAttribute<?>[] modeOf(Path target) throws IOException {
    boolean posix = target.getFileSystem().supportedFileAttributeViews().contains("posix");
    if (!posix || !Files.exists(target)) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(Files.getPosixFilePermissions(target))
    };
  }

  @Override
  public OutputStream stream() {
    return new FilterOutputStream(Channels.newOutputStream(channel)) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        flush(); // the channel is needed to the end
      }
    };
  }

  @Override
  public void commit() throws IOException {
    channel.force(true);
    channel.close();
    if (replace) {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } else {
      Files.move(temporary, target);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(temporary);
  }
}
