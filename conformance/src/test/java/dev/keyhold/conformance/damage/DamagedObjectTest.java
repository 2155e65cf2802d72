package dev.keyhold.conformance.damage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdFixture;
import dev.keyhold.conformance.Pattern;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Objects that were altered, cut, extended or mixed; and whole ones under other parameters. */
@ParameterizedClass
@EnumSource(BackendKind.class)
class DamagedObjectTest {
  private static final int CHUNKS = 3;
  private static final byte[] SMALL = Pattern.bytes(40);
  private static final byte[] LARGE = Pattern.bytes(CHUNKS * Pattern.CHUNK + 100);
  private static final KeyholdParameterSpec PARAMETERS =
      KeyholdParameterSpec.NONE.withIv(Pattern.bytes(12)).withAad(Pattern.bytes(20));

  @TempDir static Path folder;
  @Parameter BackendKind backend;

  private static KeyholdFixture keyhold;
  private static SecretKey key;
  private static byte[] small;
  private static byte[] large;
  private static Refused refused;

  @BeforeParameterizedClassInvocation
  static void sealObjects(BackendKind kind) {
    close();
    keyhold = KeyholdFixture.of(kind, folder);
    key = keyhold.newKey("AES", "orders");
    small = keyhold.seal(key, SMALL, PARAMETERS);
    large = keyhold.seal(key, LARGE, PARAMETERS);
    refused = new Refused(keyhold, key, PARAMETERS);
  }

  @AfterAll
  static void close() {
    if (keyhold != null) {
      keyhold.close();
    }
  }

  @Test
  void undamagedObjectsOpen() throws Exception {
    assertArrayEquals(SMALL, keyhold.open(key, small, PARAMETERS));
    assertArrayEquals(LARGE, keyhold.open(key, large, PARAMETERS));
  }

  @Test
  void eachByteAlteredIsRefused() throws Exception {
    for (int at = 0; at < small.length; at++) {
      for (int bit : new int[] {0x01, 0x80}) {
        refused.check("byte " + at + " ^ " + bit, altered(small, at, bit), SMALL, 0);
      }
    }
  }

  @Test
  void eachByteOfTheHeaderSetToItsExtremesIsRefused() throws Exception {
    for (int at = 0; at < Pattern.headerLength(small); at++) {
      for (int value : new int[] {0x00, 0x7F, 0xFF}) {
        if (small[at] != (byte) value) {
          refused.check(
              "byte " + at + " = " + value, altered(small, at, small[at] ^ value), SMALL, 0);
        }
      }
    }
  }

  @Test
  void cutAtEachByteIsRefused() throws Exception {
    for (int length = 0; length < small.length; length++) {
      refused.check("cut to " + length, Arrays.copyOf(small, length), SMALL, 0);
    }
  }

  @Test
  void alteredChunksAreRefusedAndReleaseOnlyThoseBefore() throws Exception {
    for (int chunk = 0; chunk <= CHUNKS; chunk++) {
      int from = Pattern.chunkAt(large, chunk);
      int to = Math.min(from + Pattern.SEALED_CHUNK, large.length) - 1;
      for (int at : new int[] {from, (from + to) / 2, to}) {
        refused.check("byte " + at, altered(large, at, 0x10), LARGE, chunk * Pattern.CHUNK);
      }
    }
  }

  @Test
  void cutWithinAndBetweenChunksIsRefused() throws Exception {
    for (int chunk = 0; chunk <= CHUNKS; chunk++) {
      int from = Pattern.chunkAt(large, chunk);
      for (int more : new int[] {0, 1, 15, 16, 17, 115}) {
        refused.check(
            "cut " + more + " bytes into chunk " + chunk,
            Arrays.copyOf(large, from + more),
            LARGE,
            chunk * Pattern.CHUNK);
      }
    }
  }

  @Test
  void extendedObjectsAreRefused() throws Exception {
    for (int more : new int[] {1, 15, 16, 17, Pattern.CHUNK, Pattern.SEALED_CHUNK, 40_000}) {
      byte[] longer = Arrays.copyOf(large, large.length + more);
      refused.check("longer by " + more, longer, LARGE, CHUNKS * Pattern.CHUNK);
    }
    refused.check("its last chunk twice", chunks(large, 0, 1, 2, 3, 3), LARGE, LARGE.length);
    refused.check("twice", joined(large, large), LARGE, CHUNKS * Pattern.CHUNK);
  }

  @Test
  void chunksOutOfPlaceAreRefused() throws Exception {
    refused.check("first two swapped", chunks(large, 1, 0, 2, 3), LARGE, 0);
    refused.check("inner two swapped", chunks(large, 0, 2, 1, 3), LARGE, Pattern.CHUNK);
    refused.check("first one dropped", chunks(large, 1, 2, 3), LARGE, 0);
    refused.check("inner one dropped", chunks(large, 0, 2, 3), LARGE, Pattern.CHUNK);
    refused.check("one repeated", chunks(large, 0, 0, 1, 2, 3), LARGE, Pattern.CHUNK);
    refused.check("last one alone", chunks(large, 3), LARGE, 0);
  }

  @Test
  void partsOfAnotherObjectOfTheSameKeyAreRefused() throws Exception {
    byte[] other = keyhold.seal(key, LARGE, PARAMETERS);
    int header = Pattern.headerLength(large);
    int second = Pattern.chunkAt(large, 1);
    int third = Pattern.chunkAt(large, 2);
    refused.check("chunk", spliced(large, other, second, third), LARGE, Pattern.CHUNK);
    refused.check("header", spliced(large, other, 0, header), LARGE, 0);
    refused.check("salt", spliced(large, other, header, header + 24), LARGE, 0);
    refused.check(
        "salt and commitment", spliced(large, other, header, header + Pattern.PREFIX), LARGE, 0);
    refused.check("all but the header", spliced(large, other, header, large.length), LARGE, 0);
  }

  @Test
  void otherParametersAreRefused() throws Exception {
    byte[] iv = PARAMETERS.iv();
    byte[] aad = PARAMETERS.aad();
    KeyholdParameterSpec[] others = {
      KeyholdParameterSpec.NONE,
      PARAMETERS.withIv(altered(iv, 3, 1)),
      PARAMETERS.withIv(Arrays.copyOf(iv, 11)),
      PARAMETERS.withAad(altered(aad, 19, 1)),
      PARAMETERS.withAad(Arrays.copyOf(aad, 21)),
      PARAMETERS.withIv(joined(iv, aad)).withAad(new byte[0]),
      PARAMETERS.withIv(aad).withAad(iv),
    };
    for (int i = 0; i < others.length; i++) {
      new Refused(keyhold, key, others[i]).check("parameters " + i, small, SMALL, 0);
    }
  }

  @Test
  void anotherKeysObjectIsRefused() throws Exception {
    SecretKey another = keyhold.newKey("AES", "another");
    new Refused(keyhold, another, PARAMETERS).check("another key", small, SMALL, 0);
  }

  private static byte[] altered(byte[] bytes, int at, int bits) {
    byte[] copy = bytes.clone();
    copy[at] ^= (byte) bits;
    return copy;
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /** An object with a part of another one, of the same length, at the same place. */
  private static byte[] spliced(byte[] object, byte[] other, int from, int to) {
    byte[] copy = object.clone();
    System.arraycopy(other, from, copy, from, to - from);
    return copy;
  }

  /** An object of these chunks of another. */
  private static byte[] chunks(byte[] object, int... chunks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(object, 0, Pattern.chunkAt(object, 0));
    for (int chunk : chunks) {
      int from = Pattern.chunkAt(object, chunk);
      out.write(object, from, Math.min(Pattern.SEALED_CHUNK, object.length - from));
    }
    return out.toByteArray();
  }
}
