package dev.keyhold.custody.proof.charter;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.note.VerifierKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The versions of a charter from the pinned one on, each signed by the owners of the one before
 * (docs/AUDIT.md, section 3.3). Not thread-safe.
 */
public final class CharterChain {
  private final String pin;
  private final List<Charter> versions = new ArrayList<>();

  /** Begins a chain whose version 1 must have this id. */
  public CharterChain(String pin) {
    this.pin = pin;
  }

  /** Returns the id of version 1. */
  public String pin() {
    return pin;
  }

  /** Returns the version in force, or null before the first. */
  public Charter present() {
    return versions.isEmpty() ? null : versions.get(versions.size() - 1);
  }

  /** Returns the versions so far. */
  public List<Charter> versions() {
    return List.copyOf(versions);
  }

  /**
   * Returns the version that a statement names.
   *
   * @throws ProofException if it is not in the chain
   */
  public Charter get(CharterRef ref) {
    if (ref.version() >= 1 && ref.version() <= versions.size()) {
      Charter charter = versions.get(ref.version() - 1);
      if (charter.name().equals(ref.name()) && charter.id().equals(ref.id())) {
        return charter;
      }
    }
    throw new ProofException(
        "charter-chain", "the charter " + ref + " is not in the chain of this log");
  }

  /**
   * Returns the charter that a note brings, which follows the present one.
   *
   * @throws ProofException if it does not follow, or if signatures are missing or fail
   */
  public Charter check(Note note) {
    Charter next = Charter.parse(note.text());
    Charter present = present();
    follows(next, present);
    Set<VerifierKey> known = new LinkedHashSet<>(next.personKeys());
    if (present != null) {
      known.addAll(present.personKeys());
    }
    Set<VerifierKey> signers = note.signers(known);
    for (CharterLines.Person person : next.lines().persons()) {
      if ((present == null || !present.lines().persons().contains(person))
          && !signers.contains(person.key())) {
        throw new ProofException(
            "quorum",
            "the new key " + person.key().name() + " of " + person.name() + " has not signed");
      }
    }
    Charter deciding = present == null ? next : present;
    if (!deciding.ownersAgree(deciding.personsOf(signers))) {
      throw new ProofException(
          "quorum",
          deciding.lines().ownersNeeded()
              + " owners of version "
              + deciding.version()
              + " must sign; signed by "
              + deciding.personsOf(signers));
    }
    return next;
  }

  private void follows(Charter next, Charter present) {
    if (present == null) {
      require(
          next.version() == 1 && next.id().equals(pin),
          "version 1 is pinned as "
              + pin
              + ", this is version "
              + next.version()
              + ", "
              + next.id());
      return;
    }
    require(
        next.name().equals(present.name()),
        "the charter is " + present.name() + ", this is one of " + next.name());
    require(
        next.version() == present.version() + 1,
        "after version " + present.version() + " comes the next, not " + next.version());
    require(
        next.lines().previous().equals(present.id()),
        "version " + present.version() + " has the id " + present.id());
  }

  private static void require(boolean good, String message) {
    if (!good) {
      throw new ProofException("charter-chain", message);
    }
  }

  /** Takes a charter that {@link #check} returned as the present one. */
  public void add(Charter charter) {
    versions.add(charter);
  }
}
