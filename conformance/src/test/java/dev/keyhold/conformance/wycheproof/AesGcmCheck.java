package dev.keyhold.conformance.wycheproof;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.opentest4j.TestAbortedException;

/**
 * AES-GCM through {@code Cipher AES/GCM/NoPadding} with a key that is not Keyhold's: the bare
 * operation, by the local engine. Every vector goes through every call pattern, both ways.
 */
final class AesGcmCheck implements Check {
  private static final Set<Integer> KEY_BITS = Set.of(128, 192, 256);
  private static final Set<Integer> TAG_BITS = Set.of(96, 104, 112, 120, 128);

  private final Provider provider;

  AesGcmCheck(Provider provider) {
    this.provider = provider;
  }

  @Override
  public void run(Vector vector) throws Exception {
    Aead aead = Aead.of(vector);
    switch (vector.result()) {
      case VALID -> {
        requireSupported(aead);
        encrypt(aead);
        decrypt(aead);
        refuseChanged(aead);
      }
      case INVALID -> refuse(aead);
      case ACCEPTABLE -> {
        try {
          decrypt(aead);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
          refuse(aead);
        }
      }
    }
  }

  /** Skips what the JDK's own engine has not got. */
  private static void requireSupported(Aead aead) {
    if (aead.iv().length == 0) {
      throw new TestAbortedException("the JDK's AES-GCM has no empty IV");
    }
    if (!TAG_BITS.contains(8 * aead.tagLength())) {
      throw new TestAbortedException("the JDK's AES-GCM has tags of 96 to 128 bits only");
    }
    if (!KEY_BITS.contains(8 * aead.key().length)) {
      throw new TestAbortedException("there is no AES key of " + 8 * aead.key().length + " bits");
    }
  }

  private void encrypt(Aead aead) throws GeneralSecurityException {
    byte[] message = aead.message();
    for (AadPattern aadPattern : AadPattern.ALL) {
      for (DataPattern dataPattern : DataPattern.all(message.length)) {
        Cipher cipher = cipher(Cipher.ENCRYPT_MODE, aead);
        aadPattern.feed().feed(cipher, aead.aad());
        byte[] sealed = dataPattern.pass().pass(cipher, message.clone(), aead.sealed().length);
        requireEqual("encrypt", aadPattern, dataPattern, aead.sealed(), sealed);
      }
    }
  }

  private void decrypt(Aead aead) throws GeneralSecurityException {
    byte[] sealed = aead.sealed();
    for (AadPattern aadPattern : AadPattern.ALL) {
      for (DataPattern dataPattern : DataPattern.all(sealed.length)) {
        Cipher cipher = cipher(Cipher.DECRYPT_MODE, aead);
        aadPattern.feed().feed(cipher, aead.aad());
        byte[] message = dataPattern.pass().pass(cipher, sealed.clone(), aead.openLength());
        requireEqual("decrypt", aadPattern, dataPattern, aead.message(), message);
      }
    }
  }

  /** Requires that every pattern of decryption refuses; each with one of the AAD patterns. */
  private void refuse(Aead aead) throws Exception {
    byte[] sealed = aead.sealed();
    Iterator<AadPattern> aadPatterns =
        Stream.generate(() -> AadPattern.ALL).flatMap(List::stream).iterator();
    for (DataPattern dataPattern : DataPattern.all(sealed.length)) {
      AadPattern aadPattern = aadPatterns.next();
      Refusal.expect(
          "decrypt, " + aadPattern.name() + ", " + dataPattern.name(),
          () -> {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, aead);
            aadPattern.feed().feed(cipher, aead.aad());
            return dataPattern.pass().pass(cipher, sealed.clone(), aead.openLength());
          });
    }
  }

  /**
   * Requires that a valid vector is refused when its last bit is flipped, or its last byte gone;
   * not when less than a tag remains, for which SunJCE of JDK 17 throws a ProviderException.
   */
  private void refuseChanged(Aead aead) throws Exception {
    byte[] flipped = aead.sealed().clone();
    flipped[flipped.length - 1] ^= 1;
    refuse(aead.withSealed(flipped));
    if (aead.openLength() > 0) {
      refuse(aead.withSealed(Arrays.copyOf(aead.sealed(), aead.sealed().length - 1)));
    }
  }

  private Cipher cipher(int mode, Aead aead) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(
        mode,
        new SecretKeySpec(aead.key(), "AES"),
        new GCMParameterSpec(8 * aead.tagLength(), aead.iv()));
    return cipher;
  }

  private static void requireEqual(
      String way, AadPattern aadPattern, DataPattern dataPattern, byte[] expected, byte[] actual) {
    if (!Arrays.equals(expected, actual)) {
      HexFormat hex = HexFormat.of();
      throw new AssertionError(
          "%s, %s, %s: expected %s but was %s"
              .formatted(
                  way,
                  aadPattern.name(),
                  dataPattern.name(),
                  hex.formatHex(expected),
                  hex.formatHex(actual)));
    }
  }
}
