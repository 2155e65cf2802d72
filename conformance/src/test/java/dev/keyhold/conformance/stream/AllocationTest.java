package dev.keyhold.conformance.stream;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.conformance.Allocation;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdFixture;
import dev.keyhold.conformance.Pattern;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beyond what the JDK's cipher allocates for itself, a chunk costs no memory. */
class AllocationTest {
  private static final int FEW = 100;
  private static final int MANY = 300;

  /** In bytes for each chunk; a parameter object with its IV would be more. */
  private static final double BOUND = 64;

  @TempDir static Path folder;
  private static KeyholdFixture keyhold;
  private static SecretKey key;
  private static double ofSunJce;

  private final byte[] output = new byte[(MANY + 1) * Pattern.SEALED_CHUNK + 1000];

  @BeforeAll
  static void measureSunJce() throws Exception {
    keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder);
    key = keyhold.newKey("AES", "orders");
    ofSunJce = perChunk(chunks -> () -> sunJce(chunks));
  }

  @AfterAll
  static void close() {
    keyhold.close();
  }

  /** Work on so many chunks. */
  @FunctionalInterface
  private interface Work {
    Callable<?> on(int chunks) throws Exception;
  }

  @Test
  void encryptingAllocatesNothingPerChunk() throws Exception {
    byte[] plain = Pattern.bytes(MANY * Pattern.CHUNK);
    assertNothing(perChunk(chunks -> () -> seal(plain, chunks)));
  }

  @Test
  void decryptingAllocatesNothingPerChunk() throws Exception {
    byte[] few = keyhold.seal(key, Pattern.bytes(FEW * Pattern.CHUNK));
    byte[] many = keyhold.seal(key, Pattern.bytes(MANY * Pattern.CHUNK));
    assertNothing(perChunk(chunks -> () -> open(chunks == FEW ? few : many)));
  }

  private static void assertNothing(double perChunk) {
    assertTrue(
        perChunk - ofSunJce < BOUND,
        () -> perChunk + " bytes for each chunk, " + ofSunJce + " of them by the JDK's cipher");
  }

  /** The slope: what a chunk more costs, whatever the fixed part is. The least of several runs. */
  private static double perChunk(Work work) throws Exception {
    Callable<?> few = work.on(FEW);
    Callable<?> many = work.on(MANY);
    double least = Double.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      double slope = (Allocation.of(many) - Allocation.of(few)) / (double) (MANY - FEW);
      least = i < 3 ? least : Math.min(least, slope); // the first runs load and compile
    }
    return least;
  }

  private static Object sunJce(int chunks) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    SecretKey raw = new SecretKeySpec(new byte[32], "AES");
    byte[] in = new byte[Pattern.CHUNK];
    byte[] out = new byte[Pattern.SEALED_CHUNK];
    GCMParameterSpec[] nonces = {
      new GCMParameterSpec(128, Pattern.bytes(12)), new GCMParameterSpec(128, new byte[12])
    };
    for (int i = 0; i < chunks; i++) {
      cipher.init(Cipher.ENCRYPT_MODE, raw, nonces[i % 2]);
      cipher.doFinal(in, 0, in.length, out, 0);
    }
    return cipher;
  }

  private Object seal(byte[] plain, int chunks) throws Exception {
    return keyhold
        .cipher(Cipher.ENCRYPT_MODE, key, KeyholdParameterSpec.NONE)
        .doFinal(plain, 0, chunks * Pattern.CHUNK, output, 0);
  }

  private Object open(byte[] object) throws Exception {
    return keyhold
        .cipher(Cipher.DECRYPT_MODE, key, KeyholdParameterSpec.NONE)
        .doFinal(object, 0, object.length, output, 0);
  }
}
