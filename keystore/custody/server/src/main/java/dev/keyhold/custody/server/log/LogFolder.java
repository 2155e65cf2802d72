package dev.keyhold.custody.server.log;

import dev.keyhold.custody.proof.log.Records;
import dev.keyhold.keystore.kit.PartFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** The folder of a log, locked for this process: no other one opens it. */
final class LogFolder implements Closeable {
  private final Path path;
  private final FileChannel lock;

  private LogFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Locks a folder, which is there.
   *
   * @throws LogRefused if another process has it open
   */
  static LogFolder lock(Path path) throws IOException, LogRefused {
    FileChannel channel =
        FileChannel.open(
            path.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      FileLock held = channel.tryLock();
      locked = held != null;
    } catch (OverlappingFileLockException e) {
      throw inUse(path);
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    if (!locked) {
      throw inUse(path);
    }
    PartFiles.sweep(path);
    return new LogFolder(path, channel);
  }

  private static LogRefused inUse(Path path) {
    return new LogRefused(
        "the log folder "
            + path
            + " is in use by another process: one log has one custodian; end the other one, or give"
            + " this one a log of its own");
  }

  Path path() {
    return path;
  }

  Path checkpoint() {
    return path.resolve("checkpoint");
  }

  Path segments() {
    return path.resolve("segment");
  }

  Path segment(long number) {
    return segments().resolve(Records.fileName(number));
  }

  /** Returns where a segment is copied before it takes its place. */
  Path copyOfSegment(long number) {
    return segments().resolve("." + Records.fileName(number) + ".copy");
  }

  /**
   * Returns how many segments there are.
   *
   * @throws LogRefused if one is missing, or something else is in the folder
   */
  long countSegments(String advice) throws IOException, LogRefused {
    List<String> names;
    try (Stream<Path> files = Files.list(segments())) {
      names =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> !name.startsWith("."))
              .sorted()
              .toList();
    }
    for (int i = 0; i < names.size(); i++) {
      if (!names.get(i).equals(Records.fileName(i))) {
        throw new LogRefused(
            "the log "
                + path
                + " has the file segment/"
                + names.get(i)
                + " where segment/"
                + Records.fileName(i)
                + " belongs"
                + advice);
      }
    }
    return names.size();
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
