package dev.keyhold.keystore.kit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.keystore.BackendException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RandomPartsTest {
  @Test
  void readsPartsAndZeroesThem() throws Exception {
    List<byte[]> parts = new ArrayList<>();
    byte[] random =
        RandomParts.read(
            10,
            4,
            length -> {
              byte[] part = new byte[length];
              Arrays.fill(part, (byte) (parts.size() + 1));
              parts.add(part);
              return part;
            });
    assertArrayEquals(new byte[] {1, 1, 1, 1, 2, 2, 2, 2, 3, 3}, random);
    assertEquals(3, parts.size());
    parts.forEach(part -> assertArrayEquals(new byte[part.length], part));
  }

  @Test
  void refusesTooFew() {
    assertThrows(BackendException.class, () -> RandomParts.read(10, 4, length -> new byte[3]));
  }
}
