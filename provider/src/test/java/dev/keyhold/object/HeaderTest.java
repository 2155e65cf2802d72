package dev.keyhold.object;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.envelope.Envelope;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.object.Header.MalformedHeaderException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HeaderTest {
  private static Recipient recipient(int wrappedLength) {
    WrappedKey wrapped =
        new WrappedKey("software:0123", "7", WrapMechanism.AES_GCM, new byte[wrappedLength]);
    return new Recipient("software", 0, wrapped);
  }

  private static Header of(int recipients, int wrappedLength) {
    Combinator combinator = recipients == 1 ? Combinator.SINGLE : Combinator.ANY_OF;
    List<Recipient> list = Collections.nCopies(recipients, recipient(wrappedLength));
    return new Header(DataKeyMode.PER_OBJECT, combinator, list);
  }

  @Property
  void whatIsWrittenIsRead(
      @ForAll @IntRange(min = 1, max = 16) int recipients,
      @ForAll @IntRange(min = 0, max = 1000) int wrappedLength)
      throws MalformedHeaderException {
    byte[] bytes = of(recipients, wrappedLength).encode();
    assertEquals(0, bytes.length % Header.BLOCK);
    assertEquals(bytes.length, Header.length(bytes, 0));
    Header read = Header.parse(bytes);
    assertEquals(recipients, read.recipients().size());
    assertEquals(recipient(0).wrapped().identity(), read.recipients().get(0).wrapped().identity());
    assertArrayEquals(bytes, read.encode());
  }

  @Property
  void anyBytesGiveAHeaderOrTheError(@ForAll @Size(max = 600) byte[] bytes) {
    expectHeaderOrError(bytes);
  }

  @Property
  void anyChangeGivesAHeaderOrTheError(
      @ForAll @IntRange(max = 255) int at, @ForAll byte value, @ForAll boolean truncate) {
    byte[] bytes = of(1, 60).encode();
    bytes[at] = value;
    expectHeaderOrError(truncate ? Arrays.copyOf(bytes, at) : bytes);
  }

  private static void expectHeaderOrError(byte[] bytes) {
    try {
      Envelope.inspect(bytes);
    } catch (MalformedHeaderException e) {
      // as it should
    }
  }

  @Test
  void theLengthOfThePlaintextFollowsFromThatOfTheObject() throws MalformedHeaderException {
    byte[] bytes = of(1, 60).encode();
    int empty = bytes.length + Cobblestone.PREFIX + Cobblestone.TAG;
    assertEquals(new Envelope.Extent(bytes.length, 0), Envelope.extent(bytes, empty));
    assertEquals(
        new Envelope.Extent(bytes.length, Cobblestone.CHUNK),
        Envelope.extent(bytes, empty + Cobblestone.SEALED_CHUNK));
    for (long impossible : List.of(0L, (long) bytes.length, empty - 1L)) {
      assertThrows(MalformedHeaderException.class, () -> Envelope.extent(bytes, impossible));
    }
  }

  @Test
  void roomIsLeftForARewrap() {
    for (int wrapped = 1; wrapped <= 2 * Header.BLOCK; wrapped++) {
      byte[] full = new byte[wrapped];
      Arrays.fill(full, (byte) 1);
      Recipient recipient =
          new Recipient("fake", 0, new WrappedKey("id", "1", WrapMechanism.HMAC_DERIVE, full));
      byte[] bytes =
          new Header(DataKeyMode.PER_OBJECT, Combinator.SINGLE, List.of(recipient)).encode();
      int end = bytes.length - Header.MAC;
      int used = end;
      while (bytes[used - 1] == 0) {
        used--;
      }
      assertTrue(end - used >= 64, end - used + " bytes after a wrap of " + wrapped);
      assertTrue(end - used < 64 + Header.BLOCK, end - used + " bytes after one of " + wrapped);
    }
  }

  @Test
  void paddingIsZero() {
    byte[] bytes = of(1, 60).encode();
    bytes[bytes.length - Header.MAC - 1] = 1;
    assertThrows(MalformedHeaderException.class, () -> Header.parse(bytes));
  }

  @Test
  void aSingleKeyHasOneRecipient() {
    byte[] bytes = of(2, 60).encode();
    assertDoesNotThrow(() -> Header.parse(bytes));
    bytes[7] = (byte) Combinator.SINGLE.id();
    assertThrows(MalformedHeaderException.class, () -> Header.parse(bytes));
  }

  @Test
  void aHeaderBeyondItsBoundsIsNotWritten() {
    assertThrows(IllegalStateException.class, () -> of(17, 60).encode());
    assertThrows(IllegalStateException.class, () -> of(16, 5000).encode());
  }
}
