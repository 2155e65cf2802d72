package dev.keyhold.rewrap;

import dev.keyhold.keystore.encoding.Digests;
import dev.keyhold.keystore.kit.WholeFile;
import dev.keyhold.object.Header;
import dev.keyhold.object.Header.MalformedHeaderException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

  /** Over a folder, which is made when the first entry comes. */
  public RewrapQueue(Path folder) {
    this.folder = folder;
  }

  /**
   * A header that lacks a key.
   *
   * @param id the SHA-256 of the header, hexadecimal
   * @param alias empty where the file can't be read
   * @param binding that of the alias when it was written
   * @param since when it was written
   * @param header empty where the file can't be read
   */
  public record Entry(
      String id, String alias, String binding, Instant since, Optional<Header> header) {}

  /** Where it is. */
  public Path folder() {
    return folder;
  }

  /** Adds an entry, on the disk when this returns, whole or not at all. */
  void add(String alias, String binding, byte[] header) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(id(header) + ".rewrap");
    Properties entry = new Properties();
    entry.setProperty("alias", alias);
    entry.setProperty("binding", binding);
    entry.setProperty("header", Base64.getEncoder().encodeToString(header));
    StringWriter text = new StringWriter();
    entry.store(text, null);
    try (WholeFile written = WholeFile.shared(file)) {
      written.write(text.toString().getBytes(StandardCharsets.UTF_8));
      written.replace();
    }
  }

  /** All entries, the oldest first. */
  public List<Entry> entries() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(RewrapQueue::isEntry).toList();
    } catch (NoSuchFileException e) {
      return List.of(); // none yet
    }
    List<Entry> entries = new ArrayList<>();
    for (Path file : files) {
      try {
        entries.add(read(file));
      } catch (NoSuchFileException e) {
        // taken away meanwhile
      } catch (IOException e) {
        entries.add(unreadable(file, Instant.EPOCH));
      }
    }
    entries.sort((one, other) -> one.since().compareTo(other.since()));
    return entries;
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
              id, alias, entry.getProperty("binding", ""), since, Optional.of(Header.parse(header)))
          : unreadable;
    } catch (MalformedHeaderException | IllegalArgumentException e) {
      return unreadable;
    }
  }

  private static String idOf(Path file) {
    return file.getFileName().toString().substring(0, 64);
  }

  private static Entry unreadable(Path file, Instant since) {
    return new Entry(idOf(file), "", "", since, Optional.empty());
  }

  /** Takes an entry away; without effect if it is gone. */
  public void remove(Entry entry) throws IOException {
    Files.deleteIfExists(folder.resolve(entry.id() + ".rewrap"));
  }

  private static String id(byte[] header) {
    return HexFormat.of().formatHex(Digests.local("SHA-256").digest(header));
  }
}
