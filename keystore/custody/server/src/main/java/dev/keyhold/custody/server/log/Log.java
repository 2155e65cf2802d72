package dev.keyhold.custody.server.log;

import dev.keyhold.custody.proof.log.Checkpoint;
import dev.keyhold.custody.proof.log.Hashes;
import dev.keyhold.custody.proof.log.Records;
import dev.keyhold.custody.proof.note.NoteSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The log of a custodian. One thread writes and forces what is queued, all that came while the last
 * force ran together; another publishes tiles and a checkpoint each second.
 *
 * <p>A failed write or force is tried again each second, from what is known to be on the disk:
 * until it succeeds {@link #fault} tells of it, and whoever waits for a leaf waits on. Thread-safe,
 * but for {@link #append}, whose calls make the order of the log.
 */
public final class Log implements AutoCloseable {
  /** How many leaves may wait to be written before no further use is taken. */
  public static final int MAX_WAITING = 10_000;

  private static final System.Logger LOG = System.getLogger("dev.keyhold.custody");
  private static final int BATCH = 2_048;
  private static final long SECOND = 1_000;

  /**
   * A leaf that has its place in the log.
   *
   * @param index its place
   * @param hash its leaf hash
   * @param durable completes when it is on the disk; exceptionally if the log was closed before
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Appended(long index, byte[] hash, CompletableFuture<Void> durable) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Waiting(byte[] leaf, Appended appended) {}

  private final LogSettings settings;
  private final LogFolder folder;
  private final LogFiles files;
  private final SegmentWriter segments;
  private final Publisher publisher;
  private final LinkedBlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
  private final long tornBytes;
  private final Thread writer = new Thread(this::write, "keyhold-log-writer");
  private final Thread checkpoints = new Thread(this::publish, "keyhold-log-checkpoints");

  /** The index of the next leaf; only {@link #append} touches it. */
  private long next;

  private volatile long durableSize;
  private volatile String fault = "";
  private volatile String defect = "";
  private volatile boolean ended;
  private volatile String reserveFault = "";
  private volatile long usable;
  private volatile long segmentBytes;
  private volatile boolean closed;

  private Log(
      LogSettings settings,
      LogFolder folder,
      LogFiles files,
      NoteSigner signer,
      Recovery recovery,
      SegmentWriter segments) {
    this.settings = settings;
    this.folder = folder;
    this.files = files;
    this.segments = segments;
    this.segmentBytes = segments.bytes();
    this.tornBytes = recovery.tornBytes();
    this.next = recovery.tiles().size();
    this.durableSize = next;
    this.publisher =
        new Publisher(settings, folder, files, signer, recovery.tiles(), recovery.checkpointSize());
  }

  /**
   * Makes a log of these leaves, with its first checkpoint, and closes it.
   *
   * @throws LogRefused if the folder, or the mirror, has a log already
   */
  public static void create(
      LogSettings settings, LogFiles files, NoteSigner signer, List<byte[]> leaves)
      throws IOException, LogRefused {
    Files.createDirectories(settings.folder());
    try (LogFolder folder = LogFolder.lock(settings.folder())) {
      requireEmpty(settings.folder());
      if (settings.mirror().isPresent()) {
        Files.createDirectories(settings.mirror().get());
        requireEmpty(settings.mirror().get());
      }
      Files.createDirectories(folder.segments());
      TileWriter tiles = new TileWriter(folder.path(), files);
      try (LogFiles.Appender out = files.create(folder.segment(0))) {
        for (byte[] leaf : leaves) {
          byte[] hash = Hashes.leaf(leaf);
          out.append(Records.encode(leaf, hash));
          tiles.add(leaf, hash);
        }
        out.force();
      }
      files.forceFolder(folder.segment(0));
      files.forceFolder(folder.segments());
      tiles.flush();
      Checkpoint checkpoint = Checkpoint.of(settings.origin(), tiles.size(), tiles.root());
      byte[] note = Checkpoints.sign(checkpoint, signer);
      if (settings.mirror().isPresent()) {
        files.write(settings.mirror().get().resolve("checkpoint"), note);
      }
      files.write(folder.checkpoint(), note);
    }
  }

  private static void requireEmpty(Path folder) throws IOException, LogRefused {
    try (Stream<Path> content = Files.list(folder)) {
      if (content.anyMatch(file -> !file.getFileName().toString().startsWith("."))) {
        throw new LogRefused(
            folder + " is not empty: a new log begins in a fresh folder, and an old one is kept");
      }
    }
  }

  /**
   * Opens a log: reads all of it, compares it with its last checkpoint and its mirror, and goes on
   * after its last whole leaf.
   *
   * @param replay takes each leaf
   * @param advice what to do with a log that does not start, as a sentence
   * @throws LogRefused if the log is not as it was, or in use
   */
  public static Log open(
      LogSettings settings,
      LogFiles files,
      NoteSigner signer,
      Replay replay,
      Supplier<String> advice)
      throws IOException, LogRefused {
    if (!Files.isDirectory(settings.folder().resolve("segment"))) {
      throw new LogRefused(
          settings.folder() + " has no log; keyhold-custodian init makes one in a fresh folder");
    }
    LogFolder folder = LogFolder.lock(settings.folder());
    boolean opened = false;
    try {
      Recovery recovery = new Recovery(settings, folder, files, signer.verifierKey(), advice);
      recovery.run(replay::leaf);
      Log log = new Log(settings, folder, files, signer, recovery, recovery.writer());
      log.measure();
      log.publisher.publish();
      log.writer.setDaemon(true);
      log.checkpoints.setDaemon(true);
      log.writer.start();
      log.checkpoints.start();
      opened = true;
      return log;
    } finally {
      if (!opened) {
        folder.close();
      }
    }
  }

  /** Takes each leaf of a log that is opened, in order. */
  @FunctionalInterface
  public interface Replay {
    /**
     * Takes a leaf.
     *
     * @throws LogRefused if the log can't be continued with it
     */
    void leaf(byte[] bytes) throws LogRefused;
  }

  /** Gives a leaf its place. The calls must be one after the other. */
  public Appended append(byte[] leaf) {
    Appended appended = new Appended(next, Hashes.leaf(leaf), new CompletableFuture<>());
    next++;
    queue.add(new Waiting(leaf, appended));
    if (closed || ended) {
      abandon();
    }
    return appended;
  }

  private void write() {
    List<Waiting> batch = new ArrayList<>();
    while (!closed) {
      try {
        if (batch.isEmpty()) {
          Waiting first = queue.poll(100, TimeUnit.MILLISECONDS);
          if (first == null) {
            continue;
          }
          batch.add(first);
        }
        queue.drainTo(batch, BATCH - batch.size());
        writeSome(batch);
      } catch (InterruptedException e) {
        break; // close() interrupts
      } catch (RuntimeException | Error e) {
        fail("writes the log", e);
        break;
      }
    }
    ended = true;
    batch.forEach(Log::abandon);
    abandon();
  }

  private void writeSome(List<Waiting> batch) throws InterruptedException {
    List<byte[]> records =
        batch.stream()
            .map(waiting -> Records.encode(waiting.leaf, waiting.appended.hash()))
            .toList();
    int written;
    try {
      written = segments.append(records);
    } catch (IOException e) {
      if (!closed) {
        tell(e);
        Thread.sleep(SECOND);
      }
      return;
    }
    if (!fault.isEmpty()) {
      LOG.log(System.Logger.Level.INFO, "the log {0} is written again", settings.origin());
      fault = "";
    }
    segmentBytes = segments.bytes();
    List<Waiting> done = batch.subList(0, written);
    done.forEach(waiting -> publisher.add(waiting.leaf, waiting.appended.hash()));
    durableSize = done.get(written - 1).appended.index() + 1;
    done.forEach(waiting -> waiting.appended.durable().complete(null));
    done.clear();
  }

  private void tell(IOException e) {
    if (fault.isEmpty()) {
      LOG.log(
          System.Logger.Level.ERROR,
          "the log " + settings.origin() + " can't be written; no key is used until it can",
          e);
    }
    fault = "the log can't be written: " + e;
  }

  private void publish() {
    while (!closed) {
      try {
        Thread.sleep(SECOND);
      } catch (InterruptedException e) {
        return; // close() interrupts, and publishes
      }
      try {
        measure();
        publisher.publish();
      } catch (RuntimeException | Error e) {
        fail("publishes the log", e);
        return;
      }
    }
  }

  private void fail(String what, Throwable e) {
    defect = "the custodian has a defect: what %s has ended: %s".formatted(what, e);
    LOG.log(System.Logger.Level.ERROR, defect, e);
  }

  private void measure() {
    try {
      usable = files.usable(folder.path());
      reserveFault =
          usable < settings.reserve()
              ? "the disk of the log has %s bytes left, and log.reserve is %s: make room, or start a spare log"
                  .formatted(usable, settings.reserve())
              : segmentBytes > settings.maxSize()
                  ? "the log has reached log.size, %s bytes: start a spare log of the charter"
                      .formatted(settings.maxSize())
                  : "";
    } catch (IOException e) {
      reserveFault = "the free space of the log can't be read: " + e;
    }
  }

  /** Returns why nothing is written now, or no checkpoint; empty if all is well. */
  public String fault() {
    if (closed) {
      return "the custodian is stopping";
    }
    if (!defect.isEmpty()) {
      return defect;
    }
    return fault.isEmpty() ? publisher.late() : fault;
  }

  /** Returns why no use may be written, though statements may; empty if one may. */
  public String reserveFault() {
    return reserveFault;
  }

  /** Returns why the mirror lacks the last checkpoint; empty if it has it, or there is none. */
  public String mirrorFault() {
    return publisher.mirrorFault();
  }

  /** Returns how many bytes uses may still write to the disk. */
  public long freeForUses() {
    return Math.max(usable - settings.reserve(), 0);
  }

  /** Returns how many leaves wait to be written. */
  public int waiting() {
    return queue.size();
  }

  /** Returns how many leaves are on the disk. */
  public long durableSize() {
    return durableSize;
  }

  /** Returns the size of the last checkpoint. */
  public long publishedSize() {
    return publisher.published();
  }

  /** Returns how many bytes of an unfinished write were left away when the log was opened. */
  public long tornBytes() {
    return tornBytes;
  }

  /** Returns the folder of the log. */
  public Path folder() {
    return folder.path();
  }

  private static void abandon(Waiting waiting) {
    waiting.appended.durable().completeExceptionally(new IOException("the log was closed"));
  }

  private void abandon() {
    for (Waiting left = queue.poll(); left != null; left = queue.poll()) {
      abandon(left);
    }
  }

  /** Writes what waits, if the disk takes it, and a last checkpoint. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    try {
      for (int i = 0; i < 100 && !queue.isEmpty() && fault.isEmpty(); i++) {
        Thread.sleep(20);
      }
      closed = true;
      checkpoints.interrupt();
      writer.join(2 * SECOND);
      writer.interrupt(); // a force that hangs is left alone after a while
      writer.join(2 * SECOND);
      checkpoints.join(2 * SECOND);
    } catch (InterruptedException e) {
      closed = true;
      Thread.currentThread().interrupt();
    }
    if (!writer.isAlive() && !checkpoints.isAlive()) {
      if (defect.isEmpty()) {
        publisher.publish();
      }
      segments.close();
    }
    folder.close();
  }
}
