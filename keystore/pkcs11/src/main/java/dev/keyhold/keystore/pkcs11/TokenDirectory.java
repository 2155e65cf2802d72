package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.kit.Interrupts;
import dev.keyhold.keystore.pkcs11.token.Token;
import dev.keyhold.keystore.pkcs11.token.TokenConnection;
import dev.keyhold.keystore.pkcs11.token.TokenObject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The keys of the token by their names. They are cached for 10 seconds, after which a rotation by
 * another process is visible. If a key is not found in the cache, the token is read again
 * immediately. Thread-safe.
 */
final class TokenDirectory {
  static final Duration MAX_AGE = Duration.ofSeconds(10);

  private static final Logger LOG = System.getLogger(TokenDirectory.class.getPackageName());

  private final TokenConnection connection;
  private final Clock clock;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile Snapshot snapshot;

  TokenDirectory(TokenConnection connection, Clock clock) {
    this.connection = connection;
    this.clock = clock;
  }

  /** Returns all keys, read anew, in the order of their names. */
  Collection<KeyFamily> all() throws BackendException {
    return read().families().values();
  }

  /** Returns a key, read anew. */
  Optional<KeyFamily> fresh(String name) throws BackendException {
    return Optional.ofNullable(read().families().get(name));
  }

  /** Returns a key, as it was up to 10 seconds ago; read anew if it was not there. */
  Optional<KeyFamily> recent(String name) throws BackendException {
    KeyFamily family = recentSnapshot().families().get(name);
    return family != null ? Optional.of(family) : fresh(name);
  }

  private Snapshot recentSnapshot() throws BackendException {
    Token token = connection.token();
    Snapshot known = snapshot;
    if (known == null || known.token() != token) {
      return read();
    }
    Duration age = Duration.between(known.readAt(), clock.instant());
    boolean old = age.isNegative() || age.compareTo(MAX_AGE) > 0; // negative: it was set back
    // one thread reads; the others use the cached keys
    if (!old || !reading.tryLock()) {
      return known;
    }
    try {
      return readLocked();
    } catch (BackendException e) {
      // the cached keys may still work: if not, their use fails
      LOG.log(Level.WARNING, "could not look for new versions in the token: {0}", e.getMessage());
      snapshot = new Snapshot(known.token(), clock.instant(), known.families());
      return known;
    } finally {
      reading.unlock();
    }
  }

  private Snapshot read() throws BackendException {
    Interrupts.lock(reading, "the token");
    try {
      return readLocked();
    } finally {
      reading.unlock();
    }
  }

  private Snapshot readLocked() throws BackendException {
    Token token = connection.token();
    Instant now = clock.instant();
    Snapshot read = new Snapshot(token, now, group(token.objects()));
    snapshot = read;
    return read;
  }

  private static Map<String, KeyFamily> group(List<TokenObject> objects) {
    Map<String, List<KeyObject>> versions = new TreeMap<>();
    for (TokenObject object : objects) {
      KeyObject.of(object)
          .ifPresent(
              key -> versions.computeIfAbsent(key.label().name(), n -> new ArrayList<>()).add(key));
    }
    Map<String, KeyFamily> families = new TreeMap<>();
    versions.forEach(
        (name, keys) -> {
          keys.sort(Comparator.comparingInt(key -> key.label().version()));
          families.put(name, new KeyFamily(name, keys));
        });
    return families;
  }

  /** The result of one reading. */
  private record Snapshot(Token token, Instant readAt, Map<String, KeyFamily> families) {}
}
