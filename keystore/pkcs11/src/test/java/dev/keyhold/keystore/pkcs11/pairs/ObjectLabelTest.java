package dev.keyhold.keystore.pkcs11.pairs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectLabelTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "orders#1, orders, 1, \"\"",
        "orders#12:kek, orders, 12, kek",
        "orders, orders, 0, \"\"",
        "orders:kek, orders, 0, kek",
        "a#b#3, a#b, 3, \"\"",
        "a#3#4, a#3, 4, \"\"",
        "a#01, a#01, 0, \"\"",
        "a#0, a#0, 0, \"\"",
        "a:kek#2, a:kek, 2, \"\"",
        "a:hmac-sha512, a, 0, hmac-sha512",
        "m#1:hmac-sha384, m, 1, hmac-sha384",
        "r#1:decrypt, r, 1, decrypt",
        "e:agree, e, 0, agree",
        "m#1:other, m#1:other, 0, \"\"",
        "#1, #1, 0, \"\"",
        "x#9999999999, x#9999999999, 0, \"\""
      })
  void readsAndWritesALabel(String label, String name, int version, String mark) {
    ObjectLabel parsed = ObjectLabel.parse(label);
    assertEquals(new ObjectLabel(name, version, mark), parsed);
    assertEquals(label, parsed.toString());
  }

  @Test
  void acceptsOnlyNamesThatSunPkcs11FindsAgain() {
    assertTrue(ObjectLabel.isName("pay roll (2026) #1:kek"));
    assertFalse(ObjectLabel.isName(""));
    assertFalse(ObjectLabel.isName("clé"));
    assertFalse(ObjectLabel.isName("a\nb"));
    assertFalse(ObjectLabel.isName("x".repeat(ObjectLabel.MAX_NAME_LENGTH + 1)));
  }
}
