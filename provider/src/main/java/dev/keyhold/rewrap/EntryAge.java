package dev.keyhold.rewrap;

import dev.keyhold.keystore.kit.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Determines the age of a queue's entries. A clock that is ahead must not make an entry look old,
 * so an entry has an age only if all available clocks agree: this host's clock; the clock by which
 * the folder's file system sets the times of files; and, for an entry that this host wrote since it
 * was started, the host's uptime. Immutable.
 */
final class EntryAge {
  private final Instant now;
  private final Optional<Uptime> uptime;

  /** Asks the clocks. Writes to the folder for a moment, if it is there. */
  EntryAge(Path folder, InstantSource clock, Supplier<Optional<Uptime>> uptime) throws IOException {
    this.uptime = uptime.get();
    Instant own = clock.instant();
    Instant files = Files.isDirectory(folder) ? timeOfFiles(folder) : own;
    now = files.isBefore(own) ? files : own;
  }

  private static Instant timeOfFiles(Path folder) throws IOException {
    try (WholeFile probe = WholeFile.of(folder.resolve("clock"))) {
      probe.write(new byte[1]);
      return Files.getLastModifiedTime(probe.part()).toInstant();
    }
  }

  /** Returns whether an entry is older than this without doubt. */
  boolean exceeds(RewrapQueue.Entry entry, Duration age) {
    Optional<Duration> ran =
        uptime.flatMap(here -> entry.uptime().flatMap(there -> here.after(there)));
    return entry.since().isBefore(now.minus(age))
        && ran.filter(time -> time.compareTo(age) <= 0).isEmpty();
  }
}
