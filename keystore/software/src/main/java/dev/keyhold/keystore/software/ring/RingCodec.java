package dev.keyhold.keystore.software.ring;

import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.encoding.AlgorithmTable;
import dev.keyhold.keystore.encoding.KeyPairKind;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The keys of a file as bytes, before encryption; KEYFILE.md has the layout. Stateless. The caller
 * zeroes the bytes.
 */
public final class RingCodec {
  /**
   * The algorithms by their numbers, from 1 on: the parameter sets follow, in the order of the
   * table.
   */
  private static final List<String> ALGORITHMS =
      Stream.of(
              Stream.of("AES"),
              AlgorithmTable.HMACS.stream(),
              AlgorithmTable.KEY_PAIRS.stream().map(KeyPairKind::algorithm))
          .flatMap(names -> names)
          .distinct()
          .toList();

  private static final List<KeyState> STATES =
      List.of(
          KeyState.PRE_ACTIVE,
          KeyState.ACTIVE,
          KeyState.SUSPENDED,
          KeyState.DEACTIVATED,
          KeyState.COMPROMISED,
          KeyState.DESTROYED);
  private static final List<Purpose> PURPOSES =
      List.of(
          Purpose.ENCRYPT,
          Purpose.MAC,
          Purpose.SIGN,
          Purpose.DECRYPT,
          Purpose.AGREE,
          Purpose.KEY_WRAP,
          Purpose.DECAPSULATE);

  /** Begins a payload of the second version, where the first has the number of keys. */
  private static final int SECOND = 0x80000002;

  private static final int ID_LENGTH = 16;
  private static final int KEY_FIXED = ID_LENGTH + 2 + 1 + 2 + 1 + 1 + 2;
  private static final int VERSION_FIXED = 4 + 1 + 8 + 8;

  private RingCodec() {}

  /** One array of the exact size: a growing buffer would leave copies of keys behind. */
  public static byte[] encode(KeyRing ring) {
    boolean second = ring.keys().stream().anyMatch(StoredKey::needsSecondVersion);
    int size = second ? 8 : 4;
    for (StoredKey key : ring.keys()) {
      size += KEY_FIXED + utf8(key.name()).length;
      for (StoredVersion version : key.versions()) {
        size += VERSION_FIXED + (second ? 4 : 0) + version.material().length();
      }
      size += second ? ExtrasCodec.size(key.extras()) : 0;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    if (second) {
      out.putInt(SECOND);
    }
    out.putInt(ring.keys().size());
    for (StoredKey key : ring.keys()) {
      put(out, key, second);
      if (second) {
        ExtrasCodec.put(out, key.extras());
      }
    }
    return out.array();
  }

  private static void put(ByteBuffer out, StoredKey key, boolean second) {
    byte[] name = utf8(key.name());
    out.put(HexFormat.of().parseHex(key.id()));
    out.putShort((short) name.length).put(name);
    out.put(code(ALGORITHMS, key.spec().algorithm()));
    out.putShort((short) key.spec().bits());
    out.put(code(PURPOSES, key.purposes().iterator().next()));
    out.put(code(STATES, key.state()));
    out.putShort((short) key.versions().size());
    for (StoredVersion version : key.versions()) {
      out.putInt(version.number());
      out.put(code(STATES, version.state()));
      out.putLong(version.created().toEpochMilli());
      out.putLong(version.wrapsReserved());
      if (second) {
        out.putInt(version.material().length());
      }
      byte[] material = version.material().getEncoded();
      out.put(material);
      Arrays.fill(material, (byte) 0);
    }
  }

  private static <T> byte code(List<T> known, T value) {
    return (byte) (known.indexOf(value) + 1);
  }

  /** Returns the ring of these bytes; empty if they are not what {@link #encode} makes. */
  public static Optional<KeyRing> decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    List<StoredKey> keys = new ArrayList<>();
    try {
      // each turn takes bytes, so a forged count ends with an underflow
      int first = in.getInt();
      boolean second = first == SECOND;
      int count = second ? in.getInt() : first;
      for (long left = Integer.toUnsignedLong(count); left > 0; left--) {
        keys.add(key(in, second));
      }
      return in.hasRemaining() ? Optional.empty() : Optional.of(new KeyRing(keys));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static StoredKey key(ByteBuffer in, boolean second) {
    String id = HexFormat.of().formatHex(take(in, ID_LENGTH));
    String name = new String(take(in, Short.toUnsignedInt(in.getShort())), StandardCharsets.UTF_8);
    KeySpec spec = new KeySpec(value(ALGORITHMS, in.get()), Short.toUnsignedInt(in.getShort()));
    Purpose purpose = value(PURPOSES, in.get());
    KeyState state = value(STATES, in.get());
    int count = Short.toUnsignedInt(in.getShort());
    if (count == 0 || !KeyRules.canHold(spec, purpose, second)) {
      throw new IllegalArgumentException("not a key");
    }
    List<StoredVersion> versions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      StoredVersion version = version(in, spec, second);
      int last = versions.isEmpty() ? 0 : versions.get(i - 1).number();
      if (version.number() <= last || version.wrapsReserved() < 0) {
        throw new IllegalArgumentException("not a version");
      }
      versions.add(version);
    }
    KeyExtras extras = second ? ExtrasCodec.take(in) : KeyExtras.NONE;
    if (spec.isKeyPair() != (extras.publicKey().length > 0)
        || (spec.isKeyPair() && versions.size() > 1)) {
      throw new IllegalArgumentException("not a key");
    }
    return new StoredKey(id, name, spec, Set.of(purpose), state, versions, extras);
  }

  private static StoredVersion version(ByteBuffer in, KeySpec spec, boolean second) {
    int number = in.getInt();
    KeyState state = value(STATES, in.get());
    Instant created = Instant.ofEpochMilli(in.getLong());
    long wrapsReserved = in.getLong();
    int length = second ? in.getInt() : spec.bits() / 8;
    if (length < 1 || (!spec.isKeyPair() && length != spec.bits() / 8)) {
      throw new IllegalArgumentException("not a key");
    }
    ErasableKey material = new ErasableKey(spec.algorithm(), take(in, length));
    return new StoredVersion(number, state, created, wrapsReserved, material);
  }

  private static <T> T value(List<T> known, byte code) {
    if (code < 1 || code > known.size()) {
      throw new IllegalArgumentException("unknown code");
    }
    return known.get(code - 1);
  }

  static byte[] take(ByteBuffer in, int length) {
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
