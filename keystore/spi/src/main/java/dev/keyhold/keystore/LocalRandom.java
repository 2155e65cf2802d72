package dev.keyhold.keystore;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.List;

/**
 * The JDK's own random generator, for keys, salts and IVs that are made locally. Not {@code new
 * SecureRandom()}, which takes the first provider that has any: that could be Keyhold's own, which
 * asks a backend.
 *
 * <p>Made when it is first needed; does not block for entropy; thread-safe.
 */
public final class LocalRandom {
  private static final List<String> ALGORITHMS =
      List.of("NativePRNGNonBlocking", "Windows-PRNG", "DRBG");

  private LocalRandom() {}

  private static final class Holder {
    static final SecureRandom GENERATOR = make();

    private static SecureRandom make() {
      for (String algorithm : ALGORITHMS) {
        try {
          return SecureRandom.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
          // not on this operating system: the next
        }
      }
      throw new IllegalStateException("every JDK since 9 has a DRBG");
    }
  }

  /** The generator. */
  public static SecureRandom get() {
    return Holder.GENERATOR;
  }

  /** Fresh random bytes. */
  public static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    get().nextBytes(bytes);
    return bytes;
  }
}
