package dev.keyhold.observe;

import dev.keyhold.keystore.Access;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.concurrent.Callable;

/** One use of a key: a measurement, and a span where the backend is remote. */
final class OtelUse implements Observer.Use {
  private final OtelInstruments instruments;
  private final Attributes attributes;
  private final Span span;
  private final Context context;
  private final long begun = System.nanoTime();

  OtelUse(OtelInstruments instruments, ObservedUse use) {
    this.instruments = instruments;
    String operation = use.operation().id();
    attributes =
        Attributes.of(
            OtelNames.BACKEND,
            use.backend(),
            OtelNames.BACKEND_TYPE,
            use.type(),
            OtelNames.OPERATION,
            operation);
    span = use.remote() ? span(use, operation) : Span.getInvalid();
    context = use.remote() ? Context.current().with(span) : Context.current();
  }

  private Span span(ObservedUse use, String operation) {
    Span started =
        instruments
            .tracer()
            .spanBuilder(operation + " " + use.backend())
            .setSpanKind(SpanKind.CLIENT)
            .setAllAttributes(attributes)
            .startSpan();
    if (!use.key().isEmpty()) {
      started.setAttribute(OtelNames.KEY, use.key());
    }
    Access access = use.access();
    if (!access.alias().isEmpty()) {
      started.setAttribute(OtelNames.ALIAS, access.alias());
    }
    access.tenant().ifPresent(tenant -> started.setAttribute(OtelNames.TENANT, tenant));
    access.purpose().ifPresent(purpose -> started.setAttribute(OtelNames.PURPOSE, purpose));
    access.ticket().ifPresent(ticket -> started.setAttribute(OtelNames.TICKET, ticket));
    return started;
  }

  /** Wraps an attempt, so that spans of the backend's own client are children of this one. */
  @Override
  public <T> Callable<T> around(Callable<T> attempt) {
    return context.wrap(attempt);
  }

  @Override
  public void retried(int attempt, Outcome why) {
    instruments.retried(withError(why), context);
    span.addEvent(
        OtelNames.RETRY,
        Attributes.of(OtelNames.ATTEMPT, (long) attempt, OtelNames.ERROR_TYPE, why.id()));
  }

  @Override
  public void ended(Outcome outcome, int attempts) {
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    instruments.used(took, withError(outcome), context);
    span.setAttribute(OtelNames.ATTEMPTS, (long) attempts);
    if (outcome != Outcome.OK) {
      span.setAttribute(OtelNames.ERROR_TYPE, outcome.id());
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }

  private Attributes withError(Outcome outcome) {
    return OtelInstruments.withError(attributes.toBuilder(), outcome).build();
  }
}
