package dev.keyhold.conformance.cipher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdFixture;
import dev.keyhold.conformance.Pattern;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever the length, and however the calls are cut: sealing, then opening gives the plaintext.
 */
class CallPatternTest {
  private static Path folder;
  private static KeyholdFixture keyhold;
  private static SecretKey key;

  /** How one piece goes through a cipher object. */
  enum Way {
    ARRAY {
      @Override
      byte[] update(Cipher cipher, byte[] in, int from, int length) {
        byte[] out = cipher.update(in, from, length);
        return out == null ? new byte[0] : out;
      }
    },
    INTO_ARRAY {
      @Override
      byte[] update(Cipher cipher, byte[] in, int from, int length)
          throws GeneralSecurityException {
        byte[] out = new byte[cipher.getOutputSize(length) + 3];
        int written = cipher.update(in, from, length, out, 3);
        return Arrays.copyOfRange(out, 3, 3 + written);
      }
    },
    HEAP_BUFFER {
      @Override
      byte[] update(Cipher cipher, byte[] in, int from, int length)
          throws GeneralSecurityException {
        ByteBuffer input = ByteBuffer.wrap(in, from, length);
        return drained(cipher, input, ByteBuffer.allocate(cipher.getOutputSize(length)));
      }
    },
    DIRECT_BUFFER {
      @Override
      byte[] update(Cipher cipher, byte[] in, int from, int length)
          throws GeneralSecurityException {
        ByteBuffer input = ByteBuffer.allocateDirect(length).put(in, from, length).flip();
        return drained(cipher, input, ByteBuffer.allocateDirect(cipher.getOutputSize(length)));
      }
    };

    abstract byte[] update(Cipher cipher, byte[] in, int from, int length)
        throws GeneralSecurityException;

    private static byte[] drained(Cipher cipher, ByteBuffer in, ByteBuffer out)
        throws GeneralSecurityException {
      int written = cipher.update(in, out);
      assertEquals(0, in.remaining());
      byte[] bytes = new byte[written];
      out.flip().get(bytes);
      return bytes;
    }
  }

  /** A piece of at most this length, and its way. */
  record Piece(int length, Way way) {}

  @BeforeContainer
  static void makeAKey() throws IOException {
    folder = Files.createTempDirectory("keyhold-properties");
    keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder);
    key = keyhold.newKey("AES", "orders");
  }

  @AfterContainer
  static void close() throws IOException {
    keyhold.close();
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Property(tries = 300)
  void openingUndoesSealing(
      @ForAll("lengths") int length,
      @ForAll("patterns") List<Piece> sealing,
      @ForAll("patterns") List<Piece> opening,
      @ForAll("aadLengths") int aad)
      throws GeneralSecurityException {
    byte[] plain = Pattern.bytes(length);
    KeyholdParameterSpec parameters = KeyholdParameterSpec.NONE.withAad(Pattern.bytes(aad));
    byte[] object = run(Cipher.ENCRYPT_MODE, parameters, plain, sealing);
    assertEquals(256 + 72 + length + 16 * (length / Pattern.CHUNK), object.length);
    assertArrayEquals(plain, keyhold.open(key, object, parameters));
    assertArrayEquals(plain, run(Cipher.DECRYPT_MODE, parameters, object, opening));
  }

  private static byte[] run(
      int mode, KeyholdParameterSpec parameters, byte[] in, List<Piece> pieces)
      throws GeneralSecurityException {
    Cipher cipher = keyhold.cipher(mode, key, parameters);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = 0;
    for (Piece piece : pieces) {
      int length = Math.min(piece.length(), in.length - at);
      out.writeBytes(piece.way().update(cipher, in, at, length));
      at += length;
    }
    out.writeBytes(cipher.doFinal(in, at, in.length - at));
    return out.toByteArray();
  }

  @Provide
  Arbitrary<Integer> lengths() {
    Arbitrary<Integer> aroundEdges =
        Arbitraries.integers()
            .between(0, 4)
            .flatMap(
                chunks ->
                    Arbitraries.integers().between(-20, 20).map(d -> chunks * Pattern.CHUNK + d));
    return Arbitraries.oneOf(aroundEdges, Arbitraries.integers().between(0, 70_000))
        .map(length -> Math.max(0, length));
  }

  @Provide
  Arbitrary<List<Piece>> patterns() {
    Arbitrary<Integer> sizes =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, 40),
            Arbitraries.integers().between(Pattern.CHUNK - 20, Pattern.CHUNK + 40),
            Arbitraries.integers().between(0, 50_000));
    return Combinators.combine(sizes, Arbitraries.of(Way.class)).as(Piece::new).list().ofMaxSize(8);
  }

  @Provide
  Arbitrary<Integer> aadLengths() {
    return Arbitraries.of(0, 1, 127, 128, 129, 1000);
  }
}
