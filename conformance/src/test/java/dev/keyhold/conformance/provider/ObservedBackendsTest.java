package dev.keyhold.conformance.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.Health.BackendHealth;
import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdFixture;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.AEADBadTagException;
import javax.crypto.SecretKey;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What Flight Recorder, OpenTelemetry and probes tell of real backends. */
@ParameterizedClass
@EnumSource(BackendKind.class)
class ObservedBackendsTest {
  private static final byte[] PLAIN = new byte[100];
  private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("keyhold.operation");
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

  @TempDir Path folder;
  @Parameter BackendKind kind;

  @Test
  void flightRecorderShowsUsesOfRemoteBackendsAndFailures() throws Exception {
    try (KeyholdFixture fixture = KeyholdFixture.of(kind, folder);
        Recording recording = new Recording()) {
      SecretKey key = fixture.newKey("AES", "orders");
      byte[] object = fixture.seal(key, PLAIN);
      recording.start();
      fixture.open(key, object, KeyholdParameterSpec.NONE);
      SecretKey other = fixture.newKey("AES", "other");
      assertThrows(
          AEADBadTagException.class, () -> fixture.open(other, object, KeyholdParameterSpec.NONE));
      recording.stop();
      List<String> unwraps = unwraps(recording);
      assertEquals(kind == BackendKind.SOFTWARE ? List.of() : List.of(kind + " ok"), unwraps);
    }
  }

  private List<String> unwraps(Recording recording) throws IOException {
    Path file = folder.resolve("events.jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals("dev.keyhold.KeyUse"))
        .filter(event -> event.getString("operation").equals("unwrap"))
        .map(ObservedBackendsTest::text)
        .toList();
  }

  private static String text(RecordedEvent event) {
    return event.getString("backendType") + " " + event.getString("outcome");
  }

  @Test
  void openTelemetryMeasuresUsesAndTracesRemoteOnes() throws Exception {
    InMemoryMetricReader metrics = InMemoryMetricReader.create();
    InMemorySpanExporter spans = InMemorySpanExporter.create();
    OpenTelemetrySdk sdk =
        OpenTelemetrySdk.builder()
            .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(metrics).build())
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build();
    GlobalOpenTelemetry.resetForTest();
    GlobalOpenTelemetry.set(sdk);
    try (KeyholdFixture fixture = KeyholdFixture.of(kind, folder)) {
      SecretKey key = fixture.newKey("AES", "orders");
      for (int i = 0; i < 3; i++) {
        fixture.seal(key, PLAIN);
      }
      assertEquals(Map.of("create", 1L, "wrap", 3L), uses(metrics));
      long wraps =
          spans.getFinishedSpanItems().stream().filter(s -> s.getName().equals("wrap b")).count();
      assertEquals(kind == BackendKind.SOFTWARE ? 0 : 3, wraps);
    } finally {
      GlobalOpenTelemetry.resetForTest();
      sdk.close();
    }
  }

  /** How often each operation that makes or uses a key was done, and did not fail. */
  private static Map<String, Long> uses(InMemoryMetricReader metrics) {
    Map<String, Long> counts = new TreeMap<>();
    for (MetricData metric : metrics.collectAllMetrics()) {
      if (metric.getName().equals("keyhold.key.use.duration")) {
        for (HistogramPointData point : metric.getHistogramData().getPoints()) {
          String operation = point.getAttributes().get(OPERATION);
          boolean looks = List.of("describe", "identify", "list").contains(operation);
          if (!looks && point.getAttributes().get(ERROR) == null) {
            counts.put(operation, point.getCount());
          }
        }
      }
    }
    return counts;
  }

  @Test
  void aBackendThatAnswersIsUp() throws Exception {
    try (KeyholdFixture fixture = KeyholdFixture.of(kind, folder)) {
      fixture.newKey("AES", "orders"); // a key file that does not exist yet is told as such
      assertEquals(
          List.of(new BackendHealth("b", kind.type(), true, Optional.empty())),
          fixture.provider().health().backends());
      assertTrue(fixture.provider().health().ready());
      fixture.provider().close();
      assertFalse(fixture.provider().health().live());
    }
  }
}
