package dev.keyhold.observe;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;

/** OpenTelemetry's SDK, as an application sets it up, with all that it was told. */
final class Telemetry implements AutoCloseable {
  final InMemoryMetricReader metrics = InMemoryMetricReader.create();
  final InMemorySpanExporter spans = InMemorySpanExporter.create();
  final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(metrics).build())
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(spans))
                  .build())
          .build();

  /** Set as the global one. */
  Telemetry() {
    this(true);
  }

  Telemetry(boolean global) {
    GlobalOpenTelemetry.resetForTest();
    if (global) {
      GlobalOpenTelemetry.set(sdk);
    }
  }

  @Override
  public void close() {
    GlobalOpenTelemetry.resetForTest();
    sdk.close();
  }
}
