package dev.keyhold.custody.server.gate;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.CharterLines;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.note.VerifierKey;
import dev.keyhold.custody.proof.statement.Statement;
import dev.keyhold.custody.proof.text.TextReader;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Verifies the signatures of a text that anybody sent, on the sender's thread, so that only texts
 * which people of the charter signed reach the thread that owns the state. Thread-safe.
 */
final class StatementFilter {
  private static final int AT_ONCE = 2;
  private static final long PATIENCE = 2;

  private final Semaphore turns = new Semaphore(AT_ONCE);
  private volatile Set<VerifierKey> known = Set.of();
  private volatile Charter present;

  /** Learns of a charter that was taken. Called by one thread. */
  void learn(Charter charter) {
    Set<VerifierKey> keys = new HashSet<>(known);
    keys.addAll(charter.personKeys());
    known = Set.copyOf(keys);
    present = charter;
  }

  /**
   * Requires that each signature verifies, by keys of any version of the charter; those of a new
   * version by its own keys too, and then by the present owners.
   *
   * @throws ProofException if it does not
   */
  void check(byte[] bytes) throws GateException {
    Note note = Note.parse(bytes);
    boolean isCharter = TextReader.kind(note.text()).equals(Charter.KIND);
    Set<VerifierKey> keys = known;
    if (isCharter) {
      keys = new HashSet<>(known);
      Charter.parse(note.text()).lines().persons().stream()
          .map(CharterLines.Person::key)
          .forEach(keys::add);
    } else {
      Statement.parse(note.text());
    }
    boolean turn = false;
    try {
      turn = turns.tryAcquire(PATIENCE, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!turn) {
      throw new GateException(
          GateException.Kind.UNAVAILABLE,
          "too many signed texts are being verified: send it again");
    }
    try {
      Set<VerifierKey> signers = note.signers(keys);
      Charter charter = present;
      if (isCharter && charter != null && !charter.ownersAgree(charter.personsOf(signers))) {
        throw new ProofException(
            "quorum",
            "the next version is signed by %s owners of %s"
                .formatted(charter.lines().ownersNeeded(), charter));
      }
    } finally {
      turns.release();
    }
  }
}
