package dev.keyhold.instance;

import dev.keyhold.Health;
import dev.keyhold.Health.BackendHealth;
import dev.keyhold.config.Configuration;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.platform.Daemons;
import dev.keyhold.policy.Declared;
import dev.keyhold.policy.KeyRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Asks each backend for something light, all at once, and bears their answers in mind for some
 * seconds: probes may come as often as they like. Thread-safe.
 */
final class HealthCheck {
  static final Duration KEPT = Duration.ofSeconds(5);

  /** Asked for where the configuration names no key; that there is none is an answer too. */
  private static final String STAND_IN = "keyhold-health";

  private final LongSupplier nanoTime;
  private final Map<String, Probe> probes = new HashMap<>();
  private Configuration probed;

  HealthCheck(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** A key that an alias names. */
  private record Named(String alias, KeyRef key) {}

  /** A question to a backend; its result is why the backend is not up. */
  private final class Probe {
    private final long begun = nanoTime.getAsLong();
    private final FutureTask<Optional<String>> answer;

    Probe(KeyRouter router, String backend, Declared caller) {
      answer = new FutureTask<>(() -> ask(router, backend, caller));
      Daemons.thread("keyhold-health-" + backend, answer).start();
    }

    boolean serves() {
      return !answer.isDone() || nanoTime.getAsLong() - begun < KEPT.toNanos();
    }
  }

  /**
   * Returns the health of a router's backends; takes at most the longest of their deadlines. A
   * cached answer was requested by an earlier caller.
   *
   * @param caller what is recorded of the questions that are asked now
   */
  Health of(KeyRouter router, Declared caller) {
    List<String> names = List.copyOf(router.backends()); // a reload may change them meanwhile
    Map<String, Probe> asked = ask(router, names, caller);
    List<BackendHealth> backends = new ArrayList<>();
    Set<String> up = new HashSet<>();
    for (String backend : names) {
      Probe probe = asked.get(backend);
      Optional<String> reason =
          probe == null
              ? Optional.of("it failed too often in a row, and is left alone for a moment")
              : await(probe, router.facts().deadline(backend));
      if (reason.isEmpty()) {
        up.add(backend);
      }
      backends.add(
          new BackendHealth(backend, router.facts().type(backend), reason.isEmpty(), reason));
    }
    return new Health(true, router.configuration().lack(), backends, router.outOfReach(up));
  }

  /** Returns the probe of each backend; none for one that is left alone. */
  private synchronized Map<String, Probe> ask(
      KeyRouter router, List<String> names, Declared caller) {
    if (probed != router.configuration()) {
      probed = router.configuration();
      probes.clear();
    }
    Map<String, Probe> asked = new HashMap<>();
    for (String backend : names) {
      Probe probe = probes.get(backend);
      if (router.facts().isLeftAlone(backend)) {
        probes.remove(backend);
        continue;
      }
      if (probe == null || !probe.serves()) {
        probe = new Probe(router, backend, caller);
        probes.put(backend, probe);
      }
      asked.put(backend, probe);
    }
    return asked;
  }

  private static Optional<String> await(Probe probe, Duration deadline) {
    try {
      return probe.answer.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return Optional.of("no answer within %s ms".formatted(deadline.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("the calling thread was interrupted");
    } catch (ExecutionException e) {
      return Optional.of("a defect: " + e.getCause());
    }
  }

  private static Optional<String> ask(KeyRouter router, String backend, Declared caller) {
    Optional<Named> named = namedKey(router, backend);
    try {
      router.describe(
          router.access(named.map(Named::alias).orElse(""), caller),
          named.map(Named::key).orElse(new KeyRef(backend, STAND_IN)));
      return Optional.empty();
    } catch (BackendException e) {
      return switch (e.reason()) {
        case NOT_FOUND -> router.facts().missingFile(backend); // else it answers
        case UNSUPPORTED, BAD_CIPHERTEXT -> Optional.empty(); // it answers
        case DENIED -> named.map(key -> e.getMessage()); // permissions may cover named keys only
        case UNAVAILABLE, MISCONFIGURED -> Optional.of(e.getMessage());
      };
    }
  }

  private static Optional<Named> namedKey(KeyRouter router, String backend) {
    for (String alias : router.exactAliases()) {
      try {
        for (KeyRef key : router.policy(alias).protectWith().keys()) {
          if (key.backend().equals(backend)) {
            return Optional.of(new Named(alias, key));
          }
        }
      } catch (BackendException e) {
        throw new IllegalStateException("an alias of the configuration has no route", e);
      }
    }
    return Optional.empty();
  }
}
