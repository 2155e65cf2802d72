package dev.keyhold.keystore.software;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.Purging;
import dev.keyhold.keystore.facet.Suspension;
import dev.keyhold.keystore.software.file.Tuning;
import dev.keyhold.keystore.software.ring.KeyRing;
import dev.keyhold.keystore.software.ring.LifecycleRules;
import dev.keyhold.keystore.software.ring.StoredKey;
import java.time.Duration;
import java.time.Instant;

/** Takes keys out of use, back into it, and to their end. Thread-safe. */
final class SoftwareLifecycle implements Suspension, Destruction, Purging {
  private final RingKeys keys;
  private final Tuning tuning;

  SoftwareLifecycle(RingKeys keys, Tuning tuning) {
    this.keys = keys;
    this.tuning = tuning;
  }

  @Override
  public KeyMetadata disable(String key) throws BackendException {
    return keys.edit(keys.find(key).id(), LifecycleRules::disabled);
  }

  @Override
  public KeyMetadata enable(String key) throws BackendException {
    return keys.edit(keys.find(key).id(), LifecycleRules::enabled);
  }

  @Override
  public KeyMetadata scheduleDestruction(String key, Duration wait) throws BackendException {
    Instant time = LifecycleRules.destruction(tuning.clock().instant(), wait);
    String id = keys.find(key).id();
    KeyRing after =
        keys.update(
            ring -> {
              Instant now = tuning.clock().instant();
              StoredKey before = keys.find(ring, id);
              LifecycleRules.checkClock(before, now, keys.lastChange());
              return ring.with(LifecycleRules.scheduled(before, time, now, ring.latestTime()));
            });
    return keys.metadata(keys.find(after, id));
  }

  @Override
  public KeyMetadata cancelDestruction(String key) throws BackendException {
    return keys.edit(keys.find(key).id(), LifecycleRules::saved);
  }

  @Override
  public void purge(String key, boolean clockIsRight) throws BackendException {
    String id = keys.find(key).id();
    keys.update(
        ring -> {
          LifecycleRules.checkDue(keys.find(ring, id), tuning.clock().instant(), clockIsRight);
          return ring.without(id);
        });
  }
}
