package dev.keyhold.gate;

import dev.keyhold.config.Configuration;
import dev.keyhold.observe.Observers;
import dev.keyhold.platform.Daemons;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The backends of a configuration, by name. A reload keeps those whose options did not change, with
 * their connections. A removed backend still serves, for a limited time, the operations that began
 * with it. Thread-safe.
 */
final class Backends implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.keyhold");

  /**
   * The time, beyond its deadline, for which a removed backend still serves the operations that
   * began with it.
   */
  private static final Duration GRACE = Duration.ofMinutes(1);

  /** Waits for a while; for tests. */
  @FunctionalInterface
  interface Pause {
    void await(Duration time) throws InterruptedException;
  }

  private final Observers observers;
  private final Pause pause;

  /** The backends in the order of the configuration. */
  private volatile Map<String, BackendCalls> current = Map.of();

  /** Those that left, by name: for what was begun under a name that is gone. */
  private volatile Map<String, BackendCalls> former = Map.of();

  private final List<Thread> closing = new ArrayList<>();
  private final Set<BackendCalls> leaving = new HashSet<>();

  Backends(Configuration configuration, Observers observers) {
    this(configuration, observers, time -> Thread.sleep(time.toMillis()));
  }

  Backends(Configuration configuration, Observers observers, Pause pause) {
    this.observers = observers;
    this.pause = pause;
    become(configuration);
  }

  /** Returns the names of the backends, in the order of the configuration. */
  Set<String> names() {
    return current.keySet();
  }

  /** Returns the one with a name that a configuration has, or had. */
  BackendCalls get(String name) {
    BackendCalls calls = current.get(name);
    if (calls == null) {
      calls = former.get(name);
    }
    if (calls == null) {
      throw new IllegalArgumentException("there is no backend " + name);
    }
    return calls;
  }

  /**
   * Switches to the backends of another configuration.
   *
   * @return the names of those that are new, gone, or have other options
   */
  synchronized Set<String> become(Configuration next) {
    Set<String> changed = new HashSet<>();
    Map<String, BackendCalls> coming = new LinkedHashMap<>();
    Map<String, BackendCalls> gone = new HashMap<>(current);
    next.backends()
        .forEach(
            (name, settings) -> {
              BackendCalls known = gone.get(name);
              if (known != null && known.settings().isLike(settings)) {
                coming.put(name, gone.remove(name));
              } else {
                coming.put(name, new BackendCalls(settings, observers));
                changed.add(name);
              }
            });
    changed.addAll(gone.keySet());
    Map<String, BackendCalls> absent = new HashMap<>(former);
    absent.putAll(gone);
    former = absent;
    current = Collections.unmodifiableMap(coming);
    coming.values().stream()
        .filter(calls -> calls.settings().warmUp())
        .forEach(BackendCalls::warmUp);
    if (!gone.isEmpty()) {
      closeLater(gone.values());
    }
    return changed;
  }

  private void closeLater(Collection<BackendCalls> gone) {
    leaving.addAll(gone);
    Duration longest =
        gone.stream()
            .map(calls -> calls.settings().deadline())
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    Thread thread =
        Daemons.thread(
            "keyhold-reload",
            () -> {
              try {
                pause.await(longest.plus(GRACE));
              } catch (InterruptedException e) {
                return; // all are closed
              }
              closeNow(gone);
            });
    closing.add(thread);
    thread.start();
  }

  private synchronized void closeNow(Collection<BackendCalls> gone) {
    gone.stream().filter(leaving::remove).forEach(Backends::close);
    closing.remove(Thread.currentThread());
  }

  /** Makes each backend discard the state that a copy of this process must not share. */
  synchronized void dropLocalState() {
    current.values().forEach(calls -> calls.backend().dropLocalState());
    leaving.forEach(calls -> calls.backend().dropLocalState());
  }

  private static void close(BackendCalls calls) {
    try {
      calls.close();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "backend " + calls.settings().backend() + " did not close well", e);
    }
  }

  /** Closes all; one that fails to is logged, and leaves none of the others open. */
  @Override
  public synchronized void close() {
    current.values().forEach(Backends::close);
    leaving.forEach(Backends::close);
    leaving.clear();
    closing.forEach(Thread::interrupt);
    closing.clear();
  }
}
