package dev.keyhold.conformance.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.KeyholdChannel;
import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdFixture;
import dev.keyhold.conformance.Pattern;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.AEADBadTagException;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading an encrypted file at any place. */
class RandomAccessTest {
  private static final KeyholdParameterSpec PARAMETERS =
      KeyholdParameterSpec.NONE.withAad(Pattern.bytes(300));

  @TempDir static Path folder;
  private static KeyholdFixture keyhold;
  private static SecretKey key;

  @BeforeAll
  static void makeAKey() {
    keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder);
    key = keyhold.newKey("AES", "orders");
  }

  @AfterAll
  static void close() {
    keyhold.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16383, 16384, 16385, 32768, 100_000})
  void readsWhatIsThereAtEachPlace(int length) throws Exception {
    byte[] plain = Pattern.bytes(length);
    Random random = new Random(length);
    try (KeyholdChannel channel = open(write(plain))) {
      assertEquals(length, channel.size());
      for (int i = 0; i < 200; i++) {
        int from = random.nextInt(length + 1);
        ByteBuffer part = ByteBuffer.allocate(random.nextInt(40_000) + 1);
        int read = channel.position(from).read(part);
        int expected = Math.min(part.capacity(), length - from);
        assertEquals(expected == 0 ? -1 : expected, read);
        assertEquals(from + Math.max(read, 0), channel.position());
        assertArrayEquals(
            Arrays.copyOfRange(plain, from, from + expected),
            Arrays.copyOf(part.array(), expected));
      }
    }
  }

  @Test
  void aDamagedChunkFailsAndTheOthersDoNot() throws Exception {
    byte[] plain = Pattern.bytes(3 * Pattern.CHUNK);
    Path file = write(plain);
    byte[] object = Files.readAllBytes(file);
    object[Pattern.chunkAt(object, 1) + 9] ^= 4;
    Files.write(file, object);
    try (KeyholdChannel channel = open(file)) {
      ByteBuffer chunk = ByteBuffer.allocate(Pattern.CHUNK);
      assertEquals(Pattern.CHUNK, channel.read(chunk));
      for (int i = 0; i < 2; i++) {
        IOException refusal =
            assertThrows(
                IOException.class,
                () -> channel.position(Pattern.CHUNK).read(ByteBuffer.allocate(1)));
        assertInstanceOf(AEADBadTagException.class, refusal.getCause());
      }
      chunk.clear();
      assertEquals(Pattern.CHUNK, channel.position(2L * Pattern.CHUNK).read(chunk));
      assertArrayEquals(
          Arrays.copyOfRange(plain, 2 * Pattern.CHUNK, 3 * Pattern.CHUNK), chunk.array());
    }
  }

  @Test
  void isReadOnlyAndClosesOnce() throws Exception {
    KeyholdChannel channel = open(write(Pattern.bytes(10)));
    assertThrows(NonWritableChannelException.class, () -> channel.write(ByteBuffer.allocate(1)));
    assertThrows(NonWritableChannelException.class, () -> channel.truncate(0));
    assertThrows(IllegalArgumentException.class, () -> channel.position(-1));
    assertEquals(-1, channel.position(1L << 40).read(ByteBuffer.allocate(1)));
    channel.close();
    channel.close();
    assertThrows(ClosedChannelException.class, () -> channel.read(ByteBuffer.allocate(1)));
    assertThrows(ClosedChannelException.class, channel::size);
  }

  @Test
  void refusesAForeignKey() throws Exception {
    Path file = write(Pattern.bytes(10));
    SecretKey raw = new SecretKeySpec(new byte[32], "AES");
    assertThrows(InvalidKeyException.class, () -> KeyholdChannel.open(file, raw, PARAMETERS));
  }

  private static Path write(byte[] plain) throws IOException {
    return Files.write(folder.resolve("object.khld"), keyhold.seal(key, plain, PARAMETERS));
  }

  private static KeyholdChannel open(Path file) throws IOException, InvalidKeyException {
    return KeyholdChannel.open(file, key, PARAMETERS);
  }
}
