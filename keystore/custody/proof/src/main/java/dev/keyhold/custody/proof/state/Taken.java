package dev.keyhold.custody.proof.state;

import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.note.VerifierKey;
import dev.keyhold.custody.proof.statement.Statement;
import java.util.Set;

/**
 * A signed text that satisfies all rules at its place of the log.
 *
 * @param id of the text
 * @param next the charter that it brings, or null
 * @param statement the statement that it is, or null for a charter
 * @param charter the charter under which it was signed; for a charter, itself
 * @param signers the keys that signed
 */
public record Taken(
    String id, Charter next, Statement statement, Charter charter, Set<VerifierKey> signers) {}
