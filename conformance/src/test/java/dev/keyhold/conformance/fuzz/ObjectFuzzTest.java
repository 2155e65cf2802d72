package dev.keyhold.conformance.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdFixture;
import dev.keyhold.conformance.Pattern;
import dev.keyhold.envelope.Envelope;
import dev.keyhold.object.Header;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Whatever bytes come: a header or an object is read, or the declared exception says no. */
class ObjectFuzzTest {
  private static final byte[] PLAIN = Pattern.bytes(Pattern.CHUNK + 100);

  private static KeyholdFixture keyhold;
  private static SecretKey key;
  private static byte[] object;

  @BeforeAll
  static void sealAnObject() throws IOException {
    keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, Files.createTempDirectory("keyhold-fuzz"));
    key = keyhold.newKey("AES", "orders");
    object = keyhold.seal(key, PLAIN);
  }

  @AfterAll
  static void close() {
    keyhold.close();
  }

  @FuzzTest(maxDuration = "2m")
  void inspectingIsTotal(byte[] bytes) {
    try {
      Envelope.inspect(bytes);
    } catch (Header.MalformedHeaderException e) {
      // declared
    }
  }

  @FuzzTest(maxDuration = "2m")
  void foreignBytesDoNotOpen(byte[] bytes) throws Exception {
    assertOpensAtMostTheObject(bytes);
  }

  /** The same, from inside: the input says where and how the object is changed. */
  @FuzzTest(maxDuration = "2m")
  void changedObjectsDoNotOpen(byte[] changes) throws Exception {
    byte[] changed = object.clone();
    for (int i = 0; i + 3 <= changes.length; i += 3) {
      int at = (((changes[i] & 0xFF) << 8) | (changes[i + 1] & 0xFF)) % changed.length;
      changed[at] ^= changes[i + 2];
    }
    assertOpensAtMostTheObject(changed);
  }

  private static void assertOpensAtMostTheObject(byte[] bytes) throws Exception {
    Cipher cipher = keyhold.cipher(Cipher.DECRYPT_MODE, key, KeyholdParameterSpec.NONE);
    int half = bytes.length / 2;
    byte[] first = cipher.update(bytes, 0, half);
    int released = first == null ? 0 : first.length;
    assertArrayEquals(
        Arrays.copyOf(PLAIN, released), released == 0 ? new byte[0] : first, "released");
    try {
      byte[] rest = cipher.doFinal(bytes, half, bytes.length - half);
      assertArrayEquals(Arrays.copyOfRange(PLAIN, released, PLAIN.length), rest);
      assertArrayEquals(object, bytes, "another object opens");
    } catch (AEADBadTagException e) {
      // declared
    }
  }
}
