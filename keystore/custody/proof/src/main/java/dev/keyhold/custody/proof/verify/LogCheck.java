package dev.keyhold.custody.proof.verify;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.leaf.Leaf;
import dev.keyhold.custody.proof.leaf.StartLeaf;
import dev.keyhold.custody.proof.log.Checkpoint;
import dev.keyhold.custody.proof.log.Hashes;
import dev.keyhold.custody.proof.log.TreeHead;
import dev.keyhold.custody.proof.state.Applied;
import dev.keyhold.custody.proof.state.LiveGrant;
import dev.keyhold.custody.proof.state.Problem;
import dev.keyhold.custody.proof.state.State;
import dev.keyhold.custody.proof.text.Term;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The first pass over one log: records, replay, checkpoints, history, tiles, mirror (docs/AUDIT.md,
 * section 7, steps 1 to 5 and 8). Not thread-safe.
 */
final class LogCheck {
  private static final int SLACK = 60;

  private final LogSource source;
  private final String pin;
  private final VerifyReport report;
  private final TreeHead tree = new TreeHead();
  private final Map<Long, String> roots = new HashMap<>();
  private final List<Heads.Cosigned> cosigned = new ArrayList<>();
  private final LogEvents events = new LogEvents();
  private final Set<Long> noLeaves = new HashSet<>();
  private String origin = "-";
  private State state;
  private TileCheck tiles;

  LogCheck(LogSource source, String pin, VerifyReport report) {
    this.source = source;
    this.pin = pin;
    this.report = report;
  }

  LogSource source() {
    return source;
  }

  String origin() {
    return origin;
  }

  /** Returns the state after the last leaf, or null if the log could not be read. */
  State state() {
    return state;
  }

  LogEvents events() {
    return events;
  }

  List<Heads.Cosigned> cosigned() {
    return cosigned;
  }

  /** Returns whether the leaf with this index could not be parsed. */
  boolean isNoLeaf(long index) {
    return noLeaves.contains(index);
  }

  long size() {
    return tree.size();
  }

  byte[] root() {
    return tree.root();
  }

  void run() throws IOException {
    Heads heads = Heads.read(source.folder());
    if (source.mirror() != null && !Files.isDirectory(source.mirror())) {
      throw new NoSuchFileException(source.mirror().toString());
    }
    Heads mirror = source.mirror() == null ? null : Heads.read(source.mirror());
    Set<Long> wanted = new TreeSet<>(heads.sizes());
    if (mirror != null) {
      wanted.addAll(mirror.sizes());
    }
    origin = heads.origin();
    roots.put(0L, base64(Hashes.empty()));
    RecordFiles.Ending ending =
        RecordFiles.read(
            source.folder().resolve("segment"), (i, leaf, hash) -> leaf(i, leaf, hash, wanted));
    report.addLeaves(ending.count());
    if (ending.damage() != null) {
      report.add("record", origin, ending.count(), ending.damage());
    }
    if (ending.isTorn()) {
      report.addNotice("torn-tail", origin, "-", "the last segment ends inside a record");
    }
    if (ending.count() == 0) {
      report.addUnreadable(source.folder() + " has no leaf that can be read");
      return;
    }
    if (state.charter() == null) {
      report.add("charter-chain", origin, "-", "no charter of this log begins with the pin");
      return;
    }
    long size = checkpoint(heads);
    history(heads, size);
    tiles.end(size);
    if (mirror != null) {
      mirror(mirror);
    }
    notices(mirror != null);
  }

  private void leaf(long index, byte[] bytes, byte[] hash, Set<Long> wanted) throws IOException {
    if (index == 0) {
      begin(bytes);
    }
    tree.add(hash);
    if (wanted.contains(tree.size())) {
      roots.put(tree.size(), base64(tree.root()));
    }
    tiles.add(bytes, hash);
    Applied applied = state.apply(bytes);
    for (Problem problem : applied.problems()) {
      report.add(problem.code(), origin, index, problem.text());
    }
    for (long use : applied.notEnded()) {
      report.addNotice("no-end", origin, use, "the process was started again before its outcome");
    }
    if (applied.leaf() == null) {
      noLeaves.add(index);
    }
    events.add(applied);
  }

  private void begin(byte[] bytes) throws IOException {
    try {
      if (Leaf.parse(bytes) instanceof StartLeaf start) {
        origin = start.origin();
      }
    } catch (ProofException e) {
      // applying the leaf tells what is wrong with it
    }
    state = new State(origin, pin);
    tiles = new TileCheck(source.folder(), origin, report);
  }

  private static String base64(byte[] hash) {
    return Base64.getEncoder().encodeToString(hash);
  }

  private List<Charter> charters() {
    return state.chain().versions();
  }

  /** Returns the size for which tiles are asked. */
  private long checkpoint(Heads heads) {
    String problem = Heads.problem(heads.last(), origin, charters(), cosigned);
    if (problem != null) {
      report.add("checkpoint", origin, Heads.CHECKPOINT, problem);
      return tree.size();
    }
    Checkpoint checkpoint = heads.last().checkpoint();
    if (checkpoint.size() > tree.size()) {
      report.add(
          "truncated",
          origin,
          "-",
          "the checkpoint has " + checkpoint.size() + " leaves, " + tree.size() + " can be read");
    } else if (!checkpoint.root().equals(roots.get(checkpoint.size()))) {
      report.add(
          "root",
          origin,
          Heads.CHECKPOINT,
          "the root of " + checkpoint.size() + " leaves is " + roots.get(checkpoint.size()));
    }
    if (checkpoint.size() < tree.size()) {
      report.addNotice(
          "unsigned-tail",
          origin,
          "-",
          (tree.size() - checkpoint.size()) + " leaves after the checkpoint");
    }
    return checkpoint.size();
  }

  private void history(Heads heads, long size) {
    long before = 0;
    for (Heads.Head head : heads.history()) {
      String problem = Heads.problem(head, origin, charters(), cosigned);
      if (problem == null) {
        Checkpoint checkpoint = head.checkpoint();
        if (checkpoint.size() < before
            || checkpoint.size() > size
            || checkpoint.size() > tree.size()) {
          problem = "its size " + checkpoint.size() + " is out of order";
        } else if (!checkpoint.root().equals(roots.get(checkpoint.size()))) {
          problem = "the root of " + checkpoint.size() + " leaves is another one";
        } else {
          before = checkpoint.size();
        }
      }
      if (problem != null) {
        report.add("history", origin, head.place(), problem);
      }
    }
    RecordFiles.Ending ending = heads.ending();
    if (ending.damage() != null) {
      report.add("history", origin, ending.count(), ending.damage());
    }
    if (ending.isTorn()) {
      report.addNotice("torn-tail", origin, "-", "the history ends inside a record");
    }
  }

  private void mirror(Heads mirror) {
    List<Heads.Head> heads = new ArrayList<>(mirror.history());
    heads.add(mirror.last());
    for (Heads.Head head : heads) {
      String problem = Heads.problem(head, origin, charters(), new ArrayList<>());
      if (problem == null) {
        Checkpoint checkpoint = head.checkpoint();
        if (checkpoint.size() > tree.size()) {
          problem = "it has seen " + checkpoint.size() + " leaves, there are " + tree.size();
        } else if (!checkpoint.root().equals(roots.get(checkpoint.size()))) {
          problem = "the first " + checkpoint.size() + " leaves are not those it has seen";
        }
      }
      if (problem != null) {
        report.add("mirror", origin, "-", problem);
      }
    }
    if (mirror.ending().damage() != null) {
      report.add("mirror", origin, "-", mirror.ending().damage());
    }
    if (mirror.ending().isTorn()) {
      report.addNotice("torn-tail", origin, "-", "the mirror's history ends inside a record");
    }
  }

  private void notices(boolean hasMirror) {
    Instant last = state.time();
    state
        .openUses()
        .forEach(
            (use, time) -> {
              if (time.isBefore(last.minusSeconds(SLACK))) {
                report.addNotice("no-end", origin, use, "no outcome is recorded");
              }
            });
    for (LiveGrant grant : state.grants()) {
      Term review = grant.charter().rule(grant.grant().rule()).review();
      if (review != null
          && grant.lastUse() != null
          && !state.isReviewed(grant.id())
          && !grant.grant().until().plus(review.duration()).isAfter(last)) {
        report.addNotice("review-due", origin, grant.leaf(), grant.id() + " was not reviewed");
      }
    }
    boolean witnessed = !state.charter().lines().witnesses().isEmpty() && !cosigned.isEmpty();
    if (!witnessed && !hasMirror) {
      report.addNotice(
          "no-witness",
          origin,
          "-",
          "no cosignature and no mirror: a log that was rolled back would not be noticed");
    }
  }
}
