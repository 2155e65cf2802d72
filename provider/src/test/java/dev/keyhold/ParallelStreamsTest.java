package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import javax.crypto.AEADBadTagException;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One large object on several threads: the bytes, the faults and the ends of one thread. */
class ParallelStreamsTest {
  private static final int CHUNK = 16 * 1024;
  private static final int BATCH = 16 * CHUNK;
  private static final int MIB = 1 << 20;
  private static final KeyholdParameterSpec ONE = KeyholdParameterSpec.NONE;

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

  private byte[] sealed(byte[] plain, KeyholdParameterSpec parameters, int piece) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new KeyholdOutputStream(bytes, key, parameters)) {
      for (int at = 0; at < plain.length; at += piece) {
        out.write(plain, at, Math.min(piece, plain.length - at));
      }
    }
    return bytes.toByteArray();
  }

  private InputStream opening(byte[] object, KeyholdParameterSpec parameters) throws Exception {
    return new KeyholdInputStream(new ByteArrayInputStream(object), key, parameters);
  }

  private byte[] opened(byte[] object, KeyholdParameterSpec parameters) throws Exception {
    try (InputStream in = opening(object, parameters)) {
      return in.readAllBytes();
    }
  }

  /** On both sides of every border: of the first MiB, of a chunk, of a batch, of the ring. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 16})
  void theObjectIsThatOfOneThread(int threads) throws Exception {
    KeyholdParameterSpec many = ONE.withThreads(threads);
    for (int base : new int[] {0, MIB, MIB + CHUNK, MIB + BATCH, 2 * MIB, 6 * MIB}) {
      for (int beside : new int[] {-1, 0, 1, 777}) {
        byte[] plain = plain(Math.max(0, base + beside));
        byte[] alone = sealed(plain, ONE, 64 * 1024);
        byte[] together = sealed(plain, many, 100_001);
        assertEquals(alone.length, together.length);
        assertArrayEquals(plain, opened(together, ONE), "sealed, " + plain.length);
        assertArrayEquals(plain, opened(alone, many), "opened, " + plain.length);
      }
    }
  }

  /** Reads until it fails; what was read is a beginning of the plaintext. */
  private static int readToTheFault(InputStream in, byte[] plain) {
    byte[] read = new byte[plain.length + 1];
    int[] length = new int[1];
    IOException fault =
        assertThrows(
            IOException.class,
            () -> {
              for (int n = 0; n >= 0; n = in.read(read, length[0], read.length - length[0])) {
                length[0] += n;
              }
            });
    assertInstanceOf(AEADBadTagException.class, fault.getCause());
    assertThrows(IOException.class, in::read, "the fault stays");
    assertTrue(
        Arrays.equals(read, 0, length[0], plain, 0, length[0]), "what was read is authentic");
    return length[0];
  }

  @Test
  void nothingOfABatchThatIsAlteredIsReleasedAndNothingAfterIt() throws Exception {
    byte[] plain = plain(5 * MIB + 5);
    byte[] object = sealed(plain, ONE.withThreads(2), MIB);
    for (int at : new int[] {MIB + 3 * CHUNK, 2 * MIB, 3 * MIB + 1, object.length - 1}) {
      byte[] altered = object.clone();
      altered[at] ^= 1;
      try (InputStream in = opening(altered, ONE.withThreads(3))) {
        int read = readToTheFault(in, plain);
        assertTrue(read <= at, read + " bytes were released, and byte " + at + " is wrong");
        assertTrue(read >= MIB - 4 * CHUNK, "what stands before is released: " + read);
      }
    }
  }

  @Test
  void anObjectThatIsCutShortIsRefused() throws Exception {
    byte[] plain = plain(4 * MIB);
    byte[] object = sealed(plain, ONE, MIB);
    int rest = object.length % (CHUNK + 16); // prefix and last chunk
    for (int cut : new int[] {1, 16, rest, CHUNK + 16, 16 * (CHUNK + 16), 16 * (CHUNK + 16) + 16}) {
      byte[] part = Arrays.copyOf(object, object.length - cut);
      try (InputStream in = opening(part, ONE.withThreads(2))) {
        readToTheFault(in, plain);
      }
    }
  }

  /** Closed in the midst of it, by the reader or by another thread. */
  @Test
  void itIsClosedEarly() throws Exception {
    byte[] plain = plain(4 * MIB);
    byte[] object = sealed(plain, ONE, MIB);
    for (int round = 0; round < 50; round++) {
      InputStream in = opening(object, ONE.withThreads(2));
      in.readNBytes(MIB + round * CHUNK);
      Thread closer = new Thread(() -> assertDoesNotFail(in));
      closer.start();
      try {
        for (int n = 0; n >= 0; n = in.read(new byte[CHUNK])) {}
      } catch (IOException e) {
        assertEquals("the stream is closed", e.getMessage());
      }
      closer.join();
      assertThrows(IOException.class, in::read);
    }
  }

  private static void assertDoesNotFail(InputStream in) {
    try {
      in.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anObjectThatIsGivenUpStaysCutShort() throws Exception {
    byte[] plain = plain(3 * MIB);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    KeyholdOutputStream out = new KeyholdOutputStream(bytes, key, ONE.withThreads(2));
    out.write(plain);
    out.abort();
    assertThrows(IOException.class, () -> out.write(1));
    out.close();
    try (InputStream in = opening(bytes.toByteArray(), ONE)) {
      readToTheFault(in, plain);
    }
  }

  @Test
  void aReaderThatIsInterruptedSaysSo() throws Exception {
    byte[] object = sealed(plain(4 * MIB), ONE, MIB);
    InputStream in = opening(object, ONE.withThreads(2));
    in.readNBytes(MIB);
    CountDownLatch done = new CountDownLatch(1);
    Throwable[] thrown = new Throwable[1];
    Thread reader =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              try {
                in.readAllBytes();
              } catch (IOException e) {
                thrown[0] = e;
              }
              if (Thread.currentThread().isInterrupted()) {
                done.countDown();
              }
            });
    reader.start();
    reader.join();
    assertInstanceOf(InterruptedIOException.class, thrown[0]);
    assertEquals(0, done.getCount(), "the interrupt is kept");
    in.close();
  }

  @Test
  void fewerThreadsThanOneAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> ONE.withThreads(0));
    assertEquals(1, ONE.threads());
    assertEquals(
        7, ONE.withThreads(7).withAad(new byte[1]).withTenant("t").withPurpose("p").threads());
  }
}
