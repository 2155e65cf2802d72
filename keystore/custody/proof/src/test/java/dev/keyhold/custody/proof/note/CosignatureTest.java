package dev.keyhold.custody.proof.note;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.log.Checkpoint;
import dev.keyhold.custody.proof.log.Hashes;
import dev.keyhold.custody.proof.made.TestKeys;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Security;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Cosignatures carry the time of the witness, and are bound to the checkpoint and the time. */
class CosignatureTest {
  private static final String TEXT = Checkpoint.of("log.example/a1", 0, Hashes.empty()).text();
  private static final Instant TIME = Instant.ofEpochSecond(1_764_280_800);

  private static void check(KeyPair pair) throws Exception {
    VerifierKey key = VerifierKey.ofWitness("w.example", pair.getPublic());
    assertEquals(key, VerifierKey.parse(key.toString()));
    NoteSignature signature = Cosignature.sign(key, pair.getPrivate(), TEXT, TIME);
    assertEquals(Optional.of(TIME), Cosignature.verify(key, TEXT, signature));
    assertTrue(key.names(signature));
    assertEquals(
        Optional.empty(), Cosignature.verify(key, TEXT.replace("\n0\n", "\n1\n"), signature));
    byte[] later = signature.signature().clone();
    later[7] ^= 1;
    assertEquals(
        Optional.empty(),
        Cosignature.verify(key, TEXT, new NoteSignature("w.example", signature.keyId(), later)));
    Note note = new Note(TEXT, List.of(signature));
    assertEquals(note.toString(), Note.parse(note.toBytes()).toString());
    ProofException error = assertThrows(ProofException.class, () -> note.signers(List.of(key)));
    assertEquals("signature", error.code());
  }

  @Test
  void byEd25519() throws Exception {
    check(TestKeys.ed25519(3));
  }

  @Test
  void byMlDsa44WhereTheRuntimeHasIt() throws Exception {
    assumeTrue(
        Security.getAlgorithms("Signature").contains("ML-DSA-44"), "ML-DSA is in JDK 24 and later");
    check(KeyPairGenerator.getInstance("ML-DSA-44").generateKeyPair());
  }

  /** The example of C2SP signed-note. */
  @Test
  void theNoteOfTheSpecification() {
    VerifierKey key =
        VerifierKey.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
    Note note =
        Note.parse(
            ("This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXpp"
                    + "zi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n")
                .getBytes(StandardCharsets.UTF_8));
    assertEquals(Set.of(key), note.signers(List.of(key)));
  }

  /** RFC 8032, section 5.1.3, and the points under which anybody can make signatures. */
  @Test
  void weakEd25519KeysAreRefused() throws Exception {
    for (String weak :
        List.of(
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000080",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")) {
      byte[] point = HexFormat.of().parseHex(weak);
      for (KeyType type : List.of(KeyType.ED25519, KeyType.COSIGNATURE)) {
        byte[] typed = new byte[33];
        typed[0] = type.id();
        System.arraycopy(point, 0, typed, 1, 32);
        String key =
            "alice+%s+%s"
                .formatted(
                    HexFormat.of().formatHex(type.keyId("alice", point)),
                    Base64.getEncoder().encodeToString(typed));
        ProofException refused =
            assertThrows(ProofException.class, () -> VerifierKey.parse(key), weak);
        assertTrue(refused.getMessage().contains("small order"), refused.getMessage());
      }
      byte[] spki = HexFormat.of().parseHex("302a300506032b6570032100" + weak);
      PublicKey key =
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(spki));
      assertThrows(ProofException.class, () -> VerifierKey.of("alice", key), weak);
    }
  }

  @Test
  void keysOfOtherKindsAreRefused() throws NoSuchAlgorithmException {
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    assertThrows(
        ProofException.class, () -> VerifierKey.of("alice", rsa.generateKeyPair().getPublic()));
    KeyPairGenerator ed448 = KeyPairGenerator.getInstance("Ed448");
    assertThrows(
        ProofException.class, () -> VerifierKey.of("alice", ed448.generateKeyPair().getPublic()));
    KeyPairGenerator p384 = KeyPairGenerator.getInstance("EC");
    p384.initialize(384);
    assertThrows(
        ProofException.class, () -> VerifierKey.of("alice", p384.generateKeyPair().getPublic()));
    String good = VerifierKey.of("alice", TestKeys.ed25519(1).getPublic()).toString();
    for (String wrong :
        List.of(
            good.replace("+4", "+5"),
            good.replace("alice", "alicf"),
            good + "=",
            good.substring(0, good.length() - 1),
            good.replace("+AY", "+AX"),
            "alice",
            "",
            good.replace("alice", "al ice"),
            good.toUpperCase(Locale.ROOT))) {
      assertThrows(ProofException.class, () -> VerifierKey.parse(wrong), wrong);
    }
  }
}
