package dev.keyhold.rewrap;

import dev.keyhold.rewrap.RewrapQueue.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** All entries of a queue, for tests, whose queues are small. */
public final class QueueEntries {
  private QueueEntries() {}

  /** Returns them in any order. */
  public static List<Entry> of(RewrapQueue queue) throws IOException {
    List<Entry> entries = new ArrayList<>();
    queue.forEach(entries::add);
    return entries;
  }
}
