package dev.keyhold.custody.server.log;

import dev.keyhold.custody.proof.log.Hashes;
import dev.keyhold.custody.proof.log.TilePath;
import dev.keyhold.custody.proof.log.Tiles;
import dev.keyhold.custody.proof.log.TreeHead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the tiles and bundles of a growing tree (C2SP tlog-tiles). What could not be written is
 * written at the next {@link #flush}. Used by one thread at a time.
 */
final class TileWriter {
  private static final int MANY = 64;

  private final Path folder;
  private final LogFiles files;
  private final TreeHead head = new TreeHead();

  /** The hashes of the last tile of each level, which is not full. */
  private final List<List<byte[]>> levels = new ArrayList<>();

  /** How many tiles of each level are full. */
  private final List<Long> fullTiles = new ArrayList<>();

  private final List<byte[]> bundle = new ArrayList<>();
  private final Map<TilePath, byte[]> full = new LinkedHashMap<>();
  private long flushed = -1;

  TileWriter(Path folder, LogFiles files) {
    this.folder = folder;
    this.files = files;
  }

  /** Returns how many leaves were added. */
  long size() {
    return head.size();
  }

  /** Returns the root of the tree. */
  byte[] root() {
    return head.root();
  }

  /** Adds a leaf. */
  void add(byte[] leaf, byte[] hash) {
    long bundles = size() / TilePath.FULL;
    head.add(hash);
    bundle.add(leaf);
    if (bundle.size() == TilePath.FULL) {
      full.put(new TilePath(TilePath.ENTRIES, bundles, TilePath.FULL), Tiles.bundle(bundle));
      bundle.clear();
    }
    add(0, hash);
  }

  private void add(int level, byte[] hash) {
    if (level == levels.size()) {
      levels.add(new ArrayList<>());
      fullTiles.add(0L);
    }
    List<byte[]> hashes = levels.get(level);
    hashes.add(hash);
    if (hashes.size() == TilePath.FULL) {
      long index = fullTiles.get(level);
      full.put(new TilePath(level, index, TilePath.FULL), content(hashes));
      fullTiles.set(level, index + 1);
      TreeHead tile = new TreeHead();
      hashes.forEach(tile::add);
      hashes.clear();
      add(level + 1, tile.root());
    }
  }

  /** Writes the full tiles if there are many: while a log is read anew. */
  void flushFull() throws IOException {
    if (full.size() >= MANY) {
      writeFull();
    }
  }

  /** Writes all tiles that a checkpoint of the present size asks for. */
  void flush() throws IOException {
    if (flushed == size()) {
      return;
    }
    writeFull();
    for (int level = 0; level < levels.size(); level++) {
      List<byte[]> hashes = levels.get(level);
      if (!hashes.isEmpty()) {
        write(new TilePath(level, fullTiles.get(level), hashes.size()), content(hashes));
      }
    }
    if (!bundle.isEmpty()) {
      write(
          new TilePath(TilePath.ENTRIES, size() / TilePath.FULL, bundle.size()),
          Tiles.bundle(bundle));
    }
    flushed = size();
  }

  private void writeFull() throws IOException {
    for (Map.Entry<TilePath, byte[]> tile : List.copyOf(full.entrySet())) {
      write(tile.getKey(), tile.getValue());
      removePartial(tile.getKey());
      full.remove(tile.getKey());
    }
  }

  private void write(TilePath tile, byte[] content) throws IOException {
    Path file = folder.resolve(tile.toString());
    try {
      if (Files.size(file) == content.length && Arrays.equals(Files.readAllBytes(file), content)) {
        return;
      }
    } catch (NoSuchFileException e) {
      // the usual case
    }
    files.write(file, content);
  }

  /** A reader with an earlier checkpoint finds the full tile in its place. */
  private void removePartial(TilePath tile) throws IOException {
    Path partial = folder.resolve(tile.withWidth(1).toString()).getParent();
    if (!Files.isDirectory(partial)) {
      return;
    }
    try (DirectoryStream<Path> old = Files.newDirectoryStream(partial)) {
      for (Path file : old) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(partial);
  }

  private static byte[] content(List<byte[]> hashes) {
    ByteArrayOutputStream content = new ByteArrayOutputStream(hashes.size() * Hashes.LENGTH);
    hashes.forEach(content::writeBytes);
    return content.toByteArray();
  }
}
