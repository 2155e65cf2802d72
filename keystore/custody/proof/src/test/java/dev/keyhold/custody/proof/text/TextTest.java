package dev.keyhold.custody.proof.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.statement.Statement;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Values, patterns and lines have one form each, and no other is read. */
class TextTest {
  private static final String REVOKE =
      "keyhold.dev/revoke@v1\ncharter acme 1 sha256:"
          + "0".repeat(64)
          + "\nrule 10\ngrant sha256:"
          + "1".repeat(64)
          + "\nreason gone%20away\nnonce "
          + "2".repeat(32)
          + "\n";

  @Test
  void valuesComeBackFromTheirEncodedForm() {
    Random random = new Random(1);
    for (int round = 0; round < 5_000; round++) {
      StringBuilder value = new StringBuilder();
      for (int length = 1 + random.nextInt(20); length > 0; length--) {
        int c = random.nextInt(random.nextBoolean() ? 0x80 : 0x11000);
        if (!Character.isISOControl(c) && (c < 0xD800 || c > 0xDFFF)) {
          value.appendCodePoint(c);
        }
      }
      if (!value.isEmpty()) {
        String encoded = Percent.encode(value.toString());
        assertTrue(encoded.matches("([A-Za-z0-9._~/:@=+,-]|%[0-9A-F]{2})+"), encoded);
        assertEquals(value.toString(), Percent.decode(encoded));
        assertEquals(
            value.toString(),
            URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void otherFormsOfTheSameValueAreRefused() {
    for (String form :
        List.of(
            "",
            "%41",
            "%2f",
            "%2",
            "%",
            "a b",
            "%C3",
            "%C0%80",
            "%ED%A0%80",
            "%00",
            "%0A",
            "%7F",
            "%C2%85",
            "*",
            "a#b",
            "\u00fc",
            "%C3%BC%",
            "a".repeat(1025))) {
      assertThrows(ProofException.class, () -> Percent.decode(form), form);
    }
    assertThrows(ProofException.class, () -> Percent.encode("a\nb"));
    assertThrows(ProofException.class, () -> Percent.encode("\ud800"));
    assertThrows(ProofException.class, () -> Percent.encode("\u00fc".repeat(513)));
  }

  @Test
  void aStarIsWholeOrAfterASeparator() {
    assertTrue(Glob.parse("INC-*").matches("INC-1"));
    assertFalse(Glob.parse("INC-*").matches("INC-"));
    assertFalse(Glob.parse("INC-*").matches("inc-1"));
    assertFalse(Glob.parse("INC-*").matches(null));
    assertTrue(Glob.parse("*").matches("anything"));
    assertFalse(Glob.parse("*").matches(null));
    assertTrue(Glob.parse("a%2A").matches("a*"));
    assertFalse(Glob.parse("a%2A").matches("ab"));
    assertTrue(Glob.parse("spiffe://acme/ns/*").matches("spiffe://acme/ns/pay/sa/api"));
    for (String form : List.of("ns/pay*", "a-*b", "**", "-**", "*a", "", "a *")) {
      assertThrows(ProofException.class, () -> Glob.parse(form), form);
    }
  }

  @Test
  void whatAPatternCoversItMatches() {
    List<String> forms = List.of("*", "a/*", "a/b", "a/b/*", "a/b/c", "b", "a/b-*");
    List<String> values = List.of("a/b", "a/b/c", "a/c", "b", "a/b-1", "a/b/c/d", "x");
    for (String one : forms) {
      for (String other : forms) {
        if (Glob.parse(one).covers(Glob.parse(other))) {
          for (String value : values) {
            assertTrue(
                !Glob.parse(other).matches(value) || Glob.parse(one).matches(value),
                one + " " + other + " " + value);
          }
        }
      }
    }
    assertTrue(Glob.parse("a/*").covers(Glob.parse("a/b/*")));
    assertFalse(Glob.parse("a/b").covers(Glob.parse("a/b/*")));
  }

  @Test
  void aTextHasOneForm() {
    assertEquals(REVOKE, Statement.parse(REVOKE).text());
    for (String wrong :
        List.of(
            REVOKE.replace("rule 10", "rule 010"),
            REVOKE.replace("rule 10", "rule  10"),
            REVOKE.replace("rule 10", "rule 10 "),
            REVOKE.replace("rule 10", " rule 10"),
            REVOKE.replace("rule 10", "rule 99999999999"),
            REVOKE.replace("rule 10", "rule +10"),
            REVOKE.replace("%20", "+ "),
            REVOKE.replace("%20", " "),
            REVOKE.replace("\n", "\r\n"),
            REVOKE.replace("rule 10\n", ""),
            REVOKE.replace("rule 10\n", "rule 10\nrule 10\n"),
            REVOKE + "\n",
            REVOKE + "more x\n",
            REVOKE.stripTrailing(),
            "\ufeff" + REVOKE,
            REVOKE.replace("nonce 2", "nonce A"),
            REVOKE.replace("sha256:1", "sha256:F"),
            REVOKE.replace("revoke@v1", "revoke@v2"),
            "",
            "\n")) {
      assertThrows(ProofException.class, () -> Statement.parse(wrong), wrong);
    }
  }

  @Test
  void errorsNameTheLine() {
    ProofException error =
        assertThrows(
            ProofException.class, () -> Statement.parse(REVOKE.replace("rule 10", "rule ten")));
    assertTrue(error.getMessage().startsWith("line 3: "), error.getMessage());
    assertEquals("statement-syntax", error.code());
  }

  @Test
  void instantsAndDurationsHaveOneForm() {
    assertEquals(
        "2026-11-27T22:00:00.000Z", Values.millis(Values.millis("2026-11-27T22:00:00.000Z")));
    assertEquals(
        "9999-12-31T23:59:59.999Z", Values.millis(Values.millis("9999-12-31T23:59:59.999Z")));
    for (String wrong :
        List.of(
            "2026-11-27T22:00:00Z",
            "2026-02-30T00:00:00.000Z",
            "2026-11-27T24:00:00.000Z",
            "1999-12-31T23:59:59.999Z",
            "2026-11-27t22:00:00.000Z",
            "+026-11-27T22:00:00.000Z")) {
      assertThrows(ProofException.class, () -> Values.millis(wrong), wrong);
    }
    assertThrows(ProofException.class, () -> Values.seconds("2026-11-27T22:00:60Z"));
    assertEquals(28_800, Term.parse("8h").duration().toSeconds());
    for (String wrong : List.of("8", "h", "08h", "8H", "8hh", "0m", "1234567s", "-1s", "")) {
      assertThrows(ProofException.class, () -> Term.parse(wrong), wrong);
    }
  }

  @Test
  void peopleSeeCodePointsAndWhereValuesEnd() {
    assertEquals("m\u00fc[U+00FC]ller", Display.of("m\u00fcller"));
    assertEquals("a[U+202E]b", Display.of("a\u202eb"));
    assertEquals("[U+05D0]", Display.of("\u05d0"));
    assertEquals(
        "tenant \"acme purpose x\"\ntenant \"a \"*\n",
        Display.text("tenant acme%20purpose%20x\ntenant a%20*\n"));
  }
}
