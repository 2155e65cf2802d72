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
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.Security;
import java.time.Instant;
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
