package dev.keyhold.keystore.encoding;

import dev.keyhold.bouncycastle.crypto.generators.Argon2BytesGenerator;
import dev.keyhold.bouncycastle.crypto.params.Argon2Parameters;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.Arrays;
import java.util.Locale;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * The derivation of a file's keys from its password: the function and its parameters, as the file
 * names them in five bytes. Immutable.
 *
 * @param id 1 for PBKDF2-HMAC-SHA512 (RFC 8018), 2 for Argon2id version 0x13 (RFC 9106)
 * @param parameters of PBKDF2 the number of iterations; of Argon2id, from the highest byte on: the
 *     passes, the lanes, and in two bytes the memory in MiB
 */
public record PasswordDerivation(int id, int parameters) {
  /**
   * Argon2id with 19 MiB in two passes, as the OWASP Password Storage Cheat Sheet has it:
   * applications with a heap of 64 MiB are to open their keys too.
   */
  public static final PasswordDerivation CURRENT = argon2id(19, 2, 1);

  private static final int PBKDF2 = 1;
  private static final int ARGON2ID = 2;
  private static final int MIN_ITERATIONS = 1_000;
  private static final int MAX_ITERATIONS = 2_000_000;
  private static final int MAX_MIB = 64;
  private static final int MAX_PASSES = 8;
  private static final int MAX_LANES = 4;

  /** OWASP Password Storage Cheat Sheet, for PBKDF2-HMAC-SHA512. */
  private static final int ENOUGH_ITERATIONS = 210_000;

  /** OWASP Password Storage Cheat Sheet, for Argon2id: 46 MiB in one pass, 19 MiB in two. */
  private static final int ENOUGH_MIB = 38;

  /** Checks that the parameters are within bounds, so that a forged file can't ask for more. */
  public PasswordDerivation {
    switch (id) {
      case PBKDF2 ->
          require(
              "PBKDF2",
              "iterations",
              Integer.toUnsignedLong(parameters),
              MIN_ITERATIONS,
              MAX_ITERATIONS);
      case ARGON2ID -> {
        require("Argon2id", "MiB of memory", mib(parameters), 1, MAX_MIB);
        require("Argon2id", "passes", passes(parameters), 1, MAX_PASSES);
        require("Argon2id", "lanes", lanes(parameters), 1, MAX_LANES);
      }
      default ->
          throw new IllegalArgumentException(
              "key derivation %s, and this release knows 1 (PBKDF2) and 2 (Argon2id) only"
                  .formatted(id));
    }
  }

  private static void require(String function, String what, long value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s with %d %s, out of bounds (%d to %d)",
              function,
              value,
              what,
              least,
              most));
    }
  }

  private static int passes(int parameters) {
    return parameters >>> 24;
  }

  private static int lanes(int parameters) {
    return parameters >>> 16 & 0xFF;
  }

  private static int mib(int parameters) {
    return parameters & 0xFFFF;
  }

  /** Returns whether there is a function with this id. */
  public static boolean isKnown(int id) {
    return id == PBKDF2 || id == ARGON2ID;
  }

  /** Returns PBKDF2-HMAC-SHA512, which needs no memory; for files of earlier versions. */
  public static PasswordDerivation pbkdf2(int iterations) {
    return new PasswordDerivation(PBKDF2, iterations);
  }

  /** Returns Argon2id with these parameters. */
  public static PasswordDerivation argon2id(int mib, int passes, int lanes) {
    return new PasswordDerivation(ARGON2ID, passes << 24 | lanes << 16 | mib);
  }

  /** Returns whether trying passwords costs less than it should today. */
  public boolean isWeak() {
    return id == PBKDF2
        ? parameters < ENOUGH_ITERATIONS
        : mib(parameters) * passes(parameters) < ENOUGH_MIB;
  }

  /**
   * Derives bytes: some tenths of a second of work.
   *
   * @param password taken as UTF-8, without normalisation; not kept
   * @return a fresh array; the caller zeroes it
   */
  public byte[] derive(char[] password, byte[] salt, int length) throws GeneralSecurityException {
    return id == PBKDF2 ? pbkdf2(password, salt, length) : argon2id(password, salt, length);
  }

  private byte[] pbkdf2(char[] password, byte[] salt, int length) throws GeneralSecurityException {
    PBEKeySpec spec = new PBEKeySpec(password, salt, parameters, 8 * length);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512").generateSecret(spec).getEncoded();
    } finally {
      spec.clearPassword();
    }
  }

  private byte[] argon2id(char[] password, byte[] salt, int length)
      throws GeneralSecurityException {
    byte[] encoded = utf8(password);
    byte[] derived = new byte[length];
    try {
      Argon2BytesGenerator generator = new Argon2BytesGenerator();
      generator.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withIterations(passes(parameters))
              .withParallelism(lanes(parameters))
              .withMemoryAsKB(mib(parameters) << 10)
              .withSalt(salt)
              .build());
      generator.generateBytes(encoded, derived);
      return derived;
    } catch (OutOfMemoryError e) {
      throw new GeneralSecurityException(
          "deriving a key from the password takes %s MiB of memory, which this JVM has not: give it more (-Xmx)"
              .formatted(mib(parameters)),
          e);
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }

  @SuppressWarnings("ByteBufferBackingArray") // an encoder allocates its buffer, from offset 0
  private static byte[] utf8(char[] password) throws InvalidKeyException {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(password));
      byte[] exact = new byte[encoded.remaining()];
      encoded.get(exact);
      Arrays.fill(encoded.array(), (byte) 0);
      return exact;
    } catch (CharacterCodingException e) {
      throw new InvalidKeyException("the password is no well-formed text: it has half a pair", e);
    }
  }

  /** Returns the function and its parameters, in words. */
  @Override
  public String toString() {
    return id == PBKDF2
        ? String.format(Locale.ROOT, "PBKDF2-HMAC-SHA512, %,d iterations", parameters)
        : String.format(
            Locale.ROOT,
            "Argon2id, %d MiB, passes: %d, lanes: %d",
            mib(parameters),
            passes(parameters),
            lanes(parameters));
  }
}
