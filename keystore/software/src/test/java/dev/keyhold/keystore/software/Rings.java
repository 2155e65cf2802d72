package dev.keyhold.keystore.software;

import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.software.ring.KeyExtras;
import dev.keyhold.keystore.software.ring.ScheduledDestruction;
import dev.keyhold.keystore.software.ring.StoredKey;
import dev.keyhold.keystore.software.ring.StoredVersion;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Rings as other releases write them. */
final class Rings {
  private Rings() {}

  /** A KEK that is destroyed at a time, in a file that was last written at another. */
  static StoredKey doomed(String name, Instant time, Instant lastWrite) {
    StoredVersion version =
        new StoredVersion(1, KeyState.ACTIVE, lastWrite, 0, new ErasableKey("AES", new byte[32]));
    KeyExtras extras =
        new KeyExtras(
            new byte[0],
            List.of(),
            Map.of(),
            Optional.of(new ScheduledDestruction(time, Optional.of(lastWrite))));
    return new StoredKey(
        "0".repeat(32),
        name,
        KeySpec.AES_256,
        Set.of(Purpose.ENCRYPT),
        KeyState.DESTROYED,
        List.of(version),
        extras);
  }

  /** The payload of one such key with another note of the last write; none if it is empty. */
  static byte[] withLastWrite(byte[] payload, Instant lastWrite, String note) {
    byte[] label = label(Long.toString(lastWrite.toEpochMilli()));
    int at = payload.length - 8 - label.length; // the time of destruction is last
    byte[] other = note.isEmpty() ? new byte[0] : label(note);
    return ByteBuffer.allocate(at + other.length + 8)
        .put(payload, 0, at - 2)
        .putShort((short) (note.isEmpty() ? 0 : 1))
        .put(other)
        .put(payload, payload.length - 8, 8)
        .array();
  }

  private static byte[] label(String value) {
    byte[] name = "keyhold-last-write".getBytes(StandardCharsets.UTF_8);
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(4 + name.length + text.length)
        .putShort((short) name.length)
        .put(name)
        .putShort((short) text.length)
        .put(text)
        .array();
  }
}
