package dev.keyhold.jca.key;

import dev.keyhold.keystore.KeyWrap;
import dev.keyhold.keystore.encoding.AlgorithmTable;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of the name of an AES key wrap. The names and their aliases are SunJCE's.
 *
 * @param transformation the standard JCA name
 * @param aliases other names, object identifiers among them
 * @param way of wrapping
 * @param padded whether bytes are added to the key before, up to the next multiple of 8
 * @param bits the size of the wrapping key; 0 for any
 */
public record KeyWrapName(
    String transformation, List<String> aliases, KeyWrap way, boolean padded, int bits) {
  /** The beginning of {@code getAlgorithm} of a handle that wraps keys; the key's size follows. */
  private static final String KEY = "AESWrap_";

  /** Returns all that Keyhold has. */
  public static List<KeyWrapName> all() {
    List<KeyWrapName> names = new ArrayList<>(names("AES", "", List.of(), List.of(), 0));
    for (int bits : AlgorithmTable.AES_BITS) {
      List<String> kw = List.of(AlgorithmTable.aes("KW", bits));
      List<String> kwp = List.of(AlgorithmTable.aes("KWP", bits));
      names.addAll(names("AES_" + bits, "_" + bits, kw, kwp, bits));
    }
    return names;
  }

  private static List<KeyWrapName> names(
      String cipher, String suffix, List<String> kwOids, List<String> kwpOids, int bits) {
    List<String> kw = new ArrayList<>(kwOids);
    kwOids.forEach(oid -> kw.add("OID." + oid));
    kw.add("AESWrap" + suffix);
    List<String> kwp = new ArrayList<>(kwpOids);
    kwpOids.forEach(oid -> kwp.add("OID." + oid));
    kwp.add("AESWrapPad" + suffix);
    return List.of(
        new KeyWrapName(cipher + "/KW/NoPadding", kw, KeyWrap.KW, false, bits),
        new KeyWrapName(cipher + "/KWP/NoPadding", kwp, KeyWrap.KWP, false, bits),
        new KeyWrapName(cipher + "/KW/PKCS5Padding", List.of(), KeyWrap.KW, true, bits));
  }

  /** Returns what a handle calls its algorithm that wraps keys. */
  static String keyAlgorithm(int bits) {
    return KEY + bits;
  }

  /**
   * Returns whether an algorithm of a key is that of one that wraps keys; its size may be left out.
   */
  public static boolean isKeyAlgorithm(String algorithm, int bits) {
    return algorithm.equals("AESWrap") || algorithm.equals(keyAlgorithm(bits));
  }

  /** Returns whether a key wraps keys, and has the size that the name says. */
  public boolean isFor(KeyHandle key) {
    return key instanceof SecretKeyHandle
        && (bits == 0
            ? key.getAlgorithm().startsWith(KEY)
            : key.getAlgorithm().equals(keyAlgorithm(bits)));
  }

  /** Returns the size of a key that {@link #isFor} lets pass. */
  public static int bitsOf(KeyHandle key) {
    return Integer.parseInt(key.getAlgorithm().substring(KEY.length()));
  }

  /**
   * Returns the initial value that a wrapped key is checked by (RFC 3394, 2.2.3.1; RFC 5649, 3).
   */
  public byte[] initialValue() {
    return way == KeyWrap.KWP
        ? new byte[] {(byte) 0xA6, 0x59, 0x59, (byte) 0xA6}
        : new byte[] {
          (byte) 0xA6, (byte) 0xA6, (byte) 0xA6, (byte) 0xA6,
          (byte) 0xA6, (byte) 0xA6, (byte) 0xA6, (byte) 0xA6
        };
  }
}
