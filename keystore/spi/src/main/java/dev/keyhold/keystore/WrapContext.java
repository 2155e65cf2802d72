package dev.keyhold.keystore;

import dev.keyhold.keystore.encoding.Digests;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The names and values that a wrapped key is bound to: the alias's binding, the tenant, the format,
 * the mode and the number of recipients. Unwrapping needs the same context. A KMS gets it as its
 * encryption context; AES-GCM authenticates {@link #toBytes}. It is not secret, and appears in
 * audit logs. The provider creates it; docs/FORMAT.md, section 3.1, lists the names.
 *
 * <p>Immutable and thread-safe.
 */
public final class WrapContext {
  private static final int MAX_LENGTH = 0xFFFF;

  private final SortedMap<String, String> entries;

  /** Computed at the first use; never changed. */
  private volatile byte[] canonical;

  /** The SHA-256 of the encoding, computed at the first use; never changed. */
  private volatile byte[] digest;

  /**
   * Creates a context of these names and values, which are copied.
   *
   * @throws IllegalArgumentException if a name or value is longer than 65,535 bytes of UTF-8
   */
  public WrapContext(Map<String, String> entries) {
    this.entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    this.entries.forEach(
        (name, value) -> {
          if (utf8(name).length > MAX_LENGTH || utf8(value).length > MAX_LENGTH) {
            throw new IllegalArgumentException("an entry of a wrap context is too long: " + name);
          }
        });
  }

  /** Returns the names and values, sorted by name (by UTF-16 code unit), unmodifiable. */
  public SortedMap<String, String> entries() {
    return entries;
  }

  /**
   * Returns the canonical encoding: for each entry, in the order of {@link #entries}, {@code u16
   * length || name || u16 length || value}; lengths in bytes, big-endian; text in UTF-8.
   *
   * @return a copy
   */
  public byte[] toBytes() {
    return canonical().clone();
  }

  /** Returns the canonical encoding itself, not to be changed. */
  byte[] canonical() {
    byte[] known = canonical;
    if (known == null) {
      known = encode();
      canonical = known;
    }
    return known;
  }

  /** Returns the SHA-256 of the canonical encoding, not to be changed. */
  byte[] digest() {
    byte[] known = digest;
    if (known == null) {
      known = Digests.local("SHA-256").digest(canonical());
      digest = known;
    }
    return known;
  }

  private byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    entries.forEach(
        (name, value) -> {
          put(out, utf8(name));
          put(out, utf8(value));
        });
    return out.toByteArray();
  }

  private static void put(ByteArrayOutputStream out, byte[] bytes) {
    out.write(bytes.length >>> 8);
    out.write(bytes.length);
    out.writeBytes(bytes);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return entries.toString();
  }
}
