package dev.keyhold.custody.proof.made;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyhold.custody.proof.charter.Operation;
import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.proof.leaf.AlarmLeaf;
import dev.keyhold.custody.proof.leaf.EndLeaf;
import dev.keyhold.custody.proof.leaf.Leaf;
import dev.keyhold.custody.proof.leaf.StartLeaf;
import dev.keyhold.custody.proof.leaf.StatementLeaf;
import dev.keyhold.custody.proof.log.Checkpoint;
import dev.keyhold.custody.proof.log.Hashes;
import dev.keyhold.custody.proof.log.Records;
import dev.keyhold.custody.proof.log.TreeHead;
import dev.keyhold.custody.proof.note.Cosignature;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.state.Applied;
import dev.keyhold.custody.proof.state.Decision;
import dev.keyhold.custody.proof.state.Inputs;
import dev.keyhold.custody.proof.state.Problem;
import dev.keyhold.custody.proof.state.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A custodian without network, keys and disk: it decides, appends leaves, and signs checkpoints.
 */
public final class MadeLog {
  private final World world;
  private final String origin;
  private final State state;
  private final TreeHead tree = new TreeHead();
  private final List<byte[]> leaves = new ArrayList<>();
  private final List<Note> history = new ArrayList<>();
  private Note checkpoint;
  private Instant now = Instant.parse("2026-11-27T22:00:00Z");

  /** Creates a log with its first leaf and the charters of the world. */
  public MadeLog(World world, String origin) {
    this.world = world;
    this.origin = origin;
    this.state = new State(origin, world.pin());
    append(new StartLeaf(now, origin, world.pin(), "keyhold/0.1.0", null));
    world.charters().forEach(this::take);
  }

  /** Returns the state after the last leaf. */
  public State state() {
    return state;
  }

  /** Returns the leaves. */
  public List<byte[]> leaves() {
    return leaves;
  }

  /** Returns the clock. */
  public Instant now() {
    return now;
  }

  /** Moves the clock. */
  public MadeLog pass(long millis) {
    now = now.plusMillis(millis);
    return this;
  }

  /** Appends a leaf that nothing is wrong with. */
  public Applied append(Leaf leaf) {
    Applied applied = appendWrong(leaf.toBytes());
    assertEquals(List.of(), applied.problems());
    return applied;
  }

  /** Appends a leaf, whatever is wrong with it. */
  public Applied appendWrong(byte[] leaf) {
    leaves.add(leaf);
    tree.add(Hashes.leaf(leaf));
    return state.apply(leaf);
  }

  /** Appends a statement that the log takes. */
  public Applied take(byte[] note) {
    return append(new StatementLeaf(now, note));
  }

  /** Returns the codes with which a statement is refused. */
  public List<String> refused(byte[] note) {
    return appendWrong(new StatementLeaf(now, note).toBytes()).problems().stream()
        .map(Problem::code)
        .toList();
  }

  /** Returns an unwrap of the object with this number, of tenant acme. */
  public static UseFacts.Builder open(String identity, int object) {
    return use(identity, Operation.UNWRAP, World.ORDERS, object).context("orders", "acme");
  }

  /** Returns a use of a key for the object with this number. */
  public static UseFacts.Builder use(String identity, Operation op, String key, int object) {
    return UseFacts.of(identity, op, key)
        .alias("orders")
        .input(
            String.format("%032x", object),
            Inputs.ofUnwrap(key, ByteBuffer.allocate(4).putInt(object).array(), new byte[0]));
  }

  /** Decides a use, appends the leaf of the decision, and returns the decision. */
  public Decision ask(UseFacts use) {
    Decision decision = state.judge(use, now);
    append(decision.toLeaf(now));
    return decision;
  }

  /** Appends the outcome of all open uses, as far as one leaf has room. */
  public void end() {
    List<EndLeaf.Outcome> outcomes =
        state.openUses().keySet().stream()
            .limit(EndLeaf.MAX_OUTCOMES)
            .map(use -> new EndLeaf.Outcome(use, "done", use % 2 == 0 ? null : "req " + use))
            .toList();
    if (!outcomes.isEmpty()) {
      append(new EndLeaf(now, outcomes));
    }
  }

  /** Appends the alarm that belongs to a grant by a rule with a review. */
  public void alarm(String grant) {
    append(new AlarmLeaf(now, AlarmLeaf.BREAK_GLASS, grant, "break-glass grant taken"));
  }

  /** Signs a checkpoint, with a cosignature at the log's time if asked for. */
  public Note checkpoint(boolean cosigned) {
    return checkpoint(cosigned ? now : null);
  }

  /** Signs a checkpoint, with a cosignature at a time of the witness's clock. */
  public Note checkpoint(Instant witnessTime) {
    try {
      String text = Checkpoint.of(origin, tree.size(), tree.root()).text();
      Note note = new Note(text, List.of(world.signer(origin).sign(text)));
      if (witnessTime != null) {
        note =
            note.with(
                Cosignature.sign(
                    world.witness(), world.keyPair(World.WITNESS).getPrivate(), text, witnessTime));
        history.add(note);
      }
      checkpoint = note;
      return note;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns the root of the leaves. */
  public byte[] root() {
    return tree.root();
  }

  /** Writes the folder of the log. */
  public void write(Path folder) throws IOException {
    ByteArrayOutputStream segment = new ByteArrayOutputStream();
    for (int i = 0; i < leaves.size(); i++) {
      segment.writeBytes(Records.encode(leaves.get(i), Hashes.leaf(leaves.get(i))));
      if ((i + 1) % Records.SEGMENT == 0 || i + 1 == leaves.size()) {
        put(folder.resolve("segment/" + Records.fileName(i / Records.SEGMENT)), segment);
      }
    }
    MadeTiles.write(folder, leaves, Checkpoint.parse(checkpoint.text()).size());
    writeHeads(folder);
  }

  /** Writes a mirror: the checkpoint and the history. */
  public void writeHeads(Path folder) throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (Note note : history) {
      records.writeBytes(Records.encode(note.toBytes(), Hashes.leaf(note.toBytes())));
    }
    if (!history.isEmpty()) {
      put(folder.resolve("history/" + Records.fileName(0)), records);
    }
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("checkpoint"), checkpoint.toString(), StandardCharsets.UTF_8);
  }

  private static void put(Path file, ByteArrayOutputStream content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, content.toByteArray());
    content.reset();
  }
}
