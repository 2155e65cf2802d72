package dev.keyhold.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.KeyholdScope;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.BackendException.Reason;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProviderException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Timespan;
import jdk.jfr.ValueDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OBSERVABILITY.md lists what the code has, no more and no less. */
class ObservabilityPageTest {
  private static final Set<String> OF_EVERY_EVENT =
      Set.of("startTime", "duration", "eventThread", "stackTrace");

  @TempDir Path folder;
  private final List<String> page = page();

  private static List<String> page() {
    try {
      return Files.readAllLines(Path.of("../docs/OBSERVABILITY.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theValuesOfWords() {
    Map<String, List<String>> expected = new TreeMap<>();
    expected.put("operation", ids(KeyOperation.values(), KeyOperation::id));
    expected.put("outcome", ids(Outcome.values(), Outcome::id));
    expected.put("breaker", ids(BreakerState.values(), BreakerState::id));
    expected.put("object", ids(ObjectCounts.Operation.values(), ObjectCounts.Operation::id));
    expected.put("cause", ids(Renewal.Cause.values(), Renewal.Cause::id));
    expected.put("cache", ids(CacheCounts.Cache.values(), CacheCounts.Cache::id));
    expected.put("result", ids(CacheCounts.Result.values(), CacheCounts.Result::id));
    Map<String, List<String>> actual = new TreeMap<>();
    table("## Words").forEach(row -> actual.put(row.get(0), quoted(row.get(1))));
    assertEquals(expected, actual);
  }

  private static <T> List<String> ids(T[] values, Function<T, String> id) {
    return Stream.of(values).map(id).toList();
  }

  @Test
  void theEventsOfFlightRecorder() {
    Map<String, List<String>> expected = new TreeMap<>();
    for (Class<?> event : JfrEvents.class.getDeclaredClasses()) {
      EventType type = EventType.getEventType(event.asSubclass(Event.class));
      expected.put(
          type.getName(),
          type.getFields().stream()
              .filter(field -> !OF_EVERY_EVENT.contains(field.getName()))
              .map(ObservabilityPageTest::text)
              .toList());
    }
    Map<String, List<String>> actual = new TreeMap<>();
    for (String line : page) {
      if (line.startsWith("### `dev.keyhold.")) {
        actual.put(
            quoted(line).get(0),
            table(line).stream()
                .map(row -> quoted(row.get(0)).get(0) + ": " + row.get(1))
                .toList());
      }
    }
    assertEquals(expected, actual);
  }

  private static String text(ValueDescriptor field) {
    Timespan timespan = field.getAnnotation(Timespan.class);
    String type = field.getTypeName().equals("java.lang.String") ? "string" : field.getTypeName();
    String unit =
        timespan == null ? "" : timespan.value().equals(Timespan.NANOSECONDS) ? ", ns" : "?";
    return field.getName() + ": " + type + unit;
  }

  @Test
  void theMetricsAndSpansOfOpenTelemetry() throws Exception {
    try (Telemetry telemetry = new Telemetry();
        ObservedProvider well = application();
        ObservedProvider failing = application()) {
      // so that each metric has a point, and each attribute a value
      KeyholdScope declared = KeyholdScope.forPurpose("audit", "INC-7");
      KeyholdScope.ofTenant("acme").call(() -> declared.call(well::encrypt));
      failing.backend.fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
      assertThrows(ProviderException.class, failing::encrypt);
      Map<String, String> metrics = new TreeMap<>();
      for (MetricData metric : telemetry.metrics.collectAllMetrics()) {
        Set<String> attributes = new TreeSet<>();
        metric.getData().getPoints().forEach(p -> attributes.addAll(names(p.getAttributes())));
        String kind = metric.getType().name().startsWith("HISTOGRAM") ? "histogram" : "counter";
        metrics.put(metric.getName(), kind + " " + metric.getUnit() + " " + attributes);
      }
      Map<String, String> documented = new TreeMap<>();
      for (List<String> row : table("### Metrics")) {
        documented.put(
            quoted(row.get(0)).get(0),
            row.get(1) + " " + quoted(row.get(2)).get(0) + " " + new TreeSet<>(quoted(row.get(3))));
      }
      assertEquals(metrics, documented);
      Set<String> ofSpans = new TreeSet<>();
      Set<String> ofEvents = new TreeSet<>();
      for (SpanData span : telemetry.spans.getFinishedSpanItems()) {
        ofSpans.addAll(names(span.getAttributes()));
        for (EventData event : span.getEvents()) {
          ofEvents.add(event.getName());
          ofEvents.addAll(names(event.getAttributes()));
        }
      }
      List<List<String>> rows = table("### Spans");
      assertEquals(ofSpans, new TreeSet<>(quoted(rows.get(0).get(2))));
      assertEquals(ofEvents, new TreeSet<>(quoted(rows.get(1).get(1) + rows.get(1).get(2))));
    }
  }

  private ObservedProvider application() throws Exception {
    return new ObservedProvider(
        folder,
        "backend.b.remote = yes",
        "backend.b.breaker-failures = 1",
        "key.orders.data-keys = epoch");
  }

  private static Collection<String> names(Attributes attributes) {
    return attributes.asMap().keySet().stream().map(key -> key.getKey()).toList();
  }

  /** The rows of the first table after a line, without its heading. */
  private List<List<String>> table(String after) {
    List<List<String>> rows = new ArrayList<>();
    for (String line : page.subList(page.indexOf(after) + 1, page.size())) {
      if (line.startsWith("|")) {
        rows.add(Stream.of(line.split("\\|", -1)).skip(1).map(String::strip).toList());
      } else if (!rows.isEmpty()) {
        break;
      }
    }
    return rows.subList(2, rows.size());
  }

  private static List<String> quoted(String text) {
    List<String> all = new ArrayList<>();
    Matcher matcher = Pattern.compile("`([^`]+)`").matcher(text);
    while (matcher.find()) {
      all.add(matcher.group(1));
    }
    return all;
  }
}
