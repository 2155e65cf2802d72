package dev.keyhold.keystore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LocalRandomTest {
  /** A system's generator that counts what is read of it. Two of one start return the same. */
  private static final class Device extends InputStream {
    private final AtomicLong read;
    private final AtomicInteger closed = new AtomicInteger();

    Device(long start) {
      read = new AtomicLong(start);
    }

    @Override
    public int read() {
      return (int) (read.getAndIncrement() * 31 & 0xff);
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      for (int i = 0; i < length; i++) {
        into[offset + i] = (byte) read();
      }
      return length;
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private static final class Zeros extends InputStream {
    @Override
    public int read() {
      return 0;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      Arrays.fill(into, offset, offset + length, (byte) 0);
      return length;
    }
  }

  private static HedgedRandom hedged(Device device, long time, SecureRandom other, byte... input) {
    SystemRandom system = new SystemRandom(() -> device);
    return new HedgedRandom(system, () -> time, () -> time, new AtomicLong(), other, input);
  }

  private static byte[] bytes(SecureRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @Test
  void nothingIsReadAhead() {
    Device device = new Device(0);
    SystemRandom random = new SystemRandom(() -> device);
    for (int length : new int[] {1, 12, 24, 32, 5000}) {
      long before = device.read.get();
      random.fill(new byte[length]);
      assertEquals(length, device.read.get() - before, "a copy would repeat what was read ahead");
    }
  }

  /** What the process keeps of its generators is the same in both copies; the device goes on. */
  @Test
  void twoCopiesOfAProcessDoNotRepeatBytes() {
    Device device = new Device(0);
    SystemRandom one = new SystemRandom(() -> device);
    SystemRandom copy = new SystemRandom(() -> device);
    byte[] first = new byte[32];
    byte[] second = new byte[32];
    one.fill(first);
    copy.fill(second);
    assertFalse(Arrays.equals(first, second));
  }

  @Test
  void whereTheDeviceIsCopiedTooTheTimeTellsCopiesApart() {
    byte[] one = bytes(hedged(new Device(7), 1_000, null), 24);
    byte[] copy = bytes(hedged(new Device(7), 1_001, null), 24);
    assertFalse(Arrays.equals(one, copy));
  }

  @Test
  void aGeneratorThatReturnsTheSameForEverGivesNoSaltTwice() {
    SystemRandom broken = new SystemRandom(Zeros::new);
    HedgedRandom random =
        new HedgedRandom(broken, () -> 0, () -> 0, new AtomicLong(), null, new byte[0]);
    Set<String> salts = ConcurrentHashMap.newKeySet();
    IntStream.range(0, 1000)
        .parallel()
        .forEach(i -> salts.add(HexFormat.of().formatHex(bytes(random, 24))));
    assertEquals(1000, salts.size());
  }

  @Test
  void whatAnApplicationPassedIsMixedIn() {
    SecureRandom theirs = new FixedBytes((byte) 1);
    SecureRandom others = new FixedBytes((byte) 2);
    assertNotEquals(
        HexFormat.of().formatHex(bytes(hedged(new Device(7), 5, theirs), 12)),
        HexFormat.of().formatHex(bytes(hedged(new Device(7), 5, others), 12)));
    assertFalse(
        Arrays.equals(bytes(LocalRandom.with(theirs), 12), bytes(LocalRandom.with(theirs), 12)),
        "a generator that repeats makes nothing repeat");
  }

  private static final class FixedBytes extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final byte value;

    FixedBytes(byte value) {
      super(null, null);
      this.value = value;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      Arrays.fill(bytes, value);
    }
  }

  @Test
  void inTwoCopiesOfOneInstantWhatIsSignedTellsNoncesApart() {
    assertArrayEquals(
        bytes(hedged(new Device(7), 5, null, (byte) 1), 32),
        bytes(hedged(new Device(7), 5, null, (byte) 1), 32),
        "the simulation repeats all else");
    assertFalse(
        Arrays.equals(
            bytes(hedged(new Device(7), 5, null, (byte) 1), 32),
            bytes(hedged(new Device(7), 5, null, (byte) 2), 32)));
  }

  @Test
  void aSignatureIsMadeByAHedgedGenerator() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), LocalRandom.get());
    KeyPair pair = generator.generateKeyPair();
    byte[] one = nonce(pair, "one".getBytes(StandardCharsets.UTF_8));
    byte[] two = nonce(pair, "two".getBytes(StandardCharsets.UTF_8));
    assertEquals(32, one.length);
    assertFalse(Arrays.equals(one, two), "two signatures by one nonce give the key away");
  }

  private static byte[] nonce(KeyPair pair, byte[] message) throws Exception {
    Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format", "SunEC");
    signature.initSign(
        pair.getPrivate(), LocalRandom.forSignature(pair.getPrivate().getEncoded(), message));
    signature.update(message);
    return Arrays.copyOf(signature.sign(), 32);
  }

  @Test
  void whatWasReleasedOpensAgain() {
    AtomicInteger opened = new AtomicInteger();
    Device device = new Device(0);
    SystemRandom random =
        new SystemRandom(
            () -> {
              opened.incrementAndGet();
              return device;
            });
    random.fill(new byte[8]);
    random.release();
    assertEquals(1, device.closed.get(), "a checkpoint finds no open file");
    random.fill(new byte[8]);
    assertEquals(2, opened.get());
  }

  @Test
  void aDeviceThatEndsOrFailsNeverGivesZeros() {
    SystemRandom ended = new SystemRandom(() -> new ByteArrayInputStream(new byte[3]));
    assertThrows(ProviderException.class, () -> ended.fill(new byte[8]));
    SystemRandom failed =
        new SystemRandom(
            () -> {
              throw new IOException("too many open files");
            });
    assertThrows(ProviderException.class, () -> failed.fill(new byte[8]));
  }

  private static InputStream closedStream() throws IOException {
    InputStream stream = InputStream.nullInputStream();
    stream.close();
    return stream;
  }

  @Test
  void aFileThatWasClosedUnderItIsOpenedAgain() {
    AtomicInteger opened = new AtomicInteger();
    SystemRandom random =
        new SystemRandom(() -> opened.getAndIncrement() == 0 ? closedStream() : new Device(1));
    byte[] bytes = new byte[8];
    random.fill(bytes);
    assertFalse(Arrays.equals(new byte[8], bytes));
  }

  @Test
  void theSystemsGeneratorServesInterruptedThreads() {
    Thread.currentThread().interrupt();
    try {
      assertFalse(Arrays.equals(LocalRandom.bytes(32), LocalRandom.bytes(32)));
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
    assertArrayEquals(new byte[0], LocalRandom.bytes(0));
  }
}
