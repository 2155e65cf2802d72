package dev.keyhold.cli.cost;

import dev.keyhold.admin.KeyAddress;
import dev.keyhold.admin.KeySet;
import dev.keyhold.admin.KeySet.Rule;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * The uses of keys by one process, read from a recording of Flight Recorder. Only remote backends
 * are recorded.
 *
 * @param span from the first event of any kind to the last
 * @param uses by key and operation
 */
public record Measured(Duration span, Map<KeyAddress, Map<String, Uses>> uses) {
  private static final String EVENT = "dev.keyhold.KeyUse";
  private static final Set<String> COUNTED =
      Set.of(
          "wrap",
          "unwrap",
          "wrap_key",
          "unwrap_key",
          "mac",
          "sign",
          "decrypt",
          "agree",
          "decapsulate");

  /**
   * Uses of a key.
   *
   * @param good those that succeeded
   * @param calls that they and the others made, retries included
   */
  record Uses(long good, long calls) {
    private static final Uses NONE = new Uses(0, 0);

    private Uses plus(Uses other) {
      return new Uses(good + other.good, calls + other.calls);
    }
  }

  /** Reads a recording. */
  static Measured read(Path file) throws CommandFailure {
    Instant first = Instant.MAX;
    Instant last = Instant.MIN;
    Map<KeyAddress, Map<String, Uses>> uses = new HashMap<>();
    try (RecordingFile recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        first = first.isBefore(event.getStartTime()) ? first : event.getStartTime();
        last = last.isAfter(event.getEndTime()) ? last : event.getEndTime();
        if (event.getEventType().getName().equals(EVENT)
            && COUNTED.contains(event.getString("operation"))) {
          uses.computeIfAbsent(
                  new KeyAddress(event.getString("backend"), event.getString("key")),
                  key -> new HashMap<>())
              .merge(event.getString("operation"), uses(event), Uses::plus);
        }
      }
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.FAILED, "recording " + file + " cannot be read: " + e.getMessage(), e);
    }
    if (uses.isEmpty() || !first.isBefore(last)) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "no use of a remote key is in the recording %s: record an application with Keyhold at work"
              .formatted(file));
    }
    return new Measured(Duration.between(first, last), uses);
  }

  private static Uses uses(RecordedEvent event) {
    return new Uses(event.getString("outcome").equals("ok") ? 1 : 0, event.getInt("attempts"));
  }

  /**
   * Returns the calls a month by key, if all processes are like this one.
   *
   * @return without the keys that the recording does not have
   */
  Map<KeyAddress, Double> monthly(KeySet shape, int processes) {
    Map<KeyAddress, Double> calls = new LinkedHashMap<>();
    for (KeyAddress key : shape.keys()) {
      if (uses.containsKey(key)) {
        long sum = uses.get(key).values().stream().mapToLong(Uses::calls).sum();
        calls.put(key, processes * perDay(sum) * Workload.MONTH.toDays());
      }
    }
    return calls;
  }

  /** Returns the number of objects a day that were written with a shape, each by its keys. */
  long objectsPerDay(KeySet shape) {
    return Math.round(perDay(good(shape, "wrap").max().orElse(0)));
  }

  /**
   * Returns the number of objects a day that were read and that a shape protects, each by its keys.
   */
  long readsPerDay(KeySet shape) {
    LongStream reads = good(shape, "unwrap");
    boolean all = shape.rule() == Rule.ALL_OF; // else each is read by one of them
    return Math.round(perDay(all ? reads.max().orElse(0) : reads.sum()));
  }

  private LongStream good(KeySet shape, String operation) {
    return shape.keys().stream()
        .mapToLong(
            key -> uses.getOrDefault(key, Map.of()).getOrDefault(operation, Uses.NONE).good());
  }

  private double perDay(long count) {
    return count * ((double) Duration.ofDays(1).toNanos() / span.toNanos());
  }
}
