package dev.keyhold.conformance.damage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdChannel;
import dev.keyhold.KeyholdInputStream;
import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.conformance.KeyholdFixture;
import dev.keyhold.conformance.Pattern;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;

/** Asserts that something that is no whole object is refused in every way in which it is read. */
final class Refused {
  private final KeyholdFixture keyhold;
  private final SecretKey key;
  private final KeyholdParameterSpec parameters;

  Refused(KeyholdFixture keyhold, SecretKey key, KeyholdParameterSpec parameters) {
    this.keyhold = keyhold;
    this.key = key;
    this.parameters = parameters;
  }

  /**
   * Checks one input.
   *
   * @param what for messages
   * @param plain what the undamaged object holds
   * @param intact how much of it may be released: up to the chunk that is damaged
   */
  void check(String what, byte[] object, byte[] plain, int intact) throws Exception {
    inOneCall(what, object);
    inPieces(what, object, plain, intact, Math.max(1, object.length / 5));
    byStream(what, object, plain, intact);
    byChannel(what, object);
  }

  private void inOneCall(String what, byte[] object) throws GeneralSecurityException {
    Cipher cipher = keyhold.cipher(Cipher.DECRYPT_MODE, key, parameters);
    byte[] out = new byte[cipher.getOutputSize(object.length)];
    assertThrows(
        AEADBadTagException.class, () -> cipher.doFinal(object, 0, object.length, out), what);
    assertArrayEquals(new byte[out.length], out, () -> what + ": output is left");
  }

  private void inPieces(String what, byte[] object, byte[] plain, int intact, int piece) {
    Cipher cipher = keyhold.cipher(Cipher.DECRYPT_MODE, key, parameters);
    ByteArrayOutputStream released = new ByteArrayOutputStream();
    for (int at = 0; at < object.length; at += piece) {
      byte[] part = cipher.update(object, at, Math.min(piece, object.length - at));
      released.writeBytes(part == null ? new byte[0] : part);
    }
    assertThrows(AEADBadTagException.class, cipher::doFinal, what);
    assertReleased(what, released, plain, intact);
  }

  private void byStream(String what, byte[] object, byte[] plain, int intact) throws Exception {
    ByteArrayOutputStream released = new ByteArrayOutputStream();
    try (KeyholdInputStream in =
        new KeyholdInputStream(new ByteArrayInputStream(object), key, parameters)) {
      IOException refusal = assertThrows(IOException.class, () -> in.transferTo(released), what);
      assertInstanceOf(AEADBadTagException.class, refusal.getCause(), what);
      assertThrows(IOException.class, in::read, () -> what + ": a second read");
    }
    assertReleased(what, released, plain, intact);
  }

  private void byChannel(String what, byte[] object) {
    IOException refusal =
        assertThrows(
            IOException.class,
            () -> {
              try (KeyholdChannel channel =
                  KeyholdChannel.open(new ArrayChannel(object), key, parameters)) {
                channel.read(java.nio.ByteBuffer.allocate(object.length + 1));
              }
            },
            what);
    assertInstanceOf(AEADBadTagException.class, refusal.getCause(), what);
  }

  private static void assertReleased(
      String what, ByteArrayOutputStream released, byte[] plain, int intact) {
    byte[] bytes = released.toByteArray();
    assertTrue(
        bytes.length <= intact && bytes.length % Pattern.CHUNK == 0,
        () -> what + ": " + bytes.length + " bytes were released, of " + intact + " intact ones");
    assertArrayEquals(Arrays.copyOf(plain, bytes.length), bytes, what);
  }
}
