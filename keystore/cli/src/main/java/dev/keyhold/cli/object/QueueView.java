package dev.keyhold.cli.object;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.JsonOption;
import dev.keyhold.cli.command.Text;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.object.DataKeyMode;
import dev.keyhold.object.Header;
import dev.keyhold.policy.Policy;
import dev.keyhold.rewrap.RewrapQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What waits in the queue for a rewrap. */
final class QueueView {
  private final RewrapQueue queue;
  private final List<RewrapQueue.Entry> entries;

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
    static Pending of(RewrapQueue.Entry entry) {
      Optional<Header> header = entry.header();
      return new Pending(
          entry.id(),
          header.isEmpty() ? null : entry.alias(),
          entry.since().toString(),
          header.map(known -> known.dataKeys().text()).orElse(null),
          header.stream()
              .flatMap(known -> known.recipients().stream())
              .map(recipient -> recipient.wrapped().identity())
              .toList());
    }
  }

  private QueueView(RewrapQueue queue, List<RewrapQueue.Entry> entries) {
    this.queue = queue;
    this.entries = entries;
  }

  /** The entries of an alias, or all; with those that can't be read, which may be any alias's. */
  static QueueView of(KeyRouter router, Optional<String> alias)
      throws CommandFailure, BackendException, IOException {
    Path folder =
        router
            .configuration()
            .rewrapQueue()
            .orElseThrow(
                () ->
                    new CommandFailure(
                        ExitCode.CONFIGURATION,
                        "there is no queue: the configuration has no rewrap-queue = <folder>"));
    if (alias.isPresent()) {
      Policy unused = router.policy(alias.get()); // an alias that is not there has nothing pending
    }
    if (!Files.isDirectory(folder)) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "rewrap-queue = %s is not there, so whether anything is pending is not known: see whether it is mounted and this host one that writes; on a new one, make the folder"
              .formatted(folder));
    }
    RewrapQueue queue = new RewrapQueue(folder);
    List<RewrapQueue.Entry> entries = new ArrayList<>(queue.entries());
    alias.ifPresent(
        name -> entries.removeIf(entry -> isReadable(entry) && !entry.alias().equals(name)));
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

  private static boolean isReadable(RewrapQueue.Entry entry) {
    return entry.header().isPresent();
  }

  /** Removes them, but for those of epoch keys that a process may still write with. */
  Removal remove(Policy policy) throws IOException, BackendException {
    Instant inUse = Instant.now().minus(policy.epochs().maxStale());
    int kept = 0;
    int unreadable = 0;
    for (RewrapQueue.Entry entry : entries) {
      if (!isReadable(entry)) {
        unreadable++;
        continue;
      }
      boolean epoch =
          entry.header().filter(header -> header.dataKeys() == DataKeyMode.EPOCH).isPresent();
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
    for (RewrapQueue.Entry entry : entries) {
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
