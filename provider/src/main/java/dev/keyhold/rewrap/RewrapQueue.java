package dev.keyhold.rewrap;

import dev.keyhold.keystore.encoding.Digests;
import dev.keyhold.keystore.kit.PartFiles;
import dev.keyhold.keystore.kit.WholeFile;
import dev.keyhold.object.DataKeyMode;
import dev.keyhold.object.Header;
import dev.keyhold.object.Header.MalformedHeaderException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * A folder with one small file for each header that lacks a key of its alias: a properties file
 * that is called by the SHA-256 of the header. It tells that there are objects to be rewrapped, not
 * where they are, which only the application knows. What it says is not authenticated; nothing in
 * it is secret, but it names aliases. Several processes may use one folder. Thread-safe.
 */
public final class RewrapQueue {
  private static final Pattern NAME = Pattern.compile("([0-9a-f]{64})\\.rewrap");
  private static final int MAX_BYTES = 256 * 1024;

  private final Path folder;
  private final InstantSource clock;
  private final Supplier<Optional<Uptime>> uptime;
  private final AtomicBoolean swept = new AtomicBoolean();

  /** Creates a queue in a folder, which is made when the first entry comes. */
  public RewrapQueue(Path folder) {
    this(folder, InstantSource.system(), Uptime::now);
  }

  RewrapQueue(Path folder, InstantSource clock, Supplier<Optional<Uptime>> uptime) {
    this.folder = folder;
    this.clock = clock;
    this.uptime = uptime;
  }

  /**
   * A header that lacks a key.
   *
   * @param id the SHA-256 of the header, hexadecimal
   * @param alias empty where the file can't be read
   * @param binding that of the alias when it was written
   * @param since when it was written, by the clock of the file system
   * @param uptime of the host that wrote it, where it is known
   * @param header empty where the file can't be read
   */
  public record Entry(
      String id,
      String alias,
      String binding,
      Instant since,
      Optional<Uptime> uptime,
      Optional<Header> header) {}

  /** Returns where it is. */
  public Path folder() {
    return folder;
  }

  /** Adds an entry, on the disk when this returns, whole or not at all. */
  void add(String alias, String binding, byte[] header) throws IOException {
    Files.createDirectories(folder);
    if (!swept.getAndSet(true)) {
      PartFiles.sweep(folder);
    }
    Path file = folder.resolve(id(header) + ".rewrap");
    Properties entry = new Properties();
    entry.setProperty("alias", alias);
    entry.setProperty("binding", binding);
    entry.setProperty("header", Base64.getEncoder().encodeToString(header));
    uptime.get().ifPresent(now -> entry.setProperty("uptime", now.text()));
    StringWriter text = new StringWriter();
    entry.store(text, null);
    try (WholeFile written = WholeFile.shared(file)) {
      written.write(text.toString().getBytes(StandardCharsets.UTF_8));
      written.replace();
    }
  }

  /** Does something with an entry. */
  @FunctionalInterface
  public interface Visitor {
    void visit(Entry entry) throws IOException;
  }

  /**
   * Reads the entries one after the other, in the order in which the folder has them, and removes
   * what killed writers left. An entry that comes or goes meanwhile is visited or not.
   */
  public void forEach(Visitor visitor) throws IOException {
    PartFiles.sweep(folder);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, RewrapQueue::isEntry)) {
      for (Path file : files) {
        Optional<Entry> entry = entry(file);
        if (entry.isPresent()) {
          visitor.visit(entry.get());
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (NoSuchFileException e) {
      if (!folder.toString().equals(e.getFile())) {
        throw e;
      } // there is no folder before the first entry
    }
  }

  private static Optional<Entry> entry(Path file) {
    try {
      return Optional.of(read(file));
    } catch (NoSuchFileException e) {
      return Optional.empty(); // removed meanwhile
    } catch (IOException e) {
      return Optional.of(unreadable(file, Instant.EPOCH));
    }
  }

  private static boolean isEntry(Path file) {
    return NAME.matcher(file.getFileName().toString()).matches();
  }

  private static Entry read(Path file) throws IOException {
    String id = idOf(file);
    BasicFileAttributes attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Entry unreadable = unreadable(file, attributes.lastModifiedTime().toInstant());
    if (!attributes.isRegularFile() || attributes.size() > MAX_BYTES) {
      return unreadable;
    }
    Instant since = unreadable.since();
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      Properties entry = new Properties();
      entry.load(new StringReader(new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8)));
      byte[] header = Base64.getDecoder().decode(entry.getProperty("header", ""));
      boolean own = id(header).equals(id);
      String alias = entry.getProperty("alias", "");
      return own
          ? new Entry(
              id,
              alias,
              entry.getProperty("binding", ""),
              since,
              Uptime.parse(entry.getProperty("uptime", "")),
              Optional.of(Header.parse(header)))
          : unreadable;
    } catch (MalformedHeaderException | IllegalArgumentException e) {
      return unreadable;
    }
  }

  private static String idOf(Path file) {
    return file.getFileName().toString().substring(0, 64);
  }

  private static Entry unreadable(Path file, Instant since) {
    return new Entry(idOf(file), "", "", since, Optional.empty(), Optional.empty());
  }

  /**
   * The result of a removal: how many entries were removed.
   *
   * @param kept those of epoch keys that a process may still write with
   * @param unreadable those that are left as they are
   */
  public record Removal(long removed, long kept, long unreadable) {}

  /**
   * Removes the entries of an alias, but not those of epoch keys that a process may still write
   * with.
   *
   * @param inUse how long a process writes with an epoch key at most
   */
  public Removal remove(String alias, Duration inUse) throws IOException {
    EntryAge age = new EntryAge(folder, clock, uptime);
    long[] counts = new long[3];
    forEach(
        entry -> {
          if (entry.header().isEmpty()) {
            counts[2]++;
          } else if (entry.alias().equals(alias)) {
            boolean epoch = entry.header().get().dataKeys() == DataKeyMode.EPOCH;
            if (epoch && !age.exceeds(entry, inUse)) {
              counts[1]++;
            } else {
              remove(entry);
              counts[0]++;
            }
          }
        });
    return new Removal(counts[0], counts[1], counts[2]);
  }

  /** Removes an entry; without effect if it is gone. */
  public void remove(Entry entry) throws IOException {
    Files.deleteIfExists(folder.resolve(entry.id() + ".rewrap"));
  }

  private static String id(byte[] header) {
    return HexFormat.of().formatHex(Digests.local("SHA-256").digest(header));
  }
}
