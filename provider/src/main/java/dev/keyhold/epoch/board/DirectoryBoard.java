package dev.keyhold.epoch.board;

import dev.keyhold.keystore.kit.PartFiles;
import dev.keyhold.keystore.kit.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A board that is a directory, which processes of one or more hosts see: a file for each entry.
 * Each appears whole or not at all: it is written beside its place, and linked to it. Thread-safe.
 */
final class DirectoryBoard implements Board {
  private static final Pattern NAME = Pattern.compile("([0-9a-f]{64})-(-?[0-9]{1,18})-[0-9]{1,9}");

  private final Path directory;

  DirectoryBoard(Path directory) {
    this.directory = directory;
  }

  private Path file(Place place) {
    return directory.resolve("%s-%s-%s".formatted(place.series(), place.slot(), place.part()));
  }

  @Override
  public Optional<byte[]> read(Place place) throws IOException {
    if (!Files.isRegularFile(file(place), LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty(); // opening a pipe would block, and no interrupt ends that
    }
    try (InputStream in = Files.newInputStream(file(place), LinkOption.NOFOLLOW_LINKS)) {
      byte[] entry = in.readNBytes(MAX_ENTRY + 1);
      if (entry.length > MAX_ENTRY) {
        throw new IOException(file(place) + " is longer than an entry can be");
      }
      return Optional.of(entry);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean putIfAbsent(Place place, byte[] entry) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new IOException("the directory does not exist");
    }
    try (WholeFile file = WholeFile.shared(file(place))) {
      file.write(entry);
      return file.putIfAbsent();
    }
  }

  @Override
  public void forget(String series, long before) throws IOException {
    Instant old = Instant.now().minus(OLD);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (Thread.currentThread().isInterrupted()) {
          return; // it takes too long: the caller no longer waits
        }
        String name = file.getFileName().toString();
        Matcher entry = NAME.matcher(name);
        boolean over =
            entry.matches()
                && entry.group(1).equals(series)
                && Long.parseLong(entry.group(2)) < before;
        boolean ours = entry.matches() || PartFiles.isOne(file);
        if (over || (ours && isOlder(file, old))) {
          remove(file);
        }
      }
    }
  }

  /** Removes a file; one that can't be removed does not prevent the removal of others. */
  private static void remove(Path file) throws IOException {
    try {
      Files.deleteIfExists(file);
    } catch (FileSystemException e) {
      // a folder of that name, or a file of somebody else
    }
  }

  private static boolean isOlder(Path file, Instant time) {
    try {
      FileTime written = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS);
      return written.toInstant().isBefore(time);
    } catch (IOException e) {
      return false; // another process removed it
    }
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "the board " + directory;
  }
}
