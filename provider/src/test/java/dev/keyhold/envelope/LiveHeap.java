package dev.keyhold.envelope;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Looks for secrets among the live objects of this JVM. */
public final class LiveHeap {
  private LiveHeap() {}

  /** Returns a secret's complement, which a test may keep without being found itself. */
  public static byte[] complement(byte[] secret) {
    byte[] complement = new byte[secret.length];
    for (int i = 0; i < secret.length; i++) {
      complement[i] = (byte) ~secret[i];
    }
    return complement;
  }

  /**
   * Returns what an epoch key serves for: HKDF-Expand (RFC 5869) of one block, by the JDK's HMAC,
   * as FORMAT.md has it.
   */
  public static byte[] inputKey(byte[] epochKey) {
    try {
      Mac hmac = Mac.getInstance("HmacSHA512", "SunJCE");
      hmac.init(new SecretKeySpec(epochKey, "HKDF"));
      hmac.update("keyhold/1/epoch-input-key".getBytes(StandardCharsets.US_ASCII));
      hmac.update((byte) 1);
      return Arrays.copyOf(hmac.doFinal(), 32);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns how many of the random secrets with these complements are in a dump. */
  public static long found(Path folder, List<byte[]> complements)
      throws IOException, InterruptedException {
    Path dump = folder.resolve("live.hprof");
    dump(dump);
    try {
      long found = 0;
      for (byte[] complement : complements) {
        found += contains(dump, complement) ? 1 : 0;
      }
      return found;
    } finally {
      Files.delete(dump);
    }
  }

  private static void dump(Path dump) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(ProcessHandle.current().pid()),
                "GC.heap_dump",
                dump.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }

  /** Whether a file contains the bytes whose complement this is. */
  private static boolean contains(Path file, byte[] complement) throws IOException {
    // Knuth, Morris and Pratt are not needed: the bytes are random, so none begins within itself
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 20)) {
      int matched = 0;
      for (int b = in.read(); b >= 0; b = in.read()) {
        if ((byte) ~b == complement[matched]) {
          matched++;
        } else {
          matched = (byte) ~b == complement[0] ? 1 : 0;
        }
        if (matched == complement.length) {
          return true;
        }
      }
      return false;
    }
  }
}
