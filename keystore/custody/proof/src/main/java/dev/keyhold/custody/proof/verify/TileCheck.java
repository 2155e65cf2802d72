package dev.keyhold.custody.proof.verify;

import dev.keyhold.custody.proof.log.Hashes;
import dev.keyhold.custody.proof.log.TilePath;
import dev.keyhold.custody.proof.log.Tiles;
import dev.keyhold.custody.proof.log.TreeHead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Compares all files under {@code tile} with what the leaves give, while the leaves go by
 * (docs/AUDIT.md, section 7, step 5). Not thread-safe.
 */
final class TileCheck {
  private final Path folder;
  private final String origin;
  private final VerifyReport report;

  /** The files of each tile, by the path of the full one. */
  private final Map<String, List<TilePath>> files = new HashMap<>();

  /** For each level, the hashes of the tile that is being filled, and its index. */
  private final List<Level> levels = new ArrayList<>();

  private final List<byte[]> bundle = new ArrayList<>();
  private long leaves;

  private static final class Level {
    private final ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    private TreeHead head = new TreeHead();
    private long index;
  }

  TileCheck(Path folder, String origin, VerifyReport report) throws IOException {
    this.folder = folder;
    this.origin = origin;
    this.report = report;
    Path tiles = folder.resolve("tile");
    if (Files.exists(tiles)) {
      try (Stream<Path> walk = Files.walk(tiles)) {
        for (Path file :
            (Iterable<Path>)
                walk.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    ::iterator) {
          list(file);
        }
      }
    }
  }

  private void list(Path file) {
    if (file.getFileName().toString().startsWith(".")) {
      return;
    }
    String path = folder.relativize(file).toString().replace('\\', '/');
    TilePath tile = TilePath.parse(path);
    if (tile == null) {
      report.add("stray", origin, path.replace(' ', '_'), "no tile has this path");
    } else {
      files
          .computeIfAbsent(tile.withWidth(TilePath.FULL).toString(), full -> new ArrayList<>())
          .add(tile);
    }
  }

  void add(byte[] leaf, byte[] hash) throws IOException {
    bundle.add(leaf);
    leaves++;
    if (bundle.size() == TilePath.FULL) {
      bundleEnds(leaves / TilePath.FULL - 1);
    }
    add(0, hash);
  }

  private void add(int number, byte[] hash) throws IOException {
    if (number == levels.size()) {
      levels.add(new Level());
    }
    Level level = levels.get(number);
    level.hashes.writeBytes(hash);
    level.head.add(hash);
    if (level.head.size() == TilePath.FULL) {
      byte[] root = level.head.root();
      tileEnds(number, level);
      level.index++;
      level.head = new TreeHead();
      level.hashes.reset();
      add(number + 1, root);
    }
  }

  private void bundleEnds(long index) throws IOException {
    for (TilePath file : filesOf(new TilePath(TilePath.ENTRIES, index, TilePath.FULL))) {
      boolean whole = file.width() <= bundle.size();
      if (!whole) {
        report.add("truncated", origin, "-", file + " has more leaves than there are");
      }
      byte[] expected = Tiles.bundle(bundle.subList(0, Math.min(file.width(), bundle.size())));
      byte[] content = read(file);
      int differs = Arrays.mismatch(content, expected);
      if (differs >= 0 && (whole || differs < expected.length)) {
        report.add("entries", origin, file, "the bundle is not what the leaves give");
      }
    }
    bundle.clear();
  }

  private void tileEnds(int number, Level level) throws IOException {
    byte[] hashes = level.hashes.toByteArray();
    for (TilePath file : filesOf(new TilePath(number, level.index, TilePath.FULL))) {
      int length = Math.min(file.width() * Hashes.LENGTH, hashes.length);
      boolean whole = file.width() * Hashes.LENGTH == length;
      if (!whole) {
        report.add("truncated", origin, "-", file + " has more hashes than there are leaves for");
      }
      byte[] content = read(file);
      int differs = Arrays.mismatch(content, 0, content.length, hashes, 0, length);
      if (differs < 0 || (!whole && differs >= length)) {
        continue;
      }
      if (number == 0) {
        long leaf = level.index * TilePath.FULL + differs / Hashes.LENGTH;
        report.add("leaf-hash", origin, leaf, "the leaf is not the one of " + file);
      } else {
        report.add("tile", origin, file, "the tile is not what the leaves give");
      }
    }
  }

  private List<TilePath> filesOf(TilePath full) {
    return files.getOrDefault(full.toString(), List.of());
  }

  private byte[] read(TilePath tile) throws IOException {
    return Files.readAllBytes(folder.resolve(tile.toString()));
  }

  /**
   * Compares the last, partial tiles, and requires those that a checkpoint of this size asks for.
   */
  void end(long size) throws IOException {
    if (!bundle.isEmpty()) {
      bundleEnds(leaves / TilePath.FULL);
    }
    for (int number = 0; number < levels.size(); number++) {
      if (levels.get(number).head.size() > 0) {
        tileEnds(number, levels.get(number));
      }
    }
    for (List<TilePath> tiles : files.values()) {
      TilePath tile = tiles.get(0);
      long complete = leaves >>> (8 * Math.min(7, Math.max(0, tile.level())));
      if (tile.level() > 7 || tile.index() * TilePath.FULL >= complete) {
        report.add("truncated", origin, "-", tile + " is of leaves that are not there");
      }
    }
    required(TilePath.ENTRIES, 0, size);
    for (int level = 0; level < 8; level++) {
      required(level, 8 * level, size);
    }
  }

  private void required(int level, int height, long size) {
    long count = size >>> height;
    long there = leaves == 0 ? 0 : ((leaves - 1) >>> height) / TilePath.FULL + 1;
    for (long index = 0; index < there && index * TilePath.FULL < count; index++) {
      TilePath full = new TilePath(level, index, TilePath.FULL);
      TilePath tile = full.withWidth((int) Math.min(TilePath.FULL, count - index * TilePath.FULL));
      if (!filesOf(full).contains(tile) && !filesOf(full).contains(full)) {
        report.add("tile-missing", origin, tile, "the tile is not there");
      }
    }
  }
}
