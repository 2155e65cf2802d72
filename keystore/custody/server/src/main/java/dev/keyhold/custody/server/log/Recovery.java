package dev.keyhold.custody.server.log;

import dev.keyhold.custody.proof.log.Checkpoint;
import dev.keyhold.custody.proof.log.Records;
import dev.keyhold.custody.proof.note.VerifierKey;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads a log from its segments, makes its tiles anew, and compares it with what is known of it:
 * its last checkpoint and that of the mirror. Used once, by one thread.
 */
final class Recovery {
  private static final int BUFFER = 1 << 18;

  /** Takes each leaf, in order. */
  @FunctionalInterface
  interface Replay {
    void leaf(byte[] bytes) throws LogRefused;
  }

  /** A tree that the log must contain, and where it is recorded. */
  private record Known(Checkpoint checkpoint, String where) {}

  private final LogSettings settings;
  private final LogFolder folder;
  private final LogFiles files;
  private final VerifierKey key;
  private final Supplier<String> advice;
  private final List<Known> known = new ArrayList<>();
  private TileWriter tiles;
  private long lastSegment;
  private int lastRecords;
  private long lastBytes;
  private long earlierBytes;
  private long torn;

  /**
   * Prepares to read.
   *
   * @param advice what to do with a log that does not start; asked after the leaves were read
   */
  Recovery(
      LogSettings settings,
      LogFolder folder,
      LogFiles files,
      VerifierKey key,
      Supplier<String> advice) {
    this.settings = settings;
    this.folder = folder;
    this.files = files;
    this.key = key;
    this.advice = advice;
  }

  /**
   * Reads all leaves.
   *
   * @throws LogRefused if the log is smaller than what is known of it, or different from it
   */
  void run(Replay replay) throws IOException, LogRefused {
    learn(folder.checkpoint(), "its checkpoint");
    if (settings.mirror().isPresent()) {
      Path file = settings.mirror().get().resolve("checkpoint");
      try {
        learnMirror(file);
      } catch (IOException e) {
        throw new LogRefused(
            "the mirror %s can't be read (%s), so nobody knows whether the log was rolled back: make it readable, or remove log.mirror if it is lost"
                .formatted(file, e),
            e);
      }
    }
    tiles = new TileWriter(folder.path(), files);
    long segments = folder.countSegments(words());
    if (segments == 0) {
      throw new LogRefused("the log " + folder.path() + " has no segment" + words());
    }
    for (long number = 0; number < segments; number++) {
      readSegment(number, number == segments - 1, replay);
    }
    for (Known tree : known) {
      if (tree.checkpoint().size() > tiles.size()) {
        throw new LogRefused(
            "the log %s was cut or rolled back: it has %s leaves, and %s has seen %s%s"
                .formatted(
                    folder.path(), tiles.size(), tree.where, tree.checkpoint().size(), words()));
      }
    }
  }

  private void learn(Path file, String where) throws IOException, LogRefused {
    Optional<Checkpoint> checkpoint = Checkpoints.read(file, settings.origin(), key);
    if (checkpoint.isEmpty()) {
      throw new LogRefused(
          "the log %s lacks %s, %s%s".formatted(folder.path(), where, file, words()));
    }
    known.add(new Known(checkpoint.get(), where));
  }

  private void learnMirror(Path file) throws IOException, LogRefused {
    if (settings.newMirror() && !Files.exists(file)) {
      return;
    }
    Optional<Checkpoint> checkpoint = Checkpoints.read(file, settings.origin(), key);
    if (checkpoint.isEmpty()) {
      throw new LogRefused(
          "the mirror of the log has no checkpoint, %s: if it is a new mirror, start once with --new-mirror; if it is not, its content was removed, so compare the log with what a witness or an auditor has"
              .formatted(file));
    }
    known.add(new Known(checkpoint.get(), "its mirror " + file));
  }

  private void readSegment(long number, boolean last, Replay replay)
      throws IOException, LogRefused {
    int records = 0;
    long valid = 0;
    Path file = folder.segment(number);
    long length = Files.size(file);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
      while (records < Records.SEGMENT) {
        Records.Read read = Records.read(in);
        if (read.end() != Records.End.RECORD) {
          break;
        }
        tiles.add(read.bytes(), read.hash());
        replay.leaf(read.bytes());
        records++;
        valid += Records.PREFIX + read.bytes().length;
        compare();
      }
    }
    tiles.flushFull();
    if (!last && (records < Records.SEGMENT || valid < length)) {
      throw new LogRefused(
          "%s is damaged after %s of its %s leaves%s"
              .formatted(file, records, Records.SEGMENT, words()));
    }
    if (last) {
      lastSegment = number;
      lastRecords = records;
      lastBytes = valid;
      torn = length - valid;
    } else {
      earlierBytes += length;
    }
  }

  private void compare() throws IOException, LogRefused {
    for (Known tree : known) {
      if (tree.checkpoint().size() == tiles.size()) {
        if (!Arrays.equals(tree.checkpoint().rootBytes(), tiles.root())) {
          throw new LogRefused(
              "the first %s leaves of the log %s are not those that %s has seen%s"
                  .formatted(tiles.size(), folder.path(), tree.where, words()));
        }
        tiles.flush();
      }
    }
  }

  private String words() {
    return ". This log is evidence now, and is never repaired: keep the folder as it is. "
        + advice.get();
  }

  /** Returns the writer of tiles, which has all leaves. */
  TileWriter tiles() {
    return tiles;
  }

  /** Returns how many bytes stood after the last whole record: a write that a crash ended. */
  long tornBytes() {
    return torn;
  }

  /** Returns the size of the log's last checkpoint. */
  long checkpointSize() {
    return known.get(0).checkpoint().size();
  }

  /** Copies what is valid of the last segment to a new file, and returns what goes on there. */
  SegmentWriter writer() throws IOException {
    return new SegmentWriter(folder, files, lastSegment, lastRecords, lastBytes, earlierBytes);
  }
}
