package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.CipherInputStream;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A header that is half written when it is read, as by a rewrap in place; and streams cut short.
 */
class TornHeaderTest {
  private static final byte[] PLAIN = new byte[200_000];

  @TempDir Path folder;
  private KeyholdProvider provider;
  private SecretKey key;
  private Path file;
  private byte[] object;

  @BeforeEach
  void makeAnObject() throws Exception {
    Path configuration = folder.resolve("keyhold.properties");
    Files.writeString(configuration, "backend.local.type = fake\nkey.* = local\n");
    provider = new KeyholdProvider().configure(configuration.toString());
    KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
    generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
    key = generator.generateKey();
    Arrays.fill(PLAIN, (byte) 7);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new KeyholdOutputStream(bytes, key)) {
      out.write(PLAIN);
    }
    object = bytes.toByteArray();
    file = folder.resolve("object");
  }

  @AfterEach
  void close() {
    provider.close();
  }

  private byte[] torn() {
    byte[] torn = object.clone();
    Arrays.fill(torn, 100, 200, (byte) 0x55);
    return torn;
  }

  /** Reads half a header, and ends the writer's work when it has. */
  private final class Torn extends FileInputStream {
    private boolean done;

    Torn() throws IOException {
      super(file.toFile());
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = super.read(into, offset, length);
      if (!done) {
        done = true;
        Files.write(file, object, StandardOpenOption.WRITE);
      }
      return count;
    }
  }

  @Test
  void aStreamReadsAHeaderThatChangedOnceMore() throws Exception {
    Files.write(file, torn());
    try (InputStream in = new KeyholdInputStream(new Torn(), key)) {
      assertArrayEquals(PLAIN, in.readAllBytes());
    }
  }

  @Test
  void aStreamThatBeginsWithinAFileReadsFromThereOnceMore() throws Exception {
    byte[] torn = torn();
    byte[] before = {1, 2, 3};
    byte[] good = object;
    object = joined(before, good);
    Files.write(file, joined(before, torn));
    Torn source = new Torn();
    source.getChannel().position(before.length);
    try (InputStream in = new KeyholdInputStream(source, key)) {
      assertArrayEquals(PLAIN, in.readAllBytes());
    }
  }

  private static byte[] joined(byte[] one, byte[] other) {
    byte[] all = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, all, one.length, other.length);
    return all;
  }

  @Test
  void aHeaderThatStaysAlteredIsRefused() throws Exception {
    Files.write(file, torn());
    try (InputStream in = new KeyholdInputStream(new FileInputStream(file.toFile()), key)) {
      IOException refused = assertThrows(IOException.class, in::readAllBytes);
      assertInstanceOf(AEADBadTagException.class, refused.getCause());
    }
    IOException refused =
        assertThrows(
            IOException.class, () -> KeyholdChannel.open(file, key, KeyholdParameterSpec.NONE));
    assertInstanceOf(AEADBadTagException.class, refused.getCause());
  }

  @Test
  void aChannelReadsAHeaderThatChangedOnceMore() throws Exception {
    Files.write(file, torn());
    try (FileChannel inner = FileChannel.open(file, StandardOpenOption.READ);
        KeyholdChannel channel =
            KeyholdChannel.open(new MendedLater(inner), key, KeyholdParameterSpec.NONE)) {
      ByteBuffer plain = ByteBuffer.allocate(PLAIN.length);
      channel.read(plain);
      assertArrayEquals(PLAIN, plain.array());
    }
  }

  /** After the second read, which is that of the whole header, the writer's work has ended. */
  private final class MendedLater implements SeekableByteChannel {
    private final FileChannel inner;
    private int reads;

    MendedLater(FileChannel inner) {
      this.inner = inner;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      int count = inner.read(into);
      if (++reads == 2) {
        Files.write(file, object, StandardOpenOption.WRITE);
      }
      return count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      return inner.write(from);
    }

    @Override
    public long position() throws IOException {
      return inner.position();
    }

    @Override
    public SeekableByteChannel position(long to) throws IOException {
      inner.position(to);
      return this;
    }

    @Override
    public long size() throws IOException {
      return inner.size();
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
      return inner.truncate(size);
    }

    @Override
    public boolean isOpen() {
      return inner.isOpen();
    }

    @Override
    public void close() throws IOException {
      inner.close();
    }
  }

  private CipherInputStream stream(byte[] sealed, byte[] iv) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, iv));
    return new CipherInputStream(new ByteArrayInputStream(sealed), cipher);
  }

  @Test
  void aStreamThatIsClosedInTheMiddleIsNoAlarm() throws Exception {
    byte[] iv = new byte[12];
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, iv));
    byte[] sealed = cipher.doFinal(PLAIN);
    for (int read : new int[] {0, 1, 100_000}) {
      LogRecords log = new LogRecords();
      try (CipherInputStream in = stream(sealed, iv)) {
        assertEquals(read, in.readNBytes(read).length);
      } finally {
        log.close();
      }
      assertEquals(List.of(), log.warnings(), "closed after " + read + " bytes");
    }
    LogRecords log = new LogRecords();
    try (CipherInputStream in = stream(Arrays.copyOf(sealed, sealed.length - 5), iv)) {
      assertThrows(IOException.class, in::readAllBytes);
    } finally {
      log.close();
    }
    assertEquals(1, log.warnings().size(), "an object that is cut short is one");
  }
}
