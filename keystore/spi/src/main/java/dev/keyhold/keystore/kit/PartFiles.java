package dev.keyhold.keystore.kit;

import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.encoding.Digests;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Files that are being written, each in the folder of the file that it replaces when it is
 * complete. A part file is locked while it is written, so that what a killed process left is known
 * by its name and by not being locked. Its name does not depend on that of the other file, which
 * may be as long as names can be. It begins with a tag of the process, which does not open the
 * files that have its own: closing such a file would release the lock, since POSIX locks belong to
 * the process. Stateless.
 */
public final class PartFiles {
  private static final Pattern NAME = Pattern.compile("\\.keyhold-[0-9a-f]{32}\\.part");
  private static final int TRIES = 5;
  private static final int TAG_BYTES = 6;

  /** Identifies this process: equal in all its class loaders, different in every other process. */
  private static final String TAG = tag(ProcessHandle.current());

  private static final String PREFIX = ".keyhold-" + TAG;

  private PartFiles() {}

  private static String tag(ProcessHandle process) {
    String identity = process.pid() + " " + process.info().startInstant();
    byte[] digest = Digests.local("SHA-256").digest(identity.getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(digest, 0, TAG_BYTES);
  }

  /** Returns whether a file has the name of a part file. */
  public static boolean isOne(Path file) {
    return NAME.matcher(String.valueOf(file.getFileName())).matches();
  }

  /** A new file that is open and locked. */
  record Opened(Path path, FileChannel channel) {}

  /** Creates a file beside another one. */
  static Opened beside(Path target, FileAttribute<?>... attributes) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      String random = HexFormat.of().formatHex(LocalRandom.bytes(16 - TAG_BYTES));
      Path path = target.resolveSibling(PREFIX + random + ".part");
      FileChannel channel = FileAccess.create(path, attributes);
      lock(channel);
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        return new Opened(path, channel);
      }
      channel.close(); // another process swept it before it was locked
    }
    throw new FileSystemException(target.toString(), null, "another process removes its new file");
  }

  /** Removes what killed processes left in a folder. */
  public static void sweep(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".keyhold-*.part")) {
      for (Path file : files) {
        if (isOne(file)
            && !file.getFileName().toString().startsWith(PREFIX)
            && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          sweepOne(file);
        }
      }
    } catch (IOException e) {
      // a process that may not read the folder can't sweep it
    }
  }

  private static void sweepOne(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | OverlappingFileLockException e) {
      // it is being written, or belongs to somebody else
    }
  }

  private static void lock(FileChannel channel) {
    try {
      channel.tryLock();
    } catch (IOException e) {
      // a file system without locks: nobody can lock it to sweep it either
    }
  }
}
