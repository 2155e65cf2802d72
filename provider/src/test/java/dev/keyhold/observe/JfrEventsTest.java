package dev.keyhold.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.BackendException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProviderException;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real use of a provider, as a recording of Flight Recorder shows it. */
class JfrEventsTest {
  @TempDir Path folder;

  @Test
  void aRecordingShowsUsesRetriesAndTheBreaker() throws Exception {
    try (ObservedProvider application =
            new ObservedProvider(
                folder,
                "backend.b.remote = yes",
                "backend.b.deadline = 60s",
                "backend.b.breaker-failures = 1",
                "backend.b.breaker-pause = 1000s");
        Recording recording = new Recording()) {
      recording.start();
      application.failNext(1);
      application.encrypt();
      application.backend.fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
      assertThrows(ProviderException.class, () -> application.encrypt());
      assertThrows(ProviderException.class, () -> application.encrypt());
      List<RecordedEvent> events = stop(recording);
      assertEquals(
          List.of(
              "b fake wrap orders ok 2",
              "b fake wrap orders unavailable 4",
              "b fake wrap orders breaker_open 0"),
          values(
              events,
              "KeyUse",
              "backend",
              "backendType",
              "operation",
              "key",
              "outcome",
              "attempts"));
      assertEquals(
          List.of(
              "b wrap orders 2 unavailable",
              "b wrap orders 2 unavailable",
              "b wrap orders 3 unavailable",
              "b wrap orders 4 unavailable"),
          values(events, "Retry", "backend", "operation", "key", "attempt", "reason"));
      assertEquals(List.of("b open"), values(events, "BreakerChange", "backend", "state"));
    }
  }

  @Test
  void ofALocalBackendOnlyFailuresAreRecorded() throws Exception {
    try (ObservedProvider application = new ObservedProvider(folder);
        Recording recording = new Recording()) {
      recording.start();
      application.encrypt();
      application.backend.fault = FakeBackend.Fault.failing(Reason.DENIED, "no");
      assertThrows(Exception.class, () -> application.encrypt());
      assertEquals(
          List.of("wrap denied"), values(stop(recording), "KeyUse", "operation", "outcome"));
    }
  }

  @Test
  void aRecordingShowsEpochKeys() throws Exception {
    try (ObservedProvider application =
        new ObservedProvider(folder, "key.orders.data-keys = epoch")) {
      application.encrypt();
      try (Recording recording = new Recording()) {
        recording.enable("dev.keyhold.CacheAccess").with("period", "beginChunk");
        recording.start(); // which writes the counts so far
        for (int i = 0; i < 10; i++) {
          application.encrypt();
        }
        Recording second = new Recording();
        second.enable("dev.keyhold.CacheAccess").with("period", "beginChunk");
        second.start();
        second.close();
        List<String> counts =
            values(stop(recording), "CacheAccess", "cache", "hits", "misses", "stale", "denied");
        assertTrue(counts.contains("writing 10 0 0 0"), counts.toString());
      }
    }
    try (ObservedProvider application =
            new ObservedProvider(folder, "key.orders.data-keys = epoch");
        Recording recording = new Recording()) {
      recording.start();
      application.encrypt();
      List<RecordedEvent> events = stop(recording);
      assertEquals(
          List.of("orders first ok"), values(events, "EpochRenewal", "alias", "cause", "outcome"));
      assertTrue(
          events.stream()
              .filter(event -> event.getEventType().getName().endsWith("EpochRenewal"))
              .allMatch(event -> event.getDuration("took").toNanos() > 0));
    }
  }

  @Test
  void aClosedProviderHasToldAllAndIsAskedNoMore() throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable("dev.keyhold.CacheAccess").with("period", "endChunk");
      recording.start();
      try (ObservedProvider application =
          new ObservedProvider(folder, "key.orders.data-keys = epoch")) {
        application.encrypt();
      }
      assertEquals(
          List.of("writing 0 1"),
          values(stop(recording), "CacheAccess", "cache", "hits", "misses"));
    }
  }

  private List<RecordedEvent> stop(Recording recording) throws IOException {
    recording.stop();
    Path file = Files.createTempFile(folder, "events", ".jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file);
  }

  private static List<String> values(List<RecordedEvent> events, String name, String... fields) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals("dev.keyhold." + name))
        .sorted((a, b) -> a.getEndTime().compareTo(b.getEndTime()))
        .map(
            event ->
                String.join(
                    " ", Stream.of(fields).map(field -> event.getValue(field).toString()).toList()))
        .toList();
  }
}
