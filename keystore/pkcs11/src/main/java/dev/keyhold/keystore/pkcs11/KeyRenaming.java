package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.pkcs11.pairs.ObjectLabel;
import dev.keyhold.keystore.pkcs11.pairs.PairRef;
import dev.keyhold.keystore.pkcs11.token.TokenConnection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Gives all versions of a key another name, one after the other. */
final class KeyRenaming {
  private final TokenConnection connection;
  private final GcmWrapper gcm;

  KeyRenaming(TokenConnection connection, GcmWrapper gcm) {
    this.connection = connection;
    this.gcm = gcm;
  }

  /** Renames a key, whose new name is free; a failure half way is undone as far as can be. */
  void rename(KeyFamily family, String newName) throws BackendException {
    for (KeyObject version : family.versions()) {
      requireReadable(version.label().withName(newName));
    }
    Deque<KeyObject> done = new ArrayDeque<>();
    for (KeyObject version : family.versions()) {
      try {
        relabel(version, version.label(), newName);
      } catch (BackendException e) {
        throw undo(done, newName, e);
      }
      done.push(version);
    }
  }

  /**
   * Refuses a name like orders#7 or vault:kek for a key without a version: it would be read as a
   * version, or as another use, of another key.
   */
  private static void requireReadable(ObjectLabel label) throws BackendException {
    ObjectLabel read = ObjectLabel.parse(label.toString());
    if (!read.equals(label)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "the label '%s' would be read as one of the key '%s': choose a name without # and :"
              .formatted(label, read.name()));
    }
  }

  /** Gives versions their old labels again; returns the error to throw. */
  private BackendException undo(Deque<KeyObject> done, String newName, BackendException cause) {
    List<String> stuck = new ArrayList<>();
    for (KeyObject version : done) {
      ObjectLabel newLabel = version.label().withName(newName);
      try {
        relabel(version, newLabel, version.label().name());
      } catch (BackendException e) {
        cause.addSuppressed(e);
        stuck.add("'" + newLabel + "' (was '" + version.label() + "')");
      }
    }
    return stuck.isEmpty() ? cause : halfRenamed(stuck, cause);
  }

  private static BackendException halfRenamed(List<String> stuck, BackendException cause) {
    BackendException error =
        new BackendException(
            cause.reason(),
            cause.getMessage()
                + "; and other versions of the key could not be given their old labels again: "
                + stuck
                + "; label them as before with the HSM vendor's tool, or nothing that they wrapped"
                + " can be opened",
            cause);
    for (Throwable suppressed : cause.getSuppressed()) {
      error.addSuppressed(suppressed);
    }
    return error;
  }

  private void relabel(KeyObject key, ObjectLabel label, String newName) throws BackendException {
    String from = label.toString();
    String to = label.withName(newName).toString();
    if (key.spec().isKeyPair()) {
      PairRef pair = new PairRef(from, key.pair().publicKey());
      connection.token().keyPairs().relabel(pair, to);
      return;
    }
    connection.token().relabel(from, to);
    gcm.relabelled(from, to);
  }
}
