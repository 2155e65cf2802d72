package dev.keyhold.observe;

import dev.keyhold.observe.CacheCounts.Cache;
import dev.keyhold.observe.CacheCounts.Result;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongCounter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** The metrics of one provider, and its tracer. Thread-safe. */
final class OtelInstruments implements AutoCloseable {
  /** The buckets of durations in seconds: from an HSM in the same rack to the default deadline. */
  private static final List<Double> BUCKETS =
      List.of(
          0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1., 2.5, 5.,
          10.);

  /** Counts of two providers must not stand under the same attributes. */
  private static final AtomicLong PROVIDERS = new AtomicLong();

  private final long provider = PROVIDERS.incrementAndGet();
  private final List<CacheCounts> counts;
  private final Tracer tracer;
  private final DoubleHistogram uses;
  private final LongCounter retries;
  private final LongCounter breakerChanges;
  private final DoubleHistogram renewals;
  private final ObservableLongCounter cached;
  private final ObservableLongCounter objects;

  /**
   * Registers them.
   *
   * @param counts may grow later
   * @param objectCounts may grow later
   */
  OtelInstruments(
      OpenTelemetry openTelemetry, List<CacheCounts> counts, List<ObjectCounts> objectCounts) {
    this.counts = counts;
    tracer = openTelemetry.getTracer(OtelNames.SCOPE);
    Meter meter = openTelemetry.getMeter(OtelNames.SCOPE);
    uses = seconds(meter, OtelNames.USE_DURATION, "How long the use of a key took, with retries");
    retries =
        meter
            .counterBuilder(OtelNames.USE_RETRIES)
            .setUnit("{retry}")
            .setDescription("How often the use of a key was tried once more")
            .build();
    breakerChanges =
        meter
            .counterBuilder(OtelNames.BREAKER_CHANGES)
            .setUnit("{change}")
            .setDescription("How often the breaker of a backend came into a state")
            .build();
    renewals = seconds(meter, OtelNames.RENEWAL_DURATION, "How long it took to renew an epoch key");
    cached =
        meter
            .counterBuilder(OtelNames.CACHE_OBJECTS)
            .setUnit("{object}")
            .setDescription("How many objects a cache of epoch keys served, and how")
            .buildWithCallback(this::observe);
    objects =
        meter
            .counterBuilder(OtelNames.OBJECTS)
            .setUnit("{object}")
            .setDescription("How many objects were encrypted, decrypted, read or rewrapped")
            .buildWithCallback(measurement -> observe(measurement, objectCounts));
  }

  private static DoubleHistogram seconds(Meter meter, String name, String description) {
    return meter
        .histogramBuilder(name)
        .setUnit("s")
        .setDescription(description)
        .setExplicitBucketBoundariesAdvice(BUCKETS)
        .build();
  }

  private void observe(ObservableLongMeasurement measurement) {
    for (Cache cache : Cache.values()) {
      for (Result result : Result.values()) {
        long sum =
            counts.stream().filter(c -> c.cache() == cache).mapToLong(c -> c.sum(result)).sum();
        if (sum > 0) {
          measurement.record(
              sum,
              Attributes.of(
                  OtelNames.CACHE,
                  cache.id(),
                  OtelNames.CACHE_RESULT,
                  result.id(),
                  OtelNames.PROVIDER,
                  provider));
        }
      }
    }
  }

  private void observe(ObservableLongMeasurement measurement, List<ObjectCounts> all) {
    for (ObjectCounts.Operation operation : ObjectCounts.Operation.values()) {
      long sum = all.stream().mapToLong(counted -> counted.sum(operation)).sum();
      if (sum > 0) {
        measurement.record(
            sum,
            Attributes.of(
                OtelNames.OBJECT_OPERATION, operation.id(), OtelNames.PROVIDER, provider));
      }
    }
  }

  Tracer tracer() {
    return tracer;
  }

  void used(Duration took, Attributes attributes, Context context) {
    uses.record(inSeconds(took), attributes, context);
  }

  void retried(Attributes attributes, Context context) {
    retries.add(1, attributes, context);
  }

  void breakerChanged(String backend, BreakerState state) {
    breakerChanges.add(
        1, Attributes.of(OtelNames.BACKEND, backend, OtelNames.BREAKER_STATE, state.id()));
  }

  void renewed(Renewal renewal) {
    AttributesBuilder attributes =
        Attributes.builder().put(OtelNames.RENEWAL_CAUSE, renewal.cause().id());
    renewals.record(inSeconds(renewal.took()), withError(attributes, renewal.outcome()).build());
  }

  /** Adds the type of an error, if the outcome is one. */
  static AttributesBuilder withError(AttributesBuilder attributes, Outcome outcome) {
    return outcome == Outcome.OK ? attributes : attributes.put(OtelNames.ERROR_TYPE, outcome.id());
  }

  private static double inSeconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  @Override
  public void close() {
    cached.close();
    objects.close();
  }
}
