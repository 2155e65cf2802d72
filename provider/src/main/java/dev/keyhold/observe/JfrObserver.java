package dev.keyhold.observe;

import dev.keyhold.observe.CacheCounts.Result;
import dev.keyhold.observe.JfrEvents.BreakerChanged;
import dev.keyhold.observe.JfrEvents.CacheAccessed;
import dev.keyhold.observe.JfrEvents.EpochRenewed;
import dev.keyhold.observe.JfrEvents.KeyUsed;
import dev.keyhold.observe.JfrEvents.Retried;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;

/**
 * Writes to Flight Recorder. The first event of a JVM costs some tenths of a second, so none is
 * made before Flight Recorder was initialised, by a recording. Thread-safe.
 */
final class JfrObserver implements Observer {
  private final List<Periodic> periodic = new CopyOnWriteArrayList<>();

  @Override
  public Use begin(ObservedUse use) {
    return FlightRecorder.isInitialized() ? new Recorded(use) : null;
  }

  private static final class Recorded implements Use {
    private final ObservedUse use;
    private final KeyUsed event = new KeyUsed();

    Recorded(ObservedUse use) {
      this.use = use;
      event.begin();
    }

    @Override
    public void retried(int attempt, Outcome why) {
      Retried retried = new Retried();
      retried.backend = use.backend();
      retried.operation = use.operation().id();
      retried.key = use.key();
      retried.attempt = attempt;
      retried.reason = why.id();
      retried.commit();
    }

    @Override
    public void ended(Outcome outcome, int attempts) {
      event.end();
      if ((use.remote() || outcome != Outcome.OK) && event.shouldCommit()) {
        event.backend = use.backend();
        event.backendType = use.type();
        event.operation = use.operation().id();
        event.key = use.key();
        event.alias = use.access().alias();
        event.tenant = use.access().tenant().orElse(null);
        event.purpose = use.access().purpose().orElse(null);
        event.ticket = use.access().ticket().orElse(null);
        event.outcome = outcome.id();
        event.attempts = attempts;
        event.commit();
      }
    }
  }

  @Override
  public void breakerChanged(String backend, BreakerState state) {
    if (FlightRecorder.isInitialized()) {
      BreakerChanged event = new BreakerChanged();
      event.backend = backend;
      event.state = state.id();
      event.commit();
    }
  }

  @Override
  public void renewed(Renewal renewal) {
    if (FlightRecorder.isInitialized()) {
      EpochRenewed event = new EpochRenewed();
      event.alias = renewal.alias();
      event.cause = renewal.cause().id();
      event.outcome = renewal.outcome().id();
      event.took = renewal.took().toNanos();
      event.commit();
    }
  }

  @Override
  public void counting(CacheCounts counts) {
    Periodic added = new Periodic(counts);
    periodic.add(added);
    FlightRecorder.addListener(added);
  }

  @Override
  public void close() {
    periodic.forEach(Periodic::end);
    periodic.clear();
  }

  /** The counts of a cache, written from time to time once there is a recorder. */
  private static final class Periodic implements FlightRecorderListener {
    private final CacheCounts counts;
    private final Map<Result, Long> told = new EnumMap<>(Result.class);
    private final Runnable hook = this::write;

    Periodic(CacheCounts counts) {
      this.counts = counts;
    }

    @Override
    public void recorderInitialized(FlightRecorder recorder) {
      FlightRecorder.addPeriodicEvent(CacheAccessed.class, hook);
    }

    private synchronized void write() {
      CacheAccessed event = new CacheAccessed();
      event.cache = counts.cache().id();
      event.hits = since(Result.HIT);
      event.misses = since(Result.MISS);
      event.stale = since(Result.STALE);
      event.denied = since(Result.DENIED);
      event.commit();
    }

    private long since(Result result) {
      long sum = counts.sum(result);
      Long before = told.put(result, sum);
      return before == null ? sum : sum - before;
    }

    void end() {
      FlightRecorder.removeListener(this);
      if (FlightRecorder.isInitialized()) {
        FlightRecorder.removePeriodicEvent(hook);
        write(); // what came after the last one
      }
    }
  }
}
