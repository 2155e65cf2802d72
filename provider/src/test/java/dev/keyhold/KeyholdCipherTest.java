package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyholdCipherTest {
  @TempDir Path folder;
  private KeyholdProvider provider;
  private SecretKey key;

  @BeforeEach
  void makeAKey() throws IOException, GeneralSecurityException {
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

  private Cipher cipher(int mode, byte[] iv) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(mode, key, iv == null ? null : new GCMParameterSpec(128, iv));
    cipher.updateAAD(new byte[] {1, 2, 3});
    return cipher;
  }

  private static byte[] plaintext(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16383, 16384, 16385, 32768, 100_000})
  void whatIsEncryptedIsDecryptedInOnePieceOrMany(int length) throws GeneralSecurityException {
    byte[] plain = plaintext(length);
    Cipher encrypting = cipher(Cipher.ENCRYPT_MODE, null);
    byte[] object = encrypting.doFinal(plain);
    byte[] iv = encrypting.getIV();
    assertArrayEquals(plain, cipher(Cipher.DECRYPT_MODE, iv).doFinal(object));

    Cipher pieces = cipher(Cipher.DECRYPT_MODE, iv);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < object.length; at += 1000) {
      out.writeBytes(pieces.update(object, at, Math.min(1000, object.length - at)));
    }
    out.writeBytes(pieces.doFinal());
    assertArrayEquals(plain, out.toByteArray());
  }

  @Test
  void inPlaceAndByBuffersIsTheSame() throws GeneralSecurityException {
    byte[] plain = plaintext(40_000);
    Cipher encrypting = cipher(Cipher.ENCRYPT_MODE, null);
    byte[] array = Arrays.copyOf(plain, encrypting.getOutputSize(plain.length));
    assertEquals(array.length, encrypting.doFinal(array, 0, plain.length, array, 0));

    ByteBuffer direct = ByteBuffer.allocateDirect(array.length);
    direct.put(array).flip();
    ByteBuffer out = ByteBuffer.allocateDirect(plain.length);
    cipher(Cipher.DECRYPT_MODE, encrypting.getIV()).doFinal(direct, out);
    byte[] opened = new byte[plain.length];
    out.flip().get(opened);
    assertArrayEquals(plain, opened);

    int length =
        cipher(Cipher.DECRYPT_MODE, encrypting.getIV()).doFinal(array, 0, array.length, array, 0);
    assertArrayEquals(plain, Arrays.copyOf(array, length));
  }

  @Test
  void aShortBufferChangesNothing() throws GeneralSecurityException {
    byte[] plain = plaintext(20_000);
    Cipher encrypting = cipher(Cipher.ENCRYPT_MODE, null);
    int size = encrypting.getOutputSize(plain.length);
    assertThrows(
        ShortBufferException.class,
        () -> encrypting.doFinal(plain, 0, plain.length, new byte[size - 1]));
    byte[] object = new byte[size];
    encrypting.doFinal(plain, 0, plain.length, object);
    Cipher decrypting = cipher(Cipher.DECRYPT_MODE, encrypting.getIV());
    assertThrows(
        ShortBufferException.class,
        () -> decrypting.doFinal(object, 0, size, new byte[plain.length - 1]));
    byte[] opened = new byte[plain.length];
    assertEquals(plain.length, decrypting.doFinal(object, 0, size, opened));
    assertArrayEquals(plain, opened);
  }

  @Test
  void afterABadChunkNothingMoreIsReleased() throws GeneralSecurityException {
    byte[] plain = plaintext(100_000);
    Cipher encrypting = cipher(Cipher.ENCRYPT_MODE, null);
    byte[] object = encrypting.doFinal(plain);
    object[object.length - 40_000] ^= 1;
    Cipher decrypting = cipher(Cipher.DECRYPT_MODE, encrypting.getIV());
    byte[] released = decrypting.update(object);
    assertArrayEquals(Arrays.copyOf(plain, released.length), released);
    assertEquals(3 * 16384, released.length);
    assertEquals(0, decrypting.update(new byte[100_000]).length);
    assertThrows(AEADBadTagException.class, decrypting::doFinal);
  }

  @Test
  void streamsAndTheChannelReadTheSameObject() throws IOException, GeneralSecurityException {
    byte[] plain = plaintext(70_000);
    KeyholdParameterSpec parameters = KeyholdParameterSpec.NONE.withAad(new byte[] {9});
    Path file = folder.resolve("object");
    try (OutputStream out = new KeyholdOutputStream(Files.newOutputStream(file), key, parameters)) {
      out.write(plain);
    }
    try (KeyholdInputStream in =
        new KeyholdInputStream(Files.newInputStream(file), key, parameters)) {
      assertArrayEquals(plain, in.readAllBytes());
    }
    try (SeekableByteChannel channel = KeyholdChannel.open(file, key, parameters)) {
      assertEquals(plain.length, channel.size());
      ByteBuffer some = ByteBuffer.allocate(20_000);
      assertEquals(20_000, channel.position(16_000).read(some));
      assertArrayEquals(Arrays.copyOfRange(plain, 16_000, 36_000), some.array());
      assertEquals(-1, channel.position(70_000).read(ByteBuffer.allocate(1)));
    }
    byte[] object = Files.readAllBytes(file);
    byte[] cut = Arrays.copyOf(object, object.length - 10_000);
    try (KeyholdInputStream in =
        new KeyholdInputStream(new ByteArrayInputStream(cut), key, parameters)) {
      IOException e = assertThrows(IOException.class, in::readAllBytes);
      assertEquals(AEADBadTagException.class, e.getCause().getClass());
    }
  }

  @Test
  void anObjectThatWasGivenUpDoesNotOpenAsAWhole() throws IOException, GeneralSecurityException {
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    try (KeyholdOutputStream out = new KeyholdOutputStream(object, key)) {
      out.write(plaintext(50_000));
      out.abort();
      assertThrows(IOException.class, () -> out.write(1));
    }
    ByteArrayInputStream source = new ByteArrayInputStream(object.toByteArray());
    try (KeyholdInputStream in = new KeyholdInputStream(source, key)) {
      assertThrows(IOException.class, in::readAllBytes);
    }
  }

  @Test
  void aStreamReadsNoFurtherThanAFault() throws IOException, GeneralSecurityException {
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    try (OutputStream out = new KeyholdOutputStream(object, key)) {
      out.write(plaintext(1_000_000));
    }
    byte[] bytes = object.toByteArray();
    bytes[20_000] ^= 1;
    ByteArrayInputStream source = new ByteArrayInputStream(bytes);
    try (KeyholdInputStream in = new KeyholdInputStream(source, key)) {
      assertEquals(16384, in.readNBytes(16384).length);
      assertThrows(IOException.class, in::read);
      assertTrue(source.available() > 900_000);
    }
  }

  @Test
  void theKeyStoreGivesTheSameHandle() throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("Keyhold", provider);
    keys.load(null, null);
    assertEquals(key, keys.getKey("orders", null));
    assertNull(keys.getKey("none", null));
    assertNull(key.getEncoded());
  }

  @Test
  void closingAStreamFromAnotherThreadHarmsNobodyElse() throws Exception {
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    try (OutputStream out = new KeyholdOutputStream(object, key)) {
      out.write(plaintext(2_000_000));
    }
    byte[] plain = plaintext(70_000);
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService readers = Executors.newFixedThreadPool(2);
    try {
      Future<?> victim =
          readers.submit(
              () -> {
                while (!stop.get()) {
                  Cipher encrypting = cipher(Cipher.ENCRYPT_MODE, null);
                  byte[] sealed = encrypting.doFinal(plain);
                  Cipher decrypting = cipher(Cipher.DECRYPT_MODE, encrypting.getIV());
                  assertArrayEquals(plain, decrypting.doFinal(sealed));
                }
                return null;
              });
      for (int round = 0; round < 400; round++) {
        KeyholdInputStream in =
            new KeyholdInputStream(new ByteArrayInputStream(object.toByteArray()), key);
        Future<?> reading = readers.submit(() -> in.readAllBytes());
        Thread.onSpinWait();
        in.close();
        try {
          reading.get();
        } catch (ExecutionException e) {
          assertEquals(IOException.class, e.getCause().getClass());
        }
      }
      stop.set(true);
      victim.get();
    } finally {
      stop.set(true);
      readers.shutdownNow();
    }
  }
}
