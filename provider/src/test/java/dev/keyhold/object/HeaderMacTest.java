package dev.keyhold.object;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which bytes the MAC of a header is of, and whose. */
class HeaderMacTest {
  private final Engine.Pool pool = new Engine.Pool(1);
  private final Engine engine = pool.take();
  private final byte[] key = new byte[32];
  private final byte[] header = new byte[100];

  @BeforeEach
  void put() {
    Arrays.fill(key, (byte) 5);
    for (int i = 0; i < header.length; i++) {
      header[i] = (byte) i;
    }
    HeaderMac.put(engine, key, header);
  }

  @Test
  void isOfAllThatStandsBeforeIt() {
    assertTrue(HeaderMac.verify(engine, key, header));
    for (int at = 0; at < header.length; at++) {
      header[at] ^= 1;
      assertFalse(HeaderMac.verify(engine, key, header), "byte " + at);
      header[at] ^= 1;
    }
    assertTrue(HeaderMac.verify(engine, key, header));
  }

  @Test
  void isOfOneKey() {
    for (int at = 0; at < key.length; at++) {
      key[at] ^= 1;
      assertFalse(HeaderMac.verify(engine, key, header), "byte " + at);
      key[at] ^= 1;
    }
  }

  @Test
  void isNothingButItsOwn() {
    byte[] before = header.clone();
    HeaderMac.put(engine, key, header);
    assertTrue(Arrays.equals(before, header), "the same key and header have the same MAC");
    assertTrue(
        Arrays.equals(
            before, 0, header.length - Header.MAC, header, 0, header.length - Header.MAC));
  }

  @Test
  void itsEngineIsGivenBack() {
    pool.giveBack(engine);
    HeaderMac.put(pool, key, header);
    assertTrue(HeaderMac.verify(engine, key, header));
    assertSame(engine, pool.take());
    assertNotSame(engine, pool.take());
  }
}
