package dev.keyhold.custody.server.gate;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.Rule;
import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.proof.leaf.AlarmLeaf;
import dev.keyhold.custody.proof.leaf.DeniedLeaf;
import dev.keyhold.custody.proof.leaf.EndLeaf;
import dev.keyhold.custody.proof.leaf.Leaf;
import dev.keyhold.custody.proof.leaf.StartLeaf;
import dev.keyhold.custody.proof.leaf.StatementLeaf;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.note.NoteSigner;
import dev.keyhold.custody.proof.state.Applied;
import dev.keyhold.custody.proof.state.Decision;
import dev.keyhold.custody.proof.state.LiveGrant;
import dev.keyhold.custody.proof.state.State;
import dev.keyhold.custody.proof.state.Taken;
import dev.keyhold.custody.proof.statement.Freeze;
import dev.keyhold.custody.proof.statement.Grant;
import dev.keyhold.custody.proof.statement.Revoke;
import dev.keyhold.custody.server.gate.Fault.Stops;
import dev.keyhold.custody.server.gate.GateException.Kind;
import dev.keyhold.custody.server.log.Log;
import dev.keyhold.custody.server.log.LogFiles;
import dev.keyhold.custody.server.log.LogRefused;
import dev.keyhold.custody.server.log.LogSettings;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Decides. One thread owns the state: it takes a use, judges it, counts it and gives its leaf a
 * place in one step; signed texts go through the same queue. What it decided completes once the
 * leaf is on the disk. Thread-safe.
 */
public final class Gate implements AutoCloseable {
  /** The words for this software in the log. */
  public static final String SOFTWARE = "keyhold-custodian/0.1.0";

  private static final System.Logger LOG = System.getLogger("dev.keyhold.custody");
  private static final long TICK = 200;
  private static final int MAX_QUEUE = 10_000;

  /** In characters of up to four bytes; a value has at most 1,024. */
  private static final int MAX_MESSAGE = 250;

  private static final int SURROGATE = Character.SURROGATE;

  private static final Duration WITNESS = Duration.ofMinutes(10);
  private static final Duration FORGET = Duration.ofMinutes(1);

  /**
   * A use that was judged, and its leaf.
   *
   * @param decision what was decided
   * @param leaf where it is recorded; empty for a denial that was only counted
   * @param pending for a use that a grant would allow
   */
  public record Decided(
      Decision decision, Optional<Receipt> leaf, Optional<PendingUses.Pending> pending) {}

  /**
   * A signed text that the log took.
   *
   * @param id of the text
   * @param kind its first line
   * @param leaf where it is
   */
  public record Posted(String id, String kind, Receipt leaf) {}

  private final String pin;
  private final Clock clock;
  private final State state;
  private final StatementFilter filter = new StatementFilter();
  private final PendingUses pending = new PendingUses();
  private final DenialLimit denials = new DenialLimit();
  private final SpaceShare space = new SpaceShare();
  private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
  private final List<EndLeaf.Outcome> outcomes = new ArrayList<>();
  private final Thread owner = new Thread(this::run, "keyhold-gate");
  private final Log log;
  private Instant begun;
  private Instant lastForgotten = Instant.MIN;
  private long lastTick;
  private boolean mirrorTold;
  private volatile Charter charter;
  private volatile byte[] charterNote = {};
  private volatile String broken = "";
  private volatile boolean closed;

  private Gate(LogSettings settings, String pin, LogFiles files, NoteSigner logKey, Clock clock)
      throws IOException, LogRefused {
    this.pin = pin;
    this.clock = clock;
    this.state = new State(settings.origin(), pin);
    this.log = Log.open(settings, files, logKey, this::replay, this::advice);
  }

  /**
   * Makes a log that begins with a charter.
   *
   * @param charters the notes of all versions, from the first, whose id is the pin
   * @throws LogRefused if the folder has a log, or the log does not take a charter
   */
  public static void init(
      LogSettings settings,
      String pin,
      List<byte[]> charters,
      Optional<String> replaces,
      LogFiles files,
      NoteSigner logKey,
      Clock clock)
      throws IOException, LogRefused {
    Instant now = clock.instant();
    List<byte[]> leaves = new ArrayList<>();
    leaves.add(
        new StartLeaf(now, settings.origin(), pin, SOFTWARE, replaces.orElse(null)).toBytes());
    charters.forEach(note -> leaves.add(new StatementLeaf(now, note).toBytes()));
    State state = new State(settings.origin(), pin);
    for (byte[] leaf : leaves) {
      requireNoProblem(settings, state.apply(leaf));
    }
    Charter present = state.charter();
    if (present == null || !logKey.verifierKey().equals(present.logKey(settings.origin()))) {
      throw new LogRefused(
          "the charter %s does not list the log %s with the key %s"
              .formatted(present, settings.origin(), logKey.verifierKey()));
    }
    Log.create(settings, files, logKey, leaves);
  }

  /**
   * Opens a log and serves by it.
   *
   * @param pin the id of version 1 of the charter
   * @throws LogRefused if the log is not as it was, or not as its own leaves allow
   */
  public static Gate open(
      LogSettings settings, String pin, LogFiles files, NoteSigner logKey, Clock clock)
      throws IOException, LogRefused {
    Gate gate = new Gate(settings, pin, files, logKey, clock);
    gate.start();
    return gate;
  }

  private static void requireNoProblem(LogSettings settings, Applied applied) throws LogRefused {
    if (!applied.problems().isEmpty()) {
      throw new LogRefused(
          "the leaf %s of the log %s is not one that this custodian writes: %s"
              .formatted(applied.index(), settings.folder(), applied.problems().get(0)));
    }
  }

  private void replay(byte[] leaf) throws LogRefused {
    Applied applied = state.apply(leaf);
    if (!applied.problems().isEmpty()) {
      throw new LogRefused(
          "the leaf %s of the log %s is not one that this custodian writes: %s. %s"
              .formatted(applied.index(), state.origin(), applied.problems().get(0), advice()));
    }
    if (begun == null) {
      begun = applied.time();
    }
    learn(applied);
  }

  private void learn(Applied applied) {
    if (applied.taken() != null && applied.taken().next() != null) {
      charter = applied.taken().next();
      charterNote = ((StatementLeaf) applied.leaf()).note();
      filter.learn(charter);
    }
  }

  private String advice() {
    List<String> spare = new ArrayList<>();
    if (state.charter() != null) {
      state.charter().lines().logs().stream()
          .map(listed -> listed.origin())
          .filter(origin -> !origin.equals(state.origin()))
          .forEach(spare::add);
    }
    return "Begin a successor log in a fresh folder: keyhold-custodian init --log <origin>; the"
        + " other logs of the charter are: "
        + (spare.isEmpty()
            ? "none, so the owners sign a charter with one"
            : String.join(", ", spare));
  }

  private void start() {
    append(new StartLeaf(now(), state.origin(), pin, SOFTWARE, null));
    if (log.tornBytes() > 0) {
      alarm(
          "torn-tail",
          null,
          log.tornBytes() + " bytes after the last whole leaf were left away, as after a crash");
    }
    alarmOfBreakGlass(now()); // of a grant that was the last leaf before a crash
    owner.setDaemon(true);
    owner.start();
  }

  private Instant now() {
    Instant now = clock.instant();
    return now.isBefore(state.time()) ? state.time() : now;
  }

  private void run() {
    while (!closed || !queue.isEmpty()) {
      try {
        Runnable task = queue.poll(TICK, TimeUnit.MILLISECONDS);
        if (task != null) {
          task.run();
        }
        tick();
      } catch (InterruptedException e) {
        break; // close() interrupts where the queue does not become empty
      } catch (RuntimeException | Error e) {
        broken = "the custodian has a defect, and stops: " + e;
        LOG.log(System.Logger.Level.ERROR, broken, e);
      }
    }
    while (broken.isEmpty() && !outcomes.isEmpty()) {
      tick();
    }
  }

  private void tick() {
    long nanos = System.nanoTime();
    boolean due = nanos - lastTick > TimeUnit.MILLISECONDS.toNanos(TICK) || closed;
    if ((due && !outcomes.isEmpty()) || outcomes.size() >= EndLeaf.MAX_OUTCOMES) {
      int count = Math.min(outcomes.size(), EndLeaf.MAX_OUTCOMES);
      append(new EndLeaf(now(), List.copyOf(outcomes.subList(0, count))));
      outcomes.subList(0, count).clear();
    }
    if (!due) {
      return;
    }
    lastTick = nanos;
    if (stopping(Stops.USES).isEmpty()) {
      denials.due(now()).forEach(this::appendCounted);
    }
    String mirror = log.mirrorFault();
    if (!mirror.isEmpty() && !mirrorTold) {
      alarm("mirror", null, mirror);
    }
    mirrorTold = !mirror.isEmpty();
    if (Duration.between(lastForgotten, now()).compareTo(FORGET) > 0) {
      state.forgetInputsOfPastGrants();
      lastForgotten = now();
    }
  }

  /** Writes a denial that was counted; what can't be written stops nothing. */
  private void appendCounted(DeniedLeaf leaf) {
    try {
      writable(leaf);
    } catch (GateException e) {
      LOG.log(System.Logger.Level.WARNING, "a denial was not recorded", e);
      return;
    }
    append(leaf);
  }

  /** Returns the size of a leaf of what a client asked, if a reader of the log can read it. */
  private static int writable(Leaf leaf) throws GateException {
    try {
      byte[] bytes = leaf.toBytes();
      Leaf.parse(bytes);
      return bytes.length;
    } catch (ProofException e) {
      throw new GateException(Kind.MALFORMED, "the use can't be recorded: " + e.getMessage());
    }
  }

  private Log.Appended append(Leaf leaf) {
    byte[] bytes = leaf.toBytes();
    if (!broken.isEmpty()) {
      throw new IllegalStateException(broken);
    }
    Applied applied = state.apply(bytes);
    if (!applied.problems().isEmpty()) {
      broken = "the custodian has a defect, and stops: its own leaf has " + applied.problems();
      throw new IllegalStateException(broken);
    }
    learn(applied);
    return log.append(bytes);
  }

  private void alarm(String kind, String grant, String message) {
    LOG.log(System.Logger.Level.WARNING, "alarm {0}: {1}", kind, message);
    append(new AlarmLeaf(now(), kind, grant, bounded(message)));
  }

  private Receipt receipt(Log.Appended appended) {
    return new Receipt(
        state.origin(), appended.index(), Base64.getEncoder().encodeToString(appended.hash()));
  }

  /** Runs a task on the owner's thread; what it returns completes when its leaf is durable. */
  private <T> CompletableFuture<T> enqueue(Callable<CompletableFuture<T>> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    if (closed || queue.size() >= MAX_QUEUE) {
      result.completeExceptionally(
          new GateException(
              Kind.UNAVAILABLE,
              closed ? "the custodian is stopping" : "too many requests wait at the gate"));
      return result;
    }
    queue.add(
        () -> {
          try {
            CompletableFuture<T> done = task.call();
            CompletableFuture<T> unused =
                done.whenComplete(
                    (value, failure) -> {
                      if (failure == null) {
                        result.complete(value);
                      } else {
                        result.completeExceptionally(failure);
                      }
                    });
          } catch (Exception e) {
            result.completeExceptionally(e);
          } catch (Error e) {
            result.completeExceptionally(e);
            throw e; // the gate stops: its state may not be that of the log any more
          }
        });
    return result;
  }

  /**
   * Judges a use and records it; completes once the record is on the disk, exceptionally with a
   * {@link GateException} where nothing was recorded.
   */
  public CompletableFuture<Decided> decide(UseFacts facts) {
    return enqueue(() -> decideNow(facts));
  }

  private CompletableFuture<Decided> decideNow(UseFacts facts) throws GateException {
    require(Stops.USES);
    Instant now = now();
    Decision decision = state.judge(facts, now);
    if (decision.isAllowed() && decision.rule().needsPeople()) {
      require(Stops.PEOPLE);
    }
    Leaf leaf = bounded(decision).toLeaf(now);
    int size = writable(leaf);
    if (leaf instanceof DeniedLeaf denied) {
      Optional<PendingUses.Pending> asked = Optional.empty();
      if (decision.error().equals("pending")) {
        String name = state.charter().keyNameOf(facts.key());
        asked = Optional.of(pending.add(decision, name, now));
      }
      return denied(denied, decision, asked);
    }
    if (!space.take(decision.workload(), size, now, log.freeForUses())) {
      String message =
          "the workload has filled its share of the log's disk for today; the others are served";
      return denied(
          new DeniedLeaf(
              now,
              facts,
              decision.workload(),
              "throttled",
              decision.charter(),
              decision.rule().number(),
              message,
              null),
          new Decision(
              facts,
              "throttled",
              message,
              decision.workload(),
              decision.charter(),
              decision.rule(),
              null),
          Optional.empty());
    }
    Log.Appended appended = append(leaf);
    Decided decided = new Decided(decision, Optional.of(receipt(appended)), Optional.empty());
    return appended.durable().thenApply(durable -> decided);
  }

  private CompletableFuture<Decided> denied(
      DeniedLeaf leaf, Decision decision, Optional<PendingUses.Pending> asked) {
    Optional<DeniedLeaf> admitted = denials.admit(leaf);
    if (admitted.isEmpty()) {
      return CompletableFuture.completedFuture(new Decided(decision, Optional.empty(), asked));
    }
    Log.Appended appended = append(admitted.get());
    Decided decided = new Decided(decision, Optional.of(receipt(appended)), asked);
    return appended.durable().thenApply(durable -> decided);
  }

  /**
   * Records a use that was refused before it could be judged.
   *
   * @param error {@code denied} or {@code throttled}
   */
  public CompletableFuture<Decided> deny(UseFacts facts, String error, String message) {
    return enqueue(
        () -> {
          require(Stops.USES);
          Charter present = state.charter();
          String workload = present.workloadOf(facts.identity());
          Decision decision =
              new Decision(facts, error, message, workload, present.version(), null, null);
          DeniedLeaf leaf = (DeniedLeaf) bounded(decision).toLeaf(now());
          writable(leaf);
          return denied(leaf, decision, Optional.empty());
        });
  }

  /** Records how a use ended. */
  public void end(long use, String outcome, String requestId) {
    queue.add(() -> outcomes.add(new EndLeaf.Outcome(use, outcome, requestId)));
  }

  /**
   * Takes a signed text; completes once it is on the disk, exceptionally with a {@link
   * GateException} that says which signature or line fails.
   */
  public CompletableFuture<Posted> post(byte[] note) {
    try {
      filter.check(note);
    } catch (ProofException e) {
      return CompletableFuture.failedFuture(GateException.refused(e.code(), e.getMessage(), e));
    } catch (GateException e) {
      return CompletableFuture.failedFuture(e);
    }
    return enqueue(() -> postNow(note));
  }

  private CompletableFuture<Posted> postNow(byte[] note) throws GateException {
    require(Stops.ALL);
    Instant now = now();
    Taken taken;
    try {
      taken = state.check(note, now);
    } catch (ProofException e) {
      throw GateException.refused(e.code(), e.getMessage(), e);
    }
    if (!(taken.statement() instanceof Revoke || taken.statement() instanceof Freeze)) {
      require(Stops.USES);
    }
    Log.Appended appended = append(new StatementLeaf(now, note));
    if (taken.statement() instanceof Grant || taken.next() != null) {
      alarmOfBreakGlass(now);
    }
    String text = Note.parse(note).text();
    Posted posted =
        new Posted(taken.id(), text.substring(0, text.indexOf('\n')), receipt(appended));
    return appended.durable().thenApply(durable -> posted);
  }

  /** Writes an alarm for each live grant by a rule with a review that has none yet. */
  private void alarmOfBreakGlass(Instant now) {
    for (LiveGrant grant : List.copyOf(state.grants())) {
      Rule rule = state.charter().rule(grant.grant().rule());
      if (rule != null
          && rule.review() != null
          && now.isBefore(grant.grant().until())
          && !state.isAlarmed(grant.id())) {
        alarm(
            AlarmLeaf.BREAK_GLASS,
            grant.id(),
            "%s has a grant by rule %s, asked by %s: %s; a review is due in %s"
                .formatted(
                    grant.grant().workload(),
                    rule.number(),
                    grant.grant().askedBy(),
                    grant.grant().reason(),
                    rule.review()));
      }
    }
  }

  private void require(Stops what) throws GateException {
    Optional<Fault> fault = stopping(what);
    if (fault.isPresent()) {
      throw new GateException(Kind.UNAVAILABLE, fault.get().message());
    }
  }

  private Optional<Fault> stopping(Stops what) {
    return faults().stream().filter(fault -> fault.stops().compareTo(what) <= 0).findFirst();
  }

  /** Returns what is not as it should be, the gravest first. */
  public List<Fault> faults() {
    List<Fault> faults = new ArrayList<>();
    if (!broken.isEmpty()) {
      faults.add(new Fault("defect", Stops.ALL, broken));
    }
    if (!log.fault().isEmpty()) {
      faults.add(new Fault("log", Stops.ALL, log.fault()));
    }
    if (log.waiting() >= Log.MAX_WAITING) {
      faults.add(new Fault("queue", Stops.ALL, "the disk of the log is too slow"));
    }
    if (!log.reserveFault().isEmpty()) {
      faults.add(new Fault("disk", Stops.USES, log.reserveFault()));
    }
    witnessFault().ifPresent(faults::add);
    if (!log.mirrorFault().isEmpty()) {
      faults.add(new Fault("mirror", Stops.NOTHING, log.mirrorFault()));
    }
    return faults;
  }

  private Optional<Fault> witnessFault() {
    Charter present = charter;
    if (present == null
        || present.lines().witnesses().isEmpty()
        || Duration.between(begun, clock.instant()).compareTo(WITNESS) < 0) {
      return Optional.empty();
    }
    boolean required = present.lines().witnesses().stream().anyMatch(witness -> witness.required());
    return Optional.of(
        new Fault(
            "witness",
            required ? Stops.USES : Stops.PEOPLE,
            "no witness has cosigned a checkpoint for 10 minutes: see whether it is up"));
  }

  /** Cuts the message to what a leaf takes. */
  private static Decision bounded(Decision decision) {
    return decision.isAllowed()
        ? decision
        : new Decision(
            decision.facts(),
            decision.error(),
            bounded(decision.message()),
            decision.workload(),
            decision.charter(),
            decision.rule(),
            decision.grant());
  }

  private static String bounded(String message) {
    StringBuilder characters = new StringBuilder();
    message
        .codePoints()
        .map(c -> Character.isISOControl(c) ? ' ' : Character.getType(c) == SURROGATE ? '?' : c)
        .forEach(characters::appendCodePoint);
    String plain = characters.toString();
    int length = plain.codePointCount(0, plain.length());
    return length <= MAX_MESSAGE
        ? plain
        : plain.substring(0, plain.offsetByCodePoints(0, MAX_MESSAGE - 3)) + "...";
  }

  /** Returns the charter in force. */
  public Charter charter() {
    return charter;
  }

  /** Returns the note of the charter in force. */
  public byte[] charterNote() {
    return charterNote.clone();
  }

  /** Returns the uses that people may be asked about. */
  public PendingUses pending() {
    return pending;
  }

  /** Returns the log. */
  public Log log() {
    return log;
  }

  /** Returns the origin of the log. */
  public String origin() {
    return state.origin();
  }

  /** Ends what is queued, writes it, and closes the log. */
  @Override
  public void close() throws IOException {
    closed = true;
    try {
      owner.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    owner.interrupt();
    log.close();
  }
}
