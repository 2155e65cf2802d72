package dev.keyhold.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WrapCountTest {
  @Test
  void eachVersionHasItsOwnBound() throws Exception {
    WrapCount count = new WrapCount(3);
    for (String version : new String[] {"orders/1", "orders/2"}) {
      for (int i = 0; i < 3; i++) {
        count.add(version);
      }
      for (int i = 0; i < 2; i++) {
        BackendException e = assertThrows(BackendException.class, () -> count.add(version));
        assertEquals(BackendException.Reason.DENIED, e.reason());
        assertTrue(e.getMessage().contains("rotate the key"), e.getMessage());
      }
    }
  }
}
