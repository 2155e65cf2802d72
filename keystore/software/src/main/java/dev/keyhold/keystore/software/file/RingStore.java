package dev.keyhold.keystore.software.file;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.PasswordProtection;
import dev.keyhold.keystore.Residence;
import dev.keyhold.keystore.kit.Interrupts;
import dev.keyhold.keystore.software.engine.Engines;
import dev.keyhold.keystore.software.ring.KeyRing;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The ring of a key file: read once, kept in memory, read again when the file has changed, and
 * changed under the file's lock. Thread-safe; once read, the ring is available without a lock.
 */
public final class RingStore implements RingHolder {
  /** The longest time for which another process's change may go unnoticed, in nanoseconds. */
  public static final long CHECK_INTERVAL = TimeUnit.SECONDS.toNanos(1);

  private final KeyFile file;
  private final Passwords passwords;
  private final Tuning tuning;
  private final FileKey key;

  /** Guards all below but the volatile reads. Never held while the file is written. */
  private final ReentrantLock guard = new ReentrantLock();

  private volatile Snapshot snapshot;
  private volatile long checkedAt;

  /** Whether the last look at the file succeeded, and no new password waits to be tried. */
  private volatile boolean trusted;

  private volatile boolean closed;

  public RingStore(KeyFile file, Passwords passwords, Tuning tuning) {
    this.file = file;
    this.passwords = passwords;
    this.tuning = tuning;
    key = new FileKey(file, passwords, tuning);
  }

  /** A ring and the file it stands in; without a stamp, there is no file yet. */
  private record Snapshot(KeyRing ring, Optional<FileStamp> stamp, boolean settled) {}

  /** Returns the place where the file is, or would be. */
  @Override
  public Optional<Residence> residence() {
    return Optional.of(new Residence("file", file.path().toString()));
  }

  @Override
  public void unlock(char[] password) {
    guard.lock();
    try {
      if (!closed && passwords.offer(password)) {
        trusted = false;
      }
    } finally {
      guard.unlock();
    }
  }

  /** Returns the ring, at most {@link #CHECK_INTERVAL} behind the file. */
  @Override
  public KeyRing current() throws BackendException {
    ensureOpen();
    Snapshot known = snapshot;
    if (known == null || !trusted) {
      return fresh();
    }
    if (tuning.nanoTime().getAsLong() - checkedAt >= CHECK_INTERVAL && guard.tryLock()) {
      try {
        return refresh().ring();
      } finally {
        guard.unlock();
      }
    }
    return known.ring();
  }

  /** Returns the ring as it is in the file now. */
  @Override
  public KeyRing fresh() throws BackendException {
    enter();
    try {
      return refresh().ring();
    } finally {
      guard.unlock();
    }
  }

  @Override
  public Optional<Instant> lastChange() {
    Snapshot known = snapshot;
    return known == null
        ? Optional.empty()
        : known.stamp().map(stamp -> stamp.modified().toInstant());
  }

  @Override
  public String notFound(String key) {
    return Files.exists(file.path())
        ? "the key file has no key named %s: keyhold keys list shows its keys, also those whose name was taken off%s"
            .formatted(key, mayHaveHadName() ? "" : adviceToCreate(key))
        : "the key file %s does not exist. If it should, mend its path or restore a backup; only if this"
                .formatted(file.path())
            + " is to be the first key: keyhold keys create "
            + key;
  }

  private static String adviceToCreate(String key) {
    return "; only if nothing was ever protected with it: keyhold keys create " + key;
  }

  /**
   * Returns whether an existing key may be the one that is looked for: a new one would not open.
   */
  private boolean mayHaveHadName() {
    Snapshot known = snapshot;
    return known != null && known.ring().keys().stream().anyMatch(key -> key.name().isEmpty());
  }

  /**
   * Changes the ring and writes it, safely beside other threads and processes. The password is
   * never derived under the file's lock, for which others wait.
   */
  @Override
  public KeyRing update(Change change) throws BackendException {
    while (true) {
      ensureOpen();
      prepare();
      try (KeyFile.Held held = file.lock()) {
        Optional<Snapshot> reread = rereadPrepared();
        if (reread.isEmpty()) {
          continue; // the file was made, or got another password, meanwhile
        }
        Snapshot before = reread.get();
        KeyRing changed = change.apply(before.ring());
        if (changed == before.ring()) {
          return changed;
        }
        KeyRing after = changed.writtenAt(tuning.clock().instant());
        FileStamp stamp = held.replace(sealed(after, Optional.empty()), before.stamp());
        // not to be interrupted: the change is made
        guard.lock();
        try {
          ensureOpen();
          return install(after, Optional.of(stamp)).ring();
        } finally {
          guard.unlock();
        }
      }
    }
  }

  /** Derives the key that the next write needs, unless it is there. */
  private void prepare() throws BackendException {
    enter();
    try {
      Optional<KeyFile.Content> content = file.read();
      if (content.isPresent() && !key.opens(content.get())) {
        load(content);
      } else if (content.isEmpty()) {
        key.prepareNew();
      }
    } finally {
      guard.unlock();
    }
  }

  /** Returns the ring in the file; empty if it can't be read or written without deriving a key. */
  private Optional<Snapshot> rereadPrepared() throws BackendException {
    enter();
    try {
      trusted = false;
      Optional<KeyFile.Content> content = file.read();
      boolean prepared = content.isPresent() ? key.opens(content.get()) : key.isThere();
      return prepared ? Optional.of(load(content)) : Optional.empty();
    } finally {
      guard.unlock();
    }
  }

  /** Encrypts a ring; holds the guard, since closing destroys the ring. */
  private byte[] sealed(KeyRing ring, Optional<PasswordKey> by) throws BackendException {
    enter();
    try {
      return by.isPresent() ? key.seal(ring, by.get()) : key.seal(ring);
    } finally {
      guard.unlock();
    }
  }

  private void enter() throws BackendException {
    Interrupts.lock(guard, "the key file " + file);
    if (closed) {
      guard.unlock();
      throw Engines.closed();
    }
  }

  /** Reads the file if it has changed. The guard is held, as in all that follow. */
  private Snapshot refresh() throws BackendException {
    ensureOpen();
    Snapshot known = snapshot;
    if (known != null && trusted && known.settled() && known.stamp().equals(stampOrDistrust())) {
      checkedAt = tuning.nanoTime().getAsLong();
      return known;
    }
    trusted = false;
    return load(file.read());
  }

  private Optional<FileStamp> stampOrDistrust() throws BackendException {
    boolean done = false;
    try {
      Optional<FileStamp> stamp = file.stamp();
      done = true;
      return stamp;
    } finally {
      trusted = done;
    }
  }

  private Snapshot load(Optional<KeyFile.Content> content) throws BackendException {
    // until this has succeeded, no caller may use the ring in memory
    trusted = false;
    if (content.isEmpty()) {
      if (snapshot != null && snapshot.stamp().isPresent()) {
        throw new BackendException(
            Reason.UNAVAILABLE,
            "the key file " + file + " was there and is gone: put it back, or restore a backup");
      }
      return install(KeyRing.EMPTY, Optional.empty());
    }
    return install(key.open(content.get()), Optional.of(content.get().stamp()));
  }

  private Snapshot install(KeyRing ring, Optional<FileStamp> stamp) {
    KeyRing next = snapshot == null ? ring : ring.succeeding(snapshot.ring());
    boolean settled = stamp.isEmpty() || stamp.get().isSettledAt(tuning.clock().millis());
    Snapshot installed = new Snapshot(next, stamp, settled);
    snapshot = installed;
    checkedAt = tuning.nanoTime().getAsLong();
    trusted = true;
    return installed;
  }

  @Override
  public Optional<PasswordProtection> protection() throws BackendException {
    Optional<KeyFile.Content> content = file.read();
    if (content.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(key.protection(content.get()));
  }

  @Override
  public String protectAnew(Optional<char[]> newPassword) throws BackendException {
    fresh(); // which tries the present password
    PasswordKey next = key.next(newPassword);
    boolean done = false;
    try {
      while (true) {
        prepare();
        try (KeyFile.Held held = file.lock()) {
          Optional<Snapshot> before = rereadPrepared();
          if (before.isEmpty()) {
            continue; // it got another password meanwhile
          }
          FileStamp was =
              before
                  .get()
                  .stamp()
                  .orElseThrow(() -> file.misconfigured("does not exist: there is nothing to do"));
          String backup = held.backUp(tuning.clock().instant());
          KeyRing after = before.get().ring().writtenAt(tuning.clock().instant());
          byte[] content = sealed(after, Optional.of(next));
          FileStamp stamp = held.replace(content, Optional.of(was));
          guard.lock();
          try {
            ensureOpen();
            key.replace(next);
            done = true;
            install(after, Optional.of(stamp));
          } finally {
            guard.unlock();
          }
          return backup;
        }
      }
    } finally {
      if (!done) {
        next.destroy();
      }
    }
  }

  private void ensureOpen() throws BackendException {
    if (closed) {
      throw Engines.closed();
    }
  }

  /** Zeroes all keys and passwords. */
  @Override
  public void close() {
    closed = true;
    guard.lock();
    try {
      if (snapshot != null) {
        snapshot.ring().destroy();
      }
      key.destroy();
      passwords.destroy();
    } finally {
      guard.unlock();
    }
  }
}
