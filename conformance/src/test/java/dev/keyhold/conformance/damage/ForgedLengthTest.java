package dev.keyhold.conformance.damage;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdChannel;
import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.conformance.Allocation;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdFixture;
import dev.keyhold.conformance.Pattern;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A length that an object claims never makes the reader allocate more than a header's bound. */
class ForgedLengthTest {
  /** Two copies of the longest header, and what else an operation needs. */
  private static final int BOUND = 256 * 1024;

  private static final KeyholdParameterSpec NONE = KeyholdParameterSpec.NONE;

  @TempDir static Path folder;
  private static KeyholdFixture keyhold;
  private static SecretKey key;
  private static byte[] object;

  @BeforeAll
  static void sealAnObject() {
    keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder);
    key = keyhold.newKey("AES", "orders");
    object = keyhold.seal(key, Pattern.bytes(100));
  }

  @AfterAll
  static void close() {
    keyhold.close();
  }

  @Test
  void headersThatClaimToBeLong() throws Exception {
    for (int blocks : new int[] {2, 255, 256, 257, 0x7FFF, 0xFFFF}) {
      byte[] forged = object.clone();
      forged[8] = (byte) (blocks >>> 8);
      forged[9] = (byte) blocks;
      refusedWithinBound(forged);
      refusedWithinBound(Arrays.copyOf(forged, 12));
    }
  }

  @Test
  void fieldsThatClaimToBeLong() throws Exception {
    int kind = 12;
    int identity = kind + 1 + "software".length();
    int version = identity + 2 + "software:".length() + 32;
    int wrapped = version + 1 + 1 + 2;
    for (int at : new int[] {10, kind, identity, identity + 1, version, wrapped, wrapped + 1}) {
      byte[] forged = object.clone();
      forged[at] = (byte) 0xFF;
      refusedWithinBound(forged);
    }
  }

  private static void refusedWithinBound(byte[] forged) throws Exception {
    withinBound(() -> decryptInOneCall(forged));
    withinBound(() -> openChannel(forged));
  }

  private static void withinBound(Callable<?> work) throws Exception {
    work.call();
    long allocated = Allocation.of(work);
    assertTrue(allocated < BOUND, () -> "allocated " + allocated + " bytes");
  }

  private static Object decryptInOneCall(byte[] forged) {
    Cipher cipher = keyhold.cipher(Cipher.DECRYPT_MODE, key, NONE);
    return assertThrows(AEADBadTagException.class, () -> cipher.doFinal(forged));
  }

  private static Object openChannel(byte[] forged) {
    return assertThrows(
        IOException.class, () -> KeyholdChannel.open(new ArrayChannel(forged), key, NONE));
  }
}
