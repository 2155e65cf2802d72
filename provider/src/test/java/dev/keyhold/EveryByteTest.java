package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An object of which a byte was changed, where its keys are known from the object as it was. */
@ParameterizedClass
@ValueSource(strings = {"per-object", "epoch"})
class EveryByteTest {
  private static final byte[] PLAIN =
      "a text of forty bytes, or of one or more".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] IV = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  private static final byte[] AAD = {13, 14, 15};

  /** Held, so that its level stays: what does not open would fill the test's output. */
  private static final Logger NOT_OPENED = Logger.getLogger("dev.keyhold.envelope");

  @Parameter String mode;
  @TempDir Path folder;
  private KeyholdProvider provider;
  private SecretKey key;
  private byte[] object;

  @BeforeAll
  static void silence() {
    NOT_OPENED.setLevel(Level.OFF);
  }

  @AfterAll
  static void restore() {
    NOT_OPENED.setLevel(null);
  }

  @BeforeEach
  void sealAnObject() throws Exception {
    Path file = folder.resolve("keyhold.properties");
    Files.writeString(
        file, "backend.b.type = fake\nkey.orders = b\nkey.orders.data-keys = %s\n".formatted(mode));
    provider = new KeyholdProvider().configure(file.toString());
    KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
    generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
    key = generator.generateKey();
    ByteArrayOutputStream sealed = new ByteArrayOutputStream();
    try (OutputStream out = new KeyholdOutputStream(sealed, key, parameters())) {
      out.write(PLAIN);
    }
    object = sealed.toByteArray();
    assertArrayEquals(PLAIN, open(object));
  }

  @AfterEach
  void close() {
    provider.close();
  }

  private static KeyholdParameterSpec parameters() {
    return KeyholdParameterSpec.NONE.withIv(IV).withAad(AAD);
  }

  private byte[] open(byte[] changed) throws GeneralSecurityException {
    return open(changed, IV, AAD);
  }

  private byte[] open(byte[] changed, byte[] iv, byte[] aad) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, iv));
    cipher.updateAAD(aad);
    return cipher.doFinal(changed);
  }

  @ParameterizedTest
  @ValueSource(bytes = {0x01, (byte) 0x80})
  void noneCanBeChanged(byte bit) throws Exception {
    for (int at = 0; at < object.length; at++) {
      byte[] changed = object.clone();
      changed[at] ^= bit;
      String what = "byte " + at + " of " + object.length;
      assertThrows(AEADBadTagException.class, () -> open(changed), what);
      ByteArrayOutputStream released = new ByteArrayOutputStream();
      assertThrows(
          IOException.class,
          () -> {
            try (KeyholdInputStream in =
                new KeyholdInputStream(new ByteArrayInputStream(changed), key, parameters())) {
              in.transferTo(released);
            }
          },
          what);
      assertEquals(0, released.size(), what);
    }
    assertArrayEquals(PLAIN, open(object), "the object as it was still opens");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void noOtherIvOrAadOpensIt(int at) {
    byte[] iv = IV.clone();
    iv[4 * at] ^= 1;
    assertThrows(AEADBadTagException.class, () -> open(object, iv, AAD));
    byte[] aad = AAD.clone();
    aad[at] ^= 1;
    assertThrows(AEADBadTagException.class, () -> open(object, IV, aad));
  }
}
