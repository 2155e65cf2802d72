package dev.keyhold.testkit;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.software.MemoryKeys;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One place for keys in memory, with its faults, its counts and its clock. Every provider of this
 * JVM that is configured with its id has the same keys: so a test reaches a backend that a provider
 * creates. Thread-safe.
 */
final class Place implements AutoCloseable {
  private static final Map<String, Place> OPEN = new ConcurrentHashMap<>();

  private final String id = UUID.randomUUID().toString();
  private final Faults faults = new Faults();
  private final Calls calls = new Calls();
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private final Backend keys = MemoryKeys.create(new AheadClock(ahead));

  private Place() {}

  /** Makes an empty place. */
  static Place open() {
    Place place = new Place();
    OPEN.put(place.id, place);
    return place;
  }

  /** Returns the place with an id, until it is closed. */
  static Optional<Place> of(String id) {
    return Optional.ofNullable(OPEN.get(id));
  }

  String id() {
    return id;
  }

  Faults faults() {
    return faults;
  }

  Calls calls() {
    return calls;
  }

  /** Returns the keys, past faults and counts. */
  Backend keys() {
    return keys;
  }

  /** Advances the clock of the keys. */
  void advance(Duration time) {
    ahead.accumulateAndGet(time, Duration::plus);
  }

  @Override
  public void close() {
    OPEN.remove(id);
    faults.clear();
    keys.close();
  }

  /** The system's clock, set ahead. */
  private static final class AheadClock extends Clock {
    private final AtomicReference<Duration> ahead;

    AheadClock(AtomicReference<Duration> ahead) {
      this.ahead = ahead;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("instants only");
    }

    @Override
    public Instant instant() {
      return Clock.systemUTC().instant().plus(ahead.get());
    }
  }
}
