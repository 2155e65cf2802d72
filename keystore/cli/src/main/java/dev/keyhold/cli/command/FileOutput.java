package dev.keyhold.cli.command;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.kit.PartFiles;
import dev.keyhold.keystore.kit.WholeFile;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A file that appears whole or not at all: it is written in the same folder, readable only by its
 * owner, and then moved to its place. The next process that writes there removes what a killed
 * process left.
 */
public final class FileOutput implements Output {
  private final Path target;
  private final WholeFile file;
  private final boolean replace;

  /**
   * The attributes of the file that is replaced; empty where there is no such file, or the file
   * system has no such attributes.
   */
  private final Optional<PosixFileAttributes> replaced;

  /** Empty where the file system has no such permissions. */
  private final Set<PosixFilePermission> mode;

  private FileOutput(
      Path target,
      WholeFile file,
      boolean replace,
      Optional<PosixFileAttributes> replaced,
      Set<PosixFilePermission> mode) {
    this.target = target;
    this.replaced = replaced;
    this.file = file;
    this.replace = replace;
    this.mode = mode;
    file.part().toFile().deleteOnExit(); // for a process that is interrupted
  }

  /**
   * Begins to write a file, which is none that the configuration needs.
   *
   * @param replace whether it may be there already
   */
  public static FileOutput create(Session session, Path path, boolean replace)
      throws IOException, CommandFailure, BackendException {
    session.requireFree(path);
    return create(path, replace);
  }

  /** Begins to write a file, whatever it is for. */
  public static FileOutput create(Path path, boolean replace) throws IOException, CommandFailure {
    boolean exists = Files.exists(path);
    if (exists && !Files.isRegularFile(path)) {
      throw new CommandFailure(
          ExitCode.FAILED, path + " is no regular file; to write there: - > " + path);
    }
    if (exists && !replace) {
      throw new FileAlreadyExistsException(path.toString());
    }
    Path target = exists ? path.toRealPath() : path.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new NoSuchFileException(String.valueOf(folder));
    }
    PartFiles.sweep(folder);
    if (!target.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileOutput(target, WholeFile.of(target), replace, Optional.empty(), Set.of());
    }
    Optional<PosixFileAttributes> replaced =
        exists
            ? Optional.of(Files.readAttributes(target, PosixFileAttributes.class))
            : Optional.empty();
    Set<PosixFilePermission> mode =
        replaced.isPresent() ? replaced.get().permissions() : usualMode(target);
    return new FileOutput(target, WholeFile.of(target), replace, replaced, mode);
  }

  /** Returns the permissions that a new file gets from the umask. */
  private static Set<PosixFilePermission> usualMode(Path target) throws IOException {
    Path empty = null;
    try {
      empty = Files.createFile(target.resolveSibling(".keyhold-" + System.nanoTime() + ".mode"));
      return Files.getPosixFilePermissions(empty);
    } catch (IOException e) {
      throw WholeFile.about(target, e);
    } finally {
      if (empty != null) {
        Files.deleteIfExists(empty);
      }
    }
  }

  @Override
  public OutputStream stream() {
    return new FilterOutputStream(Channels.newOutputStream(file.channel())) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
          out.write(bytes, offset, length);
        } catch (IOException e) {
          throw WholeFile.about(target, e);
        }
      }

      @Override
      public void close() throws IOException {
        flush(); // the channel is needed to the end
      }
    };
  }

  /**
   * Gives the new file the access of the one that it replaces: its owner and group, as far as this
   * process may set them. If the group can't be set, the group gets the rights that others have.
   */
  private void giveAccess() throws IOException {
    if (mode.isEmpty()) {
      return;
    }
    Set<PosixFilePermission> given = EnumSet.copyOf(mode);
    if (replaced.isPresent()) {
      PosixFileAttributeView view =
          Files.getFileAttributeView(file.part(), PosixFileAttributeView.class);
      PosixFileAttributes have = view.readAttributes();
      PosixFileAttributes wanted = replaced.get();
      if (!have.group().equals(wanted.group()) && !isDone(() -> view.setGroup(wanted.group()))) {
        retainForGroup(given);
      }
      if (!have.owner().equals(wanted.owner())) {
        isDone(() -> view.setOwner(wanted.owner()));
      }
    }
    Files.setPosixFilePermissions(file.part(), given);
  }

  private interface Change {
    void make() throws IOException;
  }

  private static boolean isDone(Change change) {
    try {
      change.make();
      return true;
    } catch (IOException e) {
      return false; // only root may give files away
    }
  }

  private static void retainForGroup(Set<PosixFilePermission> given) {
    if (!given.contains(PosixFilePermission.OTHERS_READ)) {
      given.remove(PosixFilePermission.GROUP_READ);
    }
    if (!given.contains(PosixFilePermission.OTHERS_WRITE)) {
      given.remove(PosixFilePermission.GROUP_WRITE);
    }
    if (!given.contains(PosixFilePermission.OTHERS_EXECUTE)) {
      given.remove(PosixFilePermission.GROUP_EXECUTE);
    }
  }

  @Override
  public void commit() throws IOException {
    try {
      giveAccess();
    } catch (IOException e) {
      throw WholeFile.about(target, e);
    }
    if (replace) {
      file.replace();
    } else {
      file.moveIfAbsent();
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
