package dev.keyhold.custody.proof.log;

/**
 * The path of a tile or bundle of C2SP tlog-tiles, such as {@code tile/0/x001/234.p/5}. Immutable.
 *
 * @param level of the tile; -1 for a bundle of entries
 * @param index of the tile in its level
 * @param width how many hashes or entries it has, 1 to 256
 */
public record TilePath(int level, long index, int width) {
  /** How many hashes a full tile has. */
  public static final int FULL = 256;

  /** The level of bundles. */
  public static final int ENTRIES = -1;

  private static final String PREFIX = "tile/";

  /** Returns whether the tile is full. */
  public boolean isFull() {
    return width == FULL;
  }

  /** Returns the same tile with this width. */
  public TilePath withWidth(int newWidth) {
    return new TilePath(level, index, newWidth);
  }

  /**
   * Returns the tile that the path names, or null if it is not the path of any.
   *
   * @param path relative to the folder of the log, with {@code /}
   */
  public static TilePath parse(String path) {
    String[] parts = path.split("/", -1);
    if (parts.length < 3 || parts.length > 12 || !path.startsWith(PREFIX)) {
      return null;
    }
    try {
      int width = FULL;
      int end = parts.length;
      String last = parts[end - 1];
      if (end >= 4 && parts[end - 2].endsWith(".p")) {
        width = Integer.parseInt(last);
        last = parts[end - 2].substring(0, parts[end - 2].length() - 2);
        end--;
      }
      long index = 0;
      for (int i = 2; i < end - 1; i++) {
        index = index * 1000 + Integer.parseInt(parts[i].substring(1));
      }
      index = index * 1000 + Integer.parseInt(last);
      int level = parts[1].equals("entries") ? ENTRIES : Integer.parseInt(parts[1]);
      TilePath tile = new TilePath(level, index, width);
      return width >= 1 && level <= 63 && tile.toString().equals(path) ? tile : null;
    } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
      return null;
    }
  }

  /** Returns the path. */
  @Override
  public String toString() {
    StringBuilder path = new StringBuilder(three(index % 1000));
    for (long rest = index / 1000; rest > 0; rest /= 1000) {
      path.insert(0, "x" + three(rest % 1000) + "/");
    }
    path.insert(0, PREFIX + (level == ENTRIES ? "entries" : Integer.toString(level)) + "/");
    return isFull() ? path.toString() : path + ".p/" + width;
  }

  private static String three(long number) {
    String digits = Long.toString(number);
    return "000".substring(digits.length()) + digits;
  }
}
