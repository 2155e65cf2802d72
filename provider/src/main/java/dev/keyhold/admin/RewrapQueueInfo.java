package dev.keyhold.admin;

import dev.keyhold.rewrap.RewrapQueue;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The folder where headers are noted that lack a key of their alias. Thread-safe. */
public final class RewrapQueueInfo {
  private final RewrapQueue queue;

  RewrapQueueInfo(Path folder) {
    queue = new RewrapQueue(folder);
  }

  /** A header that lacks a key, or a file that can't be read. */
  public static final class Entry {
    private final RewrapQueue.Entry entry;

    private Entry(RewrapQueue.Entry entry) {
      this.entry = entry;
    }

    /** Returns the SHA-256 of the header, hexadecimal. */
    public String id() {
      return entry.id();
    }

    /** Returns when it was written. */
    public Instant since() {
      return entry.since();
    }

    /** Returns the alias; empty where the file can't be read. */
    public Optional<String> alias() {
      return entry.header().map(known -> entry.alias());
    }

    /** Returns what the header says; empty where the file can't be read. */
    public Optional<ObjectInfo> header() {
      return entry.header().map(ObjectInfo::of);
    }
  }

  /** Returns where it is; it need not be there. */
  public Path folder() {
    return queue.folder();
  }

  /** Returns all entries, the oldest first. */
  public List<Entry> entries() throws IOException {
    return queue.entries().stream().map(Entry::new).toList();
  }

  /** Removes an entry; without effect if it is gone. */
  public void remove(Entry entry) throws IOException {
    queue.remove(entry.entry);
  }
}
