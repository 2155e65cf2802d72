package dev.keyhold.custody.proof.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Which tiles a tree has, what bundles hold, and the hashes of subtrees from tiles. */
public final class Tiles {
  private static final int HEIGHT = 8;

  private Tiles() {}

  /** Reads the content of a tile. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Returns the content of a tile, or of the full one in the place of a partial one.
     *
     * @throws IOException if there is neither
     */
    byte[] read(TilePath tile) throws IOException;
  }

  /** Returns the tiles and bundles that a tree gets when it grows from one size to another. */
  public static List<TilePath> between(long oldSize, long newSize) {
    List<TilePath> tiles = new ArrayList<>();
    for (long old = oldSize / TilePath.FULL, index = old;
        index * TilePath.FULL < newSize;
        index++) {
      int width = (int) Math.min(TilePath.FULL, newSize - index * TilePath.FULL);
      if (index > old || oldSize % TilePath.FULL != width) {
        tiles.add(new TilePath(TilePath.ENTRIES, index, width));
      }
    }
    for (int level = 0; level < 8; level++) {
      long before = oldSize >>> (HEIGHT * level);
      long after = newSize >>> (HEIGHT * level);
      for (long index = before / TilePath.FULL; index * TilePath.FULL < after; index++) {
        int width = (int) Math.min(TilePath.FULL, after - index * TilePath.FULL);
        if (index * TilePath.FULL + width > before) {
          tiles.add(new TilePath(level, index, width));
        }
      }
    }
    return tiles;
  }

  /** Returns the content of a bundle of these leaves. */
  public static byte[] bundle(List<byte[]> leaves) {
    ByteArrayOutputStream bundle = new ByteArrayOutputStream();
    for (byte[] leaf : leaves) {
      bundle.write(leaf.length >>> 8);
      bundle.write(leaf.length);
      bundle.writeBytes(leaf);
    }
    return bundle.toByteArray();
  }

  /**
   * Returns the hashes of subtrees of a tree of this size, read from its tiles.
   *
   * @param size the size of the checkpoint, which says how wide the last tiles are
   */
  public static HashSource source(Reader reader, long size) {
    return (level, index) -> {
      int tileLevel = level / HEIGHT;
      int within = level % HEIGHT;
      long first = index << within;
      long tile = first / TilePath.FULL;
      long hashes = size >>> (HEIGHT * tileLevel);
      int width = (int) Math.min(TilePath.FULL, hashes - tile * TilePath.FULL);
      byte[] content = reader.read(new TilePath(tileLevel, tile, width));
      int offset = (int) (first % TilePath.FULL);
      TreeHead head = new TreeHead();
      for (int i = 0; i < 1 << within; i++) {
        byte[] hash = new byte[Hashes.LENGTH];
        int at = (offset + i) * Hashes.LENGTH;
        if (at + Hashes.LENGTH > content.length) {
          throw new IOException("the tile " + new TilePath(tileLevel, tile, width) + " is short");
        }
        System.arraycopy(content, at, hash, 0, Hashes.LENGTH);
        head.add(hash);
      }
      return head.root();
    };
  }
}
