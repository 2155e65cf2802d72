package dev.keyhold.keystore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ErasableKeyTest {
  @Test
  void destroyZeroesTheArrayAndEndsItsUse() {
    byte[] bytes = {1, 2, 3, 4};
    ErasableKey key = new ErasableKey("AES", bytes);
    assertArrayEquals(new byte[] {1, 2, 3, 4}, key.getEncoded());
    key.destroy();
    assertArrayEquals(new byte[4], bytes);
    assertTrue(key.isDestroyed());
    assertThrows(IllegalStateException.class, key::getEncoded);
  }

  @Test
  void aReaderNeverSeesAKeyThatIsZeroInPart() throws Exception {
    for (int round = 0; round < 300; round++) {
      byte[] bytes = new byte[1024];
      Arrays.fill(bytes, (byte) 7);
      byte[] whole = bytes.clone();
      ErasableKey key = new ErasableKey("AES", bytes);
      Thread destroyer = new Thread(key::destroy);
      destroyer.start();
      try {
        while (true) {
          assertArrayEquals(whole, key.getEncoded());
        }
      } catch (IllegalStateException e) {
        destroyer.join();
      }
    }
  }

  @Test
  void neitherTextNorSerializationShowsIt() throws Exception {
    ErasableKey key = new ErasableKey("AES", new byte[] {42, 42});
    assertFalse(key.toString().contains("42"));
    try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
      assertThrows(NotSerializableException.class, () -> out.writeObject(key));
    }
  }
}
