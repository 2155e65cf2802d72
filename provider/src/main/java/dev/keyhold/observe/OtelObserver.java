package dev.keyhold.observe;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.context.Context;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells OpenTelemetry, once the application has set {@code GlobalOpenTelemetry}; that is not done
 * here, nor brought about. Thread-safe.
 */
final class OtelObserver implements Observer {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.observe");
  private static final AtomicBoolean TOLD = new AtomicBoolean();
  private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final List<CacheCounts> counts = new CopyOnWriteArrayList<>();
  private final List<ObjectCounts> objects = new CopyOnWriteArrayList<>();
  private volatile OtelInstruments instruments;
  private volatile long lookAgain = System.nanoTime();
  private boolean closed;

  /**
   * Returns whether this JVM has the API, in a version that can be asked whether it is set up (1.57
   * and later). With an earlier one, asking would set it up, and the application could not do so
   * any more: that is logged once.
   */
  static boolean isPossible() {
    Class<?> api;
    try {
      api =
          Class.forName(
              "io.opentelemetry.api.GlobalOpenTelemetry",
              false,
              OtelObserver.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
    try {
      api.getMethod("isSet");
      api.getMethod("getOrNoop");
      return true;
    } catch (NoSuchMethodException | LinkageError e) {
      if (!TOLD.getAndSet(true)) {
        LOG.log(
            Level.INFO,
            "this application has an opentelemetry-api before 1.57, so Keyhold reports no metrics and spans to OpenTelemetry; all else works. To have them, set io.opentelemetry:opentelemetry-api to 1.57 or later (Spring Boot: opentelemetry.version)");
      }
      return false;
    }
  }

  /**
   * Returns the instruments; null as long as OpenTelemetry is not set up, which is checked at most
   * once a second, since the check takes a lock.
   */
  private OtelInstruments instruments() {
    OtelInstruments known = instruments;
    if (known != null || System.nanoTime() - lookAgain < 0) {
      return known;
    }
    lookAgain = System.nanoTime() + LOOK_AGAIN_NANOS;
    return GlobalOpenTelemetry.isSet() ? make() : null;
  }

  @Override
  public Runnable carried(Runnable task) {
    return Context.current().wrap(task);
  }

  private synchronized OtelInstruments make() {
    if (instruments == null && !closed) {
      instruments = new OtelInstruments(GlobalOpenTelemetry.getOrNoop(), counts, objects);
    }
    return instruments;
  }

  @Override
  public Use begin(ObservedUse use) {
    OtelInstruments present = instruments();
    return present == null ? null : new OtelUse(present, use);
  }

  @Override
  public void breakerChanged(String backend, BreakerState state) {
    OtelInstruments present = instruments();
    if (present != null) {
      present.breakerChanged(backend, state);
    }
  }

  @Override
  public void renewed(Renewal renewal) {
    OtelInstruments present = instruments();
    if (present != null) {
      present.renewed(renewal);
    }
  }

  @Override
  public void counting(CacheCounts added) {
    counts.add(added);
  }

  @Override
  public void counting(ObjectCounts added) {
    objects.add(added);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (instruments != null) {
      instruments.close();
      instruments = null;
    }
  }
}
