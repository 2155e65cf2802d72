package dev.keyhold.keys;

import dev.keyhold.keystore.LocalRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * A key as shares of which all are needed: all but the last are random, the last is the exclusive
 * or of the key and them. Fewer tell nothing of the key, whatever may be computed. Stateless.
 */
final class Shares {
  private Shares() {}

  /** Splits a key into new arrays; the caller zeroes them. */
  static List<byte[]> split(byte[] key, int count) {
    List<byte[]> shares = new ArrayList<>();
    byte[] last = key.clone();
    for (int i = 1; i < count; i++) {
      byte[] share = LocalRandom.bytes(key.length);
      xor(last, share);
      shares.add(share);
    }
    shares.add(last);
    return shares;
  }

  /**
   * Joins shares to a key in a new array; the caller zeroes it. Shares of a length other than the
   * first's give no key.
   */
  static byte[] join(List<byte[]> shares) {
    byte[] key = new byte[shares.get(0).length];
    for (byte[] share : shares) {
      if (share.length != key.length) {
        return new byte[0]; // no top key has this length
      }
      xor(key, share);
    }
    return key;
  }

  private static void xor(byte[] into, byte[] other) {
    for (int i = 0; i < into.length; i++) {
      into[i] ^= other[i];
    }
  }
}
