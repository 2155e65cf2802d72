package dev.keyhold.config;

/** Recognizes a word that was mistyped. */
final class Spelling {
  private static final int MOST = 2;

  private Spelling() {}

  /**
   * Returns whether at most two letters must be inserted, left out or replaced to get from a to b.
   */
  static boolean isClose(String a, String b) {
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
      }
      above = row;
    }
    return above[b.length()] <= MOST;
  }
}
