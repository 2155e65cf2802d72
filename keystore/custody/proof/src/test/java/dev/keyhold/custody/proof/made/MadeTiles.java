package dev.keyhold.custody.proof.made;

import dev.keyhold.custody.proof.log.HashSource;
import dev.keyhold.custody.proof.log.Hashes;
import dev.keyhold.custody.proof.log.Proofs;
import dev.keyhold.custody.proof.log.TilePath;
import dev.keyhold.custody.proof.log.Tiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes tiles from leaves, in the way of the specification and not of the verifier. */
public final class MadeTiles {
  private MadeTiles() {}

  /** Returns the hashes of complete subtrees of these leaves. */
  public static HashSource source(List<byte[]> leaves) {
    List<List<byte[]>> levels = new ArrayList<>();
    List<byte[]> level = leaves.stream().map(Hashes::leaf).toList();
    while (!level.isEmpty()) {
      levels.add(level);
      List<byte[]> above = new ArrayList<>();
      for (int i = 0; i + 1 < level.size(); i += 2) {
        above.add(Hashes.node(level.get(i), level.get(i + 1)));
      }
      level = above;
    }
    return (height, index) -> levels.get(height).get((int) index);
  }

  /** Writes the tiles and bundles of the first leaves. */
  public static void write(Path folder, List<byte[]> leaves, long size) throws IOException {
    HashSource source = source(leaves);
    for (TilePath tile : Tiles.between(0, size)) {
      Path file = folder.resolve(tile.toString());
      Files.createDirectories(file.getParent());
      Files.write(file, content(tile, leaves, source));
    }
  }

  private static byte[] content(TilePath tile, List<byte[]> leaves, HashSource source)
      throws IOException {
    int first = (int) (tile.index() * TilePath.FULL);
    if (tile.level() == TilePath.ENTRIES) {
      return Tiles.bundle(leaves.subList(first, first + tile.width()));
    }
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (int i = 0; i < tile.width(); i++) {
      content.writeBytes(source.hash(8 * tile.level(), first + (long) i));
    }
    return content.toByteArray();
  }

  /** Returns the root, computed from complete subtrees. */
  public static byte[] root(List<byte[]> leaves) throws IOException {
    return Proofs.root(source(leaves), leaves.size());
  }
}
