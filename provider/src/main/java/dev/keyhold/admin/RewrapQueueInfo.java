package dev.keyhold.admin;

import dev.keyhold.rewrap.RewrapQueue;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
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

  /** Does something with an entry. */
  @FunctionalInterface
  public interface Visitor {
    void visit(Entry entry) throws IOException;
  }

  /** Reads the entries one after the other, in the order in which the folder has them. */
  public void forEach(Visitor visitor) throws IOException {
    queue.forEach(entry -> visitor.visit(new Entry(entry)));
  }

  /**
   * The result of a removal: how many entries were removed.
   *
   * @param kept those of epoch keys that a process may still write with
   * @param unreadable those that are left as they are
   */
  public record Removal(long removed, long kept, long unreadable) {}

  /**
   * Removes the entries of an alias, but not those of epoch keys that a process may still write
   * with.
   */
  public Removal remove(AliasPolicy policy) throws IOException {
    RewrapQueue.Removal removal = queue.remove(policy.alias(), policy.epochs().maxStale());
    return new Removal(removal.removed(), removal.kept(), removal.unreadable());
  }
}
