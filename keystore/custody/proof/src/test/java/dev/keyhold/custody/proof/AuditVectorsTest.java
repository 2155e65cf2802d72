package dev.keyhold.custody.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.custody.proof.leaf.Leaf;
import dev.keyhold.custody.proof.log.Checkpoint;
import dev.keyhold.custody.proof.log.Hashes;
import dev.keyhold.custody.proof.log.Records;
import dev.keyhold.custody.proof.log.TreeHead;
import dev.keyhold.custody.proof.made.TestKeys;
import dev.keyhold.custody.proof.note.Cosignature;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.note.VerifierKey;
import dev.keyhold.custody.proof.state.Inputs;
import dev.keyhold.custody.proof.statement.Statement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The vectors of docs/AUDIT.md, section 8, which were computed by another program. */
class AuditVectorsTest {
  private static String vectors;

  @BeforeAll
  static void readThePage() throws IOException {
    Path page = Path.of("docs/AUDIT.md");
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      if (Files.exists(up.resolve(page))) {
        String text = Files.readString(up.resolve(page));
        vectors = text.substring(text.indexOf("## 8. Vectors"));
        return;
      }
    }
    throw new AssertionError("no docs/AUDIT.md above " + Path.of("").toAbsolutePath());
  }

  /** Returns the indented block of the page that begins with this text. */
  private static String block(String beginning) {
    Matcher block =
        Pattern.compile("(?m)^    " + Pattern.quote(beginning) + ".*\n(?:(?:    .*)?\n)*")
            .matcher(vectors);
    assertTrue(block.find(), beginning);
    return block.group().stripTrailing().replaceAll("(?m)^    ", "") + "\n";
  }

  private static VerifierKey key(String name) {
    Matcher key = Pattern.compile("(?m)^    (" + name + "\\+.*)$").matcher(vectors);
    assertTrue(key.find(), name);
    return VerifierKey.parse(key.group(1));
  }

  @Test
  void verifierKeysAreThoseOfTheirSeeds() {
    for (int seed : List.of(1, 2)) {
      KeyPair pair = TestKeys.ed25519(seed);
      VerifierKey expected = key(seed == 1 ? "alice" : "log.example/a1");
      assertEquals(expected, VerifierKey.of(expected.name(), pair.getPublic()));
    }
    assertEquals(
        key("w.example"), VerifierKey.ofWitness("w.example", TestKeys.ed25519(3).getPublic()));
    assertEquals("bfb1e02d", key("bob").id());
  }

  @Test
  void theRevocationIsSignedByAlice() throws Exception {
    String text = block("keyhold.dev/revoke@v1");
    Note note = Note.parse(text.getBytes(StandardCharsets.UTF_8));
    assertEquals(Set.of(key("alice")), note.signers(List.of(key("bob"), key("alice"))));
    assertTrue(vectors.contains(note.id()), note.id());
    assertEquals("gone \u00fc", Statement.parse(note.text()).reason());
    assertEquals(
        note.signatures().get(0).toString(),
        TestKeys.signer("alice", TestKeys.ed25519(1)).sign(note.text()).toString());
  }

  @Test
  void theLeafHasItsHashAndItsRecord() {
    byte[] leaf = block("keyhold.dev/start@v1").getBytes(StandardCharsets.UTF_8);
    assertEquals(172, leaf.length);
    assertArrayEquals(leaf, Leaf.parse(leaf).toBytes());
    String hash = HexFormat.of().formatHex(Hashes.leaf(leaf));
    assertTrue(vectors.contains("`" + hash + "`"), hash);
    String record = HexFormat.of().formatHex(Records.encode(leaf, Hashes.leaf(leaf)));
    assertTrue(vectors.contains("`" + record.substring(0, 24) + "`"), record);
  }

  @Test
  void theCheckpointIsSignedAndCosigned() {
    Note note = Note.parse(block("log.example/a1\n").getBytes(StandardCharsets.UTF_8));
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    assertEquals(1, checkpoint.size());
    assertEquals(
        Base64.getEncoder()
            .encodeToString(
                Hashes.leaf(block("keyhold.dev/start@v1").getBytes(StandardCharsets.UTF_8))),
        checkpoint.root());
    assertEquals(
        Instant.ofEpochSecond(1764280800),
        Cosignature.verify(key("w.example"), note.text(), note.signatures().get(1)).orElseThrow());
    Note alone = new Note(note.text(), note.signatures().subList(0, 1));
    assertEquals(Set.of(key("log.example/a1")), alone.signers(List.of(key("log.example/a1"))));
  }

  @Test
  void theInputIsThatOfThePage() {
    String input =
        Inputs.ofUnwrap(
            "pkcs11:object=orders", new byte[] {1, 2}, "ctx".getBytes(StandardCharsets.US_ASCII));
    assertTrue(vectors.contains("`" + input + "`"), input);
  }

  @Test
  void rootsAreThoseOfThePage() {
    Matcher row = Pattern.compile("(?m)^\\| (\\d+) \\| `([0-9a-f]{64})` \\|$").matcher(vectors);
    int rows = 0;
    while (row.find()) {
      TreeHead head = new TreeHead();
      for (int i = 0; i < Integer.parseInt(row.group(1)); i++) {
        head.add(Hashes.leaf(Integer.toString(i).getBytes(StandardCharsets.US_ASCII)));
      }
      assertEquals(row.group(2), HexFormat.of().formatHex(head.root()), row.group(1));
      rows++;
    }
    assertEquals(8, rows);
  }
}
