package dev.keyhold.observe;

import dev.keyhold.keystore.BackendException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * All who observe one provider. One that fails is logged and told nothing more: whatever it does,
 * keys are used as if it were not there. Thread-safe.
 */
public final class Observers implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.keyhold");

  private final List<Observer> observers;

  private Observers(List<Observer> observers) {
    this.observers = new CopyOnWriteArrayList<>(observers);
  }

  /** Returns these observers, which may be none. */
  public static Observers of(Observer... observers) {
    return new Observers(List.of(observers));
  }

  /** Returns Flight Recorder and OpenTelemetry, each if this JVM has it. Initialises neither. */
  public static Observers ofThisJvm() {
    List<Observer> observers = new ArrayList<>();
    if (ModuleLayer.boot().findModule("jdk.jfr").isPresent()) {
      observers.add(new JfrObserver());
    }
    if (OtelObserver.isPossible()) {
      observers.add(new OtelObserver());
    }
    return new Observers(observers);
  }

  /** Runs a use of a key, and tells of it. */
  public <T> T use(ObservedUse use, Observer.WatchedBody<T> body) throws BackendException {
    Watch watch = begin(use);
    Outcome outcome = Outcome.DEFECT;
    try {
      T result = body.run(watch);
      outcome = Outcome.OK;
      return result;
    } catch (BackendException e) {
      outcome = Outcome.of(e);
      throw e;
    } finally {
      watch.ended(outcome);
    }
  }

  /** Returns a task for another thread that observers see as the calling thread's. */
  public Runnable carried(Runnable task) {
    Runnable carried = task;
    for (Observer observer : observers) {
      Runnable inner = carried;
      carried = ask(observer, o -> o.carried(inner), inner);
    }
    return carried;
  }

  private Watch begin(ObservedUse use) {
    List<Observer.Use> listeners = null; // usually there are no observers
    for (Observer observer : observers) {
      Observer.Use listener = ask(observer, o -> o.begin(use), null);
      if (listener != null) {
        listeners = listeners == null ? new ArrayList<>() : listeners;
        listeners.add(new Guarded(observer, listener));
      }
    }
    return listeners == null ? Watch.NOBODY : new Watch(listeners);
  }

  /** Renews an epoch key for the objects of an alias, and tells of it. */
  public <T> T renewal(String alias, Renewal.Cause cause, Observer.Body<T> body)
      throws BackendException {
    long begun = System.nanoTime();
    Outcome outcome = Outcome.DEFECT;
    try {
      T result = body.run();
      outcome = Outcome.OK;
      return result;
    } catch (BackendException e) {
      outcome = Outcome.of(e);
      throw e;
    } finally {
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      Renewal renewal = new Renewal(alias, cause, outcome, took);
      tellAll(observer -> observer.renewed(renewal));
    }
  }

  /** Tells that a backend's breaker changed. */
  public void breakerChanged(String backend, BreakerState state) {
    tellAll(observer -> observer.breakerChanged(backend, state));
  }

  /** Tells that a cache begins to count. */
  public void counting(CacheCounts counts) {
    tellAll(observer -> observer.counting(counts));
  }

  /** Tells that the objects of a provider are counted. */
  public void counting(ObjectCounts counts) {
    tellAll(observer -> observer.counting(counts));
  }

  @Override
  public void close() {
    tellAll(Observer::close);
    observers.clear();
  }

  private void tellAll(Consumer<Observer> message) {
    observers.forEach(observer -> tell(observer, message));
  }

  private void tell(Observer observer, Consumer<Observer> message) {
    ask(
        observer,
        o -> {
          message.accept(o);
          return null;
        },
        null);
  }

  private <T> T ask(Observer observer, Function<Observer, T> question, T otherwise) {
    try {
      return question.apply(observer);
    } catch (RuntimeException | LinkageError e) {
      if (observers.remove(observer)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "%s failed, and observes Keyhold no more".formatted(observer.getClass().getName()),
            e);
      }
      return otherwise;
    }
  }

  /** Keeps exceptions of a listener from the user of a key. */
  private final class Guarded implements Observer.Use {
    private final Observer observer;
    private final Observer.Use listener;

    Guarded(Observer observer, Observer.Use listener) {
      this.observer = observer;
      this.listener = listener;
    }

    @Override
    public <T> Callable<T> around(Callable<T> attempt) {
      return ask(observer, o -> listener.around(attempt), attempt);
    }

    @Override
    public void retried(int attempt, Outcome why) {
      tell(observer, o -> listener.retried(attempt, why));
    }

    @Override
    public void ended(Outcome outcome, int attempts) {
      tell(observer, o -> listener.ended(outcome, attempts));
    }
  }
}
