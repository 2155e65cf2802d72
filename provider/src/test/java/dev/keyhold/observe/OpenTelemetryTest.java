package dev.keyhold.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdScope;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.BackendException.Reason;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.nio.file.Path;
import java.security.ProviderException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real use of a provider, as OpenTelemetry's SDK shows it. */
class OpenTelemetryTest {
  @TempDir Path folder;

  @Test
  void aRemoteUseIsASpanBelowTheCallers() throws Exception {
    try (Telemetry telemetry = new Telemetry();
        ObservedProvider application =
            new ObservedProvider(folder, "backend.b.remote = yes", "backend.b.deadline = 60s")) {
      telemetry.spans.reset();
      List<Span> seenByTheBackend = new ArrayList<>();
      application.backend.fault = () -> seenByTheBackend.add(Span.current());
      Span request = telemetry.sdk.getTracer("test").spanBuilder("request").startSpan();
      KeyholdScope declared = KeyholdScope.forPurpose("audit", "INC-7");
      Context.current().with(request).wrap(() -> declared.call(application::encrypt)).call();
      SpanData span = telemetry.spans.getFinishedSpanItems().get(0);
      assertEquals("wrap b", span.getName());
      assertEquals(SpanKind.CLIENT, span.getKind());
      assertEquals(request.getSpanContext().getSpanId(), span.getParentSpanId());
      assertEquals("dev.keyhold", span.getInstrumentationScopeInfo().getName());
      assertEquals(
          "{keyhold.alias=orders, keyhold.attempts=1, keyhold.backend=b, keyhold.backend.type=fake,"
              + " keyhold.key=orders, keyhold.operation=wrap, keyhold.purpose=audit,"
              + " keyhold.ticket=INC-7}",
          text(span.getAttributes()));
      assertEquals(StatusCode.UNSET, span.getStatus().getStatusCode());
      assertEquals(
          List.of(span.getSpanId()),
          seenByTheBackend.stream().map(s -> s.getSpanContext().getSpanId()).toList());
    }
  }

  @Test
  void failuresAndRetriesAreInSpansAndMetrics() throws Exception {
    try (Telemetry telemetry = new Telemetry();
        ObservedProvider application =
            new ObservedProvider(
                folder,
                "backend.b.remote = yes",
                "backend.b.deadline = 60s",
                "backend.b.breaker-failures = 1",
                "backend.b.breaker-pause = 1000s")) {
      application.encrypt();
      application.failNext(1);
      application.encrypt();
      application.backend.fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
      telemetry.spans.reset();
      assertThrows(ProviderException.class, application::encrypt);
      assertThrows(ProviderException.class, application::encrypt);
      List<SpanData> failed = telemetry.spans.getFinishedSpanItems();
      assertEquals(
          List.of("unavailable", "breaker_open"),
          failed.stream().map(s -> s.getAttributes().get(OtelNames.ERROR_TYPE)).toList());
      assertEquals(
          List.of("{error.type=unavailable, keyhold.attempt=2}"),
          failed.get(0).getEvents().stream().limit(1).map(e -> text(e.getAttributes())).toList());
      assertEquals(StatusCode.ERROR, failed.get(0).getStatus().getStatusCode());
      String wrap = "keyhold.backend=b, keyhold.backend.type=fake, keyhold.operation=wrap}";
      List<String> durations = points(telemetry, "keyhold.key.use.duration", "s");
      assertTrue(durations.contains("2 {" + wrap), durations.toString());
      assertTrue(durations.contains("1 {error.type=unavailable, " + wrap), durations.toString());
      assertTrue(durations.contains("1 {error.type=breaker_open, " + wrap), durations.toString());
      assertEquals(
          List.of("4 {error.type=unavailable, " + wrap),
          points(telemetry, "keyhold.key.use.retries", "{retry}"));
      assertEquals(
          List.of("1 {keyhold.backend=b, keyhold.breaker.state=open}"),
          points(telemetry, "keyhold.breaker.changes", "{change}"));
    }
  }

  @Test
  void epochKeysAreInMetrics() throws Exception {
    try (Telemetry telemetry = new Telemetry();
        ObservedProvider application =
            new ObservedProvider(folder, "key.orders.data-keys = epoch");
        ObservedProvider other = new ObservedProvider(folder, "key.orders.data-keys = epoch")) {
      for (int i = 0; i < 10; i++) {
        application.encrypt();
      }
      other.encrypt();
      assertEquals(
          List.of("2 {keyhold.renewal.cause=first}"),
          points(telemetry, "keyhold.epoch.renewal.duration", "s"));
      List<String> objects =
          points(telemetry, "keyhold.epoch.cache.objects", "{object}").stream()
              .map(point -> point.replaceAll(", keyhold.provider=[0-9]+", ""))
              .sorted()
              .toList();
      assertEquals(
          List.of(
              "1 {keyhold.cache=writing, keyhold.cache.result=miss}",
              "1 {keyhold.cache=writing, keyhold.cache.result=miss}",
              "9 {keyhold.cache=writing, keyhold.cache.result=hit}"),
          objects);
      assertTrue(telemetry.spans.getFinishedSpanItems().isEmpty(), "the backend is local");
    }
  }

  @Test
  @Timeout(60)
  void nothingIsSetUpBeforeTheApplicationDoesSo() throws Exception {
    try (Telemetry telemetry = new Telemetry(false);
        ObservedProvider application = new ObservedProvider(folder)) {
      application.encrypt();
      assertFalse(GlobalOpenTelemetry.isSet());
      assertTrue(telemetry.metrics.collectAllMetrics().isEmpty());
      GlobalOpenTelemetry.set(telemetry.sdk);
      while (telemetry.metrics.collectAllMetrics().isEmpty()) { // it is looked for once a second
        application.encrypt();
        assertFalse(Thread.currentThread().isInterrupted(), "it takes too long");
      }
    }
  }

  private List<String> points(Telemetry telemetry, String name, String unit) {
    List<MetricData> found =
        telemetry.metrics.collectAllMetrics().stream()
            .filter(m -> m.getName().equals(name))
            .toList();
    assertEquals(1, found.size());
    assertEquals(unit, found.get(0).getUnit());
    return found.get(0).getData().getPoints().stream().map(OpenTelemetryTest::text).toList();
  }

  private static String text(PointData point) {
    long value =
        point instanceof HistogramPointData histogram
            ? histogram.getCount()
            : ((LongPointData) point).getValue();
    return value + " " + text(point.getAttributes());
  }

  private static String text(Attributes attributes) {
    TreeMap<String, Object> sorted = new TreeMap<>();
    for (AttributeKey<?> key : attributes.asMap().keySet()) {
      sorted.put(key.getKey(), attributes.get(key));
    }
    return sorted.toString();
  }
}
