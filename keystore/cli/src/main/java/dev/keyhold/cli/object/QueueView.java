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
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Shows what waits in the queue for a rewrap. */
final class QueueView {
  private final RewrapQueueInfo queue;
  private final Optional<String> alias;

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

  private QueueView(RewrapQueueInfo queue, Optional<String> alias) {
    this.queue = queue;
    this.alias = alias;
  }

  /**
   * Returns the entries of an alias, or all; with those that can't be read, which may be any
   * alias's.
   */
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
    return new QueueView(queue, alias);
  }

  /** Removes the entries of an alias, and returns what to say of it. */
  String remove(AliasPolicy policy) throws IOException {
    RewrapQueueInfo.Removal removal = queue.remove(policy);
    return "removed %s, kept %s".formatted(removal.removed(), removal.kept())
        + (removal.kept() == 0 ? "" : " that may still be in use; try later")
        + (removal.unreadable() == 0
            ? ""
            : "; left %s that can't be read".formatted(removal.unreadable()));
  }

  private void forEach(Shown shown) throws IOException {
    queue.forEach(
        entry -> {
          if (alias.isEmpty() || entry.alias().isEmpty() || entry.alias().equals(alias)) {
            shown.show(Pending.of(entry));
          }
        });
  }

  private interface Shown {
    void show(Pending pending) throws IOException;
  }

  /** Writes the entries as a JSON array, each as it is read. */
  void writeJson(PrintStream out) throws IOException {
    try (JsonOption.Array array = new JsonOption.Array(out)) {
      forEach(array::add);
    }
  }

  /** Writes a line for each entry as it is read, so the columns have fixed widths. */
  void writeText(PrintStream out) throws IOException {
    String line = "%-24s  %-20s  %-10s  %-16s  %s";
    AtomicBoolean any = new AtomicBoolean();
    forEach(
        pending -> {
          if (!any.getAndSet(true)) {
            out.println(line.formatted("ALIAS", "SINCE", "MODE", "HEADER (SHA-256)", "OPENED BY"));
          }
          out.println(
              line.formatted(
                      pending.alias == null ? "(unreadable)" : Text.printable(pending.alias),
                      Instant.parse(pending.since).truncatedTo(ChronoUnit.SECONDS),
                      pending.dataKeys == null ? "-" : pending.dataKeys,
                      pending.header.substring(0, 16),
                      Text.printable(String.join(", ", pending.keys)))
                  .stripTrailing());
        });
    if (!any.get()) {
      out.println("nothing is pending in " + queue.folder());
    }
  }
}
