package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another thread closes a stream at any moment. */
class StreamRacesTest {
  @TempDir Path folder;
  private final ExecutorService other = Executors.newSingleThreadExecutor();
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
    other.shutdownNow();
    provider.close();
  }

  private byte[] sealed(byte[] plain) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new KeyholdOutputStream(bytes, key)) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  /** Reads until it ends or fails; each byte must be one of the plaintext, which has no zero. */
  @FunctionalInterface
  private interface Reader {
    void read(InputStream in) throws IOException;
  }

  private void readWhileItIsClosed(Reader reader) throws Exception {
    byte[] plain = new byte[3000];
    Arrays.fill(plain, (byte) 0x5A);
    byte[] object = sealed(plain);
    for (int round = 0; round < 3000; round++) {
      InputStream in = new KeyholdInputStream(new ByteArrayInputStream(object), key);
      assertEquals(0x5A, in.read());
      CyclicBarrier together = new CyclicBarrier(2);
      Future<Object> closing =
          other.submit(
              () -> {
                together.await();
                in.close();
                return null;
              });
      together.await();
      try {
        reader.read(in);
      } catch (IOException e) {
        assertEquals("the stream is closed", e.getMessage());
      }
      closing.get();
    }
  }

  @Test
  void aSingleByteIsOfThePlaintextOrNone() throws Exception {
    readWhileItIsClosed(
        in -> {
          for (int b = in.read(); b >= 0; b = in.read()) {
            assertEquals(0x5A, b);
          }
        });
  }

  @Test
  void bytesAreOfThePlaintextOrNone() throws Exception {
    byte[] piece = new byte[7];
    readWhileItIsClosed(
        in -> {
          for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
            for (int i = 0; i < n; i++) {
              assertEquals(0x5A, piece[i]);
            }
          }
        });
  }

  /** A stream below that holds a write up. */
  private static final class Slow extends ByteArrayOutputStream {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      entered.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      super.write(bytes, offset, length);
    }
  }

  @Test
  void whatIsClosedDuringAWriteIsNeverWhole() throws Exception {
    Slow below = new Slow();
    KeyholdOutputStream out = new KeyholdOutputStream(below, key);
    Future<Object> writing =
        other.submit(
            () -> {
              out.write(new byte[100_000]);
              return null;
            });
    below.entered.await();
    IOException refused = assertThrows(IOException.class, out::close);
    assertEquals(
        "closed while another thread was writing: the object is cut short", refused.getMessage());
    below.go.countDown();
    ExecutionException cut = assertThrows(ExecutionException.class, writing::get);
    assertEquals(IOException.class, cut.getCause().getClass(), "and the writer is told");
    byte[] written = below.toByteArray();
    try (InputStream in = new KeyholdInputStream(new ByteArrayInputStream(written), key)) {
      assertThrows(IOException.class, in::readAllBytes);
    }
  }
}
