package dev.keyhold.cli.object;

import dev.keyhold.admin.Administration;
import dev.keyhold.admin.AliasPolicy;
import dev.keyhold.admin.ObjectInfo;
import dev.keyhold.admin.RewrapQueueInfo;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.JsonOption;
import dev.keyhold.cli.command.Text;
import dev.keyhold.keystore.BackendException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What waits in the queue for a rewrap. */
final class QueueView {
  private final RewrapQueueInfo queue;
  private final List<RewrapQueueInfo.Entry> entries;

  /**
   * One header, as {@code --json} shows it.
   *
   * @param alias null where the entry can't be read
   * @param since when it was written, in ISO 8601
   * @param dataKeys {@code epoch} where many objects may have this header
   * @param keys those that open it
   */
  private record Pending(
      String header, String alias, String since, String dataKeys, List<String> keys) {
    static Pending of(RewrapQueueInfo.Entry entry) {
      Optional<ObjectInfo> header = entry.header();
      return new Pending(
          entry.id(),
          entry.alias().orElse(null),
          entry.since().toString(),
          header.map(ObjectInfo::dataKeys).orElse(null),
          header.stream()
              .flatMap(known -> known.recipients().stream())
              .map(ObjectInfo.Recipient::identity)
              .toList());
    }
  }

  private QueueView(RewrapQueueInfo queue, List<RewrapQueueInfo.Entry> entries) {
    this.queue = queue;
    this.entries = entries;
  }

  /** The entries of an alias, or all; with those that can't be read, which may be any alias's. */
  static QueueView of(Administration admin, Optional<String> alias)
      throws CommandFailure, BackendException, IOException {
    RewrapQueueInfo queue =
        admin
            .configuration()
            .rewrapQueue()
            .orElseThrow(
                () ->
                    new CommandFailure(
                        ExitCode.CONFIGURATION,
                        "there is no queue: the configuration has no rewrap-queue = <folder>"));
    if (alias.isPresent()) {
      AliasPolicy unused =
          admin.policy(alias.get()); // an alias that is not there has nothing pending
    }
    if (!Files.isDirectory(queue.folder())) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "rewrap-queue = %s is not there, so whether anything is pending is not known: see whether it is mounted and this host one that writes; on a new one, make the folder"
              .formatted(queue.folder()));
    }
    List<RewrapQueueInfo.Entry> entries = new ArrayList<>(queue.entries());
    alias.ifPresent(
        name ->
            entries.removeIf(
                entry -> entry.alias().filter(other -> !other.equals(name)).isPresent()));
    return new QueueView(queue, entries);
  }

  /**
   * What became of entries.
   *
   * @param kept those of epoch keys that a process may still write with
   * @param unreadable those that are left as they are
   */
  record Removal(int removed, int kept, int unreadable) {
    String text() {
      return "removed %s, kept %s".formatted(removed, kept)
          + (kept == 0 ? "" : " that may still be in use; try later")
          + (unreadable == 0 ? "" : "; left %s that can't be read".formatted(unreadable));
    }
  }

  private static boolean isReadable(RewrapQueueInfo.Entry entry) {
    return entry.header().isPresent();
  }

  /** Removes them, but for those of epoch keys that a process may still write with. */
  Removal remove(AliasPolicy policy) throws IOException, BackendException {
    Instant inUse = Instant.now().minus(policy.epochs().maxStale());
    int kept = 0;
    int unreadable = 0;
    for (RewrapQueueInfo.Entry entry : entries) {
      if (!isReadable(entry)) {
        unreadable++;
        continue;
      }
      boolean epoch = entry.header().filter(ObjectInfo::epochKey).isPresent();
      if (epoch && entry.since().isAfter(inUse)) {
        kept++;
      } else {
        queue.remove(entry);
      }
    }
    return new Removal(entries.size() - kept - unreadable, kept, unreadable);
  }

  String json() {
    return JsonOption.write(entries.stream().map(Pending::of).toList());
  }

  String text() {
    if (entries.isEmpty()) {
      return "nothing is pending in " + queue.folder();
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ALIAS", "SINCE", "MODE", "HEADER (SHA-256)", "OPENED BY"));
    for (RewrapQueueInfo.Entry entry : entries) {
      Pending pending = Pending.of(entry);
      rows.add(
          List.of(
              pending.alias == null ? "(unreadable)" : Text.printable(pending.alias),
              pending.since,
              pending.dataKeys == null ? "-" : pending.dataKeys,
              pending.header.substring(0, 16),
              Text.printable(String.join(", ", pending.keys))));
    }
    return Text.table(rows);
  }
}
