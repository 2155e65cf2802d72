package dev.keyhold.jca;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.KeyUri;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.UnrecoverableKeyException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyStoreFileTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final int ITERATIONS_AT = 5;

  private static final Map<String, KeyStoreFile.Entry> ENTRIES = new LinkedHashMap<>();

  static {
    Instant bound = Instant.ofEpochMilli(1_700_000_000_123L);
    ENTRIES.put("orders", new KeyStoreFile.Entry(KeyUri.parse("software:12ab"), "AES", bound));
    ENTRIES.put(
        "größe", new KeyStoreFile.Entry(KeyUri.parse("pkcs11:object=t"), "HmacSHA256", bound));
  }

  private static byte[] written() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    KeyStoreFile.write(out, PASSWORD, ENTRIES);
    return out.toByteArray();
  }

  private static Map<String, KeyStoreFile.Entry> read(byte[] bytes, char[] password)
      throws IOException {
    return KeyStoreFile.read(new ByteArrayInputStream(bytes), password);
  }

  @Test
  void whatWasWrittenIsRead() throws IOException {
    assertEquals(ENTRIES, read(written(), PASSWORD));
    assertEquals(ENTRIES, read(written(), null));
  }

  @Test
  void eachWayToBeCutShortIsNamed() throws IOException {
    byte[] whole = written();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      IOException refused = assertThrows(IOException.class, () -> read(cut, null));
      assertTrue(refused.getMessage().contains("cut short"), refused.toString());
    }
  }

  @Test
  void aWrongPasswordOrAnAlteredEntryIsRefused() throws IOException {
    byte[] whole = written();
    IOException refused =
        assertThrows(IOException.class, () -> read(whole, "changedit".toCharArray()));
    assertInstanceOf(UnrecoverableKeyException.class, refused.getCause());
    for (int at : new int[] {whole.length - 1, whole.length - 40, 10, 50}) {
      byte[] altered = whole.clone();
      altered[at] ^= 1;
      assertThrows(IOException.class, () -> read(altered, PASSWORD), "byte " + at);
    }
  }

  @Test
  void aForgedNumberOfIterationsCostsNothing() throws IOException {
    byte[] whole = written();
    for (int iterations : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 2_000_001}) {
      ByteBuffer.wrap(whole).putInt(ITERATIONS_AT, iterations);
      IOException refused = assertThrows(IOException.class, () -> read(whole, PASSWORD));
      assertTrue(refused.getMessage().contains("iterations"), refused.getMessage());
    }
  }
}
