package dev.keyhold.custody.server.log;

import dev.keyhold.custody.proof.log.Checkpoint;
import dev.keyhold.custody.proof.note.NoteSigner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes the tiles and the checkpoint of what is on the disk. Leaves are handed over by one thread
 * and published by another.
 */
final class Publisher {
  /** What a checkpoint may be late, in nanoseconds. */
  private static final long LATE = 30_000_000_000L;

  /** How many leaves may be without a checkpoint. */
  private static final int MANY = 100_000;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Leaf(byte[] bytes, byte[] hash) {}

  private final LogSettings settings;
  private final LogFolder folder;
  private final LogFiles files;
  private final NoteSigner signer;
  private final TileWriter tiles;
  private List<Leaf> waiting = new ArrayList<>();

  /** When the oldest of those that wait was handed over; 0 if none waits. */
  private long waitingSince;

  /** How many leaves the tiles have. */
  private volatile long added;

  private volatile long published;
  private volatile String fault = "";
  private volatile String mirrorFault = "";

  Publisher(
      LogSettings settings,
      LogFolder folder,
      LogFiles files,
      NoteSigner signer,
      TileWriter tiles,
      long published) {
    this.settings = settings;
    this.folder = folder;
    this.files = files;
    this.signer = signer;
    this.tiles = tiles;
    this.published = published;
    this.added = tiles.size();
    this.waitingSince = tiles.size() > published ? System.nanoTime() : 0;
  }

  /** Hands over a leaf that is on the disk. */
  synchronized void add(byte[] leaf, byte[] hash) {
    if (waitingSince == 0) {
      waitingSince = System.nanoTime();
    }
    waiting.add(new Leaf(leaf, hash));
  }

  /**
   * Publishes what was handed over; a failure is a fault until it succeeds. Not for two threads.
   */
  void publish() {
    synchronized (this) {
      waiting.forEach(leaf -> tiles.add(leaf.bytes, leaf.hash));
      waiting = new ArrayList<>();
      added = tiles.size();
    }
    if (tiles.size() == published && mirrorFault.isEmpty()) {
      return;
    }
    try {
      tiles.flush();
      Checkpoint checkpoint = Checkpoint.of(settings.origin(), tiles.size(), tiles.root());
      byte[] note = Checkpoints.sign(checkpoint, signer);
      files.write(folder.checkpoint(), note);
      published = checkpoint.size();
      fault = "";
      synchronized (this) {
        waitingSince = waiting.isEmpty() ? 0 : System.nanoTime();
      }
      mirror(note);
    } catch (IOException e) {
      fault = "the checkpoint can't be written: " + e;
    }
  }

  private void mirror(byte[] note) {
    Optional<Path> mirror = settings.mirror();
    try {
      if (mirror.isPresent()) {
        files.write(mirror.get().resolve("checkpoint"), note);
      }
      mirrorFault = "";
    } catch (IOException e) {
      mirrorFault = "the mirror can't be written: " + e;
    }
  }

  /** Returns the size of the last checkpoint. */
  long published() {
    return published;
  }

  /** Returns why the mirror lacks the last checkpoint; empty if it has it. */
  String mirrorFault() {
    return mirrorFault;
  }

  /** Returns why uses stop until there is a checkpoint; empty if they need not. */
  synchronized String late() {
    boolean late = waitingSince != 0 && System.nanoTime() - waitingSince > LATE;
    long without = waiting.size() + added - published;
    return late || without > MANY
        ? "the last %s leaves have no checkpoint yet%s"
            .formatted(without, fault.isEmpty() ? "" : ": " + fault)
        : "";
  }
}
