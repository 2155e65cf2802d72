package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.AEADBadTagException;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random access on several threads: what one thread reads, wherever a read begins and ends. */
class ParallelChannelTest {
  private static final int CHUNK = 16 * 1024;
  private static final int MIB = 1 << 20;
  private static final int LARGE = 1 << 18;

  @TempDir Path folder;
  private KeyholdProvider provider;
  private SecretKey key;

  @BeforeEach
  void makeAKey() throws Exception {
    Path file = folder.resolve("keyhold.properties");
    Files.writeString(file, "backend.local.type = fake\nkey.* = local\n");
    provider = new KeyholdProvider().configure(file.toString());
    KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
    generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
    key = generator.generateKey();
  }

  @AfterEach
  void close() {
    provider.close();
  }

  private static byte[] plain(int length) {
    byte[] plain = new byte[length];
    new Random(length).nextBytes(plain);
    return plain;
  }

  private Path object(byte[] plain) throws Exception {
    Path file = folder.resolve("object");
    try (OutputStream out = new KeyholdOutputStream(Files.newOutputStream(file), key)) {
      out.write(plain);
    }
    return file;
  }

  private KeyholdChannel channel(Path file, int threads) throws Exception {
    return KeyholdChannel.open(file, key, KeyholdParameterSpec.NONE.withThreads(threads));
  }

  private static byte[] read(KeyholdChannel channel, long position, int length) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(length);
    channel.position(position);
    int count = channel.read(out);
    assertEquals(Math.max(count, 0), out.position());
    return Arrays.copyOf(out.array(), out.position());
  }

  /** On both sides of the borders of chunks, batches and the ring. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, CHUNK, LARGE - 1, LARGE, LARGE + 1, MIB, 5 * MIB + 17, 6 * MIB})
  void oneLargeReadHasAll(int length) throws Exception {
    byte[] plain = plain(length);
    try (KeyholdChannel channel = channel(object(plain), 3)) {
      assertEquals(length, channel.size());
      assertArrayEquals(plain, read(channel, 0, length + LARGE));
      assertEquals(-1, channel.read(ByteBuffer.allocate(LARGE)));
    }
  }

  @Test
  void readsBeginAndEndAnywhere() throws Exception {
    byte[] plain = plain(5 * MIB + 17);
    Random random = new Random(1);
    try (KeyholdChannel channel = channel(object(plain), 2)) {
      int position = 0;
      for (int i = 0; i < 200; i++) {
        boolean goesOn = random.nextInt(4) > 0;
        position = goesOn ? Math.min(position, plain.length) : random.nextInt(plain.length + 10);
        int length = random.nextBoolean() ? random.nextInt(3 * LARGE) : random.nextInt(3 * CHUNK);
        int end = Math.min(plain.length, position + length);
        byte[] expected = position < end ? Arrays.copyOfRange(plain, position, end) : new byte[0];
        assertArrayEquals(expected, read(channel, position, length));
        position += length;
      }
    }
  }

  /** Another thread's work does not change which bytes are released before the fault. */
  @Test
  void whatComesBeforeADamagedChunkIsReadAndNothingAfterIt() throws Exception {
    byte[] plain = plain(3 * MIB);
    Path file = object(plain);
    byte[] object = Files.readAllBytes(file);
    int start = object.length - 3 * MIB - 16 * (3 * MIB / CHUNK + 1);
    int damaged = 100;
    object[start + damaged * (CHUNK + 16) + 5]++;
    Files.write(file, object);
    try (KeyholdChannel channel = channel(file, 2)) {
      ByteBuffer out = ByteBuffer.allocate(3 * MIB);
      IOException e = assertThrows(IOException.class, () -> channel.read(out));
      assertInstanceOf(AEADBadTagException.class, e.getCause());
      assertEquals(damaged * CHUNK, out.position());
      assertArrayEquals(
          Arrays.copyOf(plain, out.position()), Arrays.copyOf(out.array(), out.position()));
      long after = (damaged + 1L) * CHUNK;
      byte[] rest = read(channel, after, 3 * MIB);
      assertArrayEquals(Arrays.copyOfRange(plain, (int) after, plain.length), rest);
    }
  }

  @Test
  void aFileThatIsCutShortMeanwhileIsAnError() throws Exception {
    Path file = object(plain(3 * MIB));
    try (KeyholdChannel channel = channel(file, 2)) {
      assertEquals(LARGE, read(channel, 0, LARGE).length);
      Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 2 * MIB));
      ByteBuffer out = ByteBuffer.allocate(3 * MIB);
      IOException e = assertThrows(IOException.class, () -> channel.read(out));
      assertInstanceOf(AEADBadTagException.class, e.getCause());
    }
  }

  @Test
  void closingEndsTheWorkOfOtherThreads() throws Exception {
    KeyholdChannel channel = channel(object(plain(8 * MIB)), 2);
    read(channel, 0, LARGE);
    channel.close();
    assertEquals(
        0,
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("keyhold-chunks") && thread.isAlive())
            .count());
  }
}
