package dev.keyhold.keystore;

import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DrbgParameters;
import java.security.NoSuchAlgorithmException;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Reads the operating system's random generator. Each call reads exactly the bytes that it returns:
 * the JDK's NativePRNG keeps a seed and up to 64 KiB of the device in memory, and DRBG its state,
 * so that a copy of the process (a snapshot, a restored checkpoint) returns the same bytes.
 *
 * <p>Holds a few open files, which threads share without a lock. Thread-safe.
 */
final class SystemRandom {
  private static final Path DEVICE = Path.of("/dev/urandom");

  /** A power of two; as many as processors, so that their threads rarely share one. */
  private static final int FILES =
      Integer.highestOneBit(
          Math.max(4, Math.min(64, 2 * Runtime.getRuntime().availableProcessors() - 1)));

  /** Opens the generator as a stream that does not buffer. */
  @FunctionalInterface
  interface Opener {
    /** Opens it. */
    InputStream open() throws IOException;
  }

  private final Opener opener;
  private final AtomicReferenceArray<InputStream> files = new AtomicReferenceArray<>(FILES);

  /** Creates a generator that reads a device. */
  SystemRandom(Opener opener) {
    this.opener = opener;
  }

  /** Returns the generator of this platform. */
  static SystemRandom ofThisPlatform() {
    // no FileChannel: an interrupt would close it
    return Files.exists(DEVICE) && !Files.isRegularFile(DEVICE)
        ? new SystemRandom(() -> new FileInputStream(DEVICE.toFile()))
        : new SystemRandom(() -> new GeneratorStream(unbuffered()));
  }

  /** Fills an array. */
  void fill(byte[] bytes) {
    int slot = (int) (Thread.currentThread().getId() & (FILES - 1));
    IOException last = null;
    for (int attempt = 0; attempt < FILES; attempt++) {
      int at = (slot + attempt) & (FILES - 1);
      InputStream file = files.get(at);
      try {
        if (file == null) {
          file = opener.open();
          if (!files.compareAndSet(at, null, file)) {
            file.close();
            file = files.get(at);
          }
        }
        if (file == null || file.readNBytes(bytes, 0, bytes.length) != bytes.length) {
          throw new EOFException("it ended");
        }
        if (files.get(at) == file) {
          return;
        }
        // closed meanwhile: its descriptor may have been another file's when it was read
        Arrays.fill(bytes, (byte) 0);
        last = new IOException("it was closed meanwhile");
      } catch (IOException e) {
        last = e;
        if (file != null) {
          files.compareAndSet(at, file, null);
          close(file);
        }
      }
    }
    throw new ProviderException("the system's random generator can't be read", last);
  }

  /** Closes the files; the next use opens them again. */
  void release() {
    for (int i = 0; i < FILES; i++) {
      InputStream file = files.getAndSet(i, null);
      if (file != null) {
        close(file);
      }
    }
  }

  private static void close(InputStream file) {
    try {
      file.close();
    } catch (IOException e) {
      // it was only read
    }
  }

  /** Windows asks the system on each call; DRBG elsewhere, reseeded before each. */
  private static SecureRandom unbuffered() {
    try {
      return SecureRandom.getInstance("Windows-PRNG");
    } catch (NoSuchAlgorithmException e) {
      return reseeded();
    }
  }

  private static SecureRandom reseeded() {
    try {
      return SecureRandom.getInstance(
          "DRBG", DrbgParameters.instantiation(256, DrbgParameters.Capability.PR_AND_RESEED, null));
    } catch (NoSuchAlgorithmException e) {
      throw new ProviderException("every JDK since 9 has a DRBG", e);
    }
  }

  /** A generator as a stream. */
  private static final class GeneratorStream extends InputStream {
    private final SecureRandom generator;

    GeneratorStream(SecureRandom generator) {
      this.generator = generator;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      generator.nextBytes(one);
      return one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      byte[] bytes = new byte[length];
      generator.nextBytes(bytes);
      System.arraycopy(bytes, 0, into, offset, length);
      Arrays.fill(bytes, (byte) 0);
      return length;
    }
  }
}
