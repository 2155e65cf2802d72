package dev.keyhold.gate;

import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.PasswordProtection;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.facet.CertificateStore;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.KeyImport;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.PasswordProtected;
import dev.keyhold.keystore.facet.Purging;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.ScheduledRotation;
import dev.keyhold.keystore.facet.Suspension;
import dev.keyhold.observe.KeyOperation;
import dev.keyhold.platform.ProcessText;
import dev.keyhold.policy.KeyRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Creates, changes and destroys keys, and keeps their certificates. Each method passes the key gate
 * once.
 *
 * <p>Errors name the key, the backend and the operation. Thread-safe.
 */
public final class KeyAdministration {
  private final KeyRouter router;
  private final Access access;

  KeyAdministration(KeyRouter router, Access access) {
    this.router = router;
    this.access = access;
  }

  /** Makes a key. */
  public KeyMetadata create(KeyRef ref, KeySpec spec, Set<Purpose> purposes)
      throws BackendException {
    return create(ref, spec, purposes, Map.of());
  }

  /**
   * Makes a key with labels. Where the backend does not say whether it made the key, looks for it.
   *
   * @throws BackendException with {@link BackendException#isOutcomeUnknown} if it is not found
   */
  public KeyMetadata create(
      KeyRef ref, KeySpec spec, Set<Purpose> purposes, Map<String, String> labels)
      throws BackendException {
    requireWhole(ref.key());
    KeyRequest request = new KeyRequest(ref.key(), spec, purposes, labels);
    if (KekStrength.isLess(spec, purposes)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "a new key that wraps data keys has 256 bits, as they have: %s at backend %s would be the weaker of the two; leave the size away"
              .formatted(spec, ref.backend()));
    }
    Instant begun = Instant.now();
    try {
      return change(
          KeyOperation.CREATE, false, ref, (b, key) -> b.require(KeyMaking.class).create(request));
    } catch (BackendException e) {
      if (!e.isOutcomeUnknown() || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      return new UnknownCreation(router, access, ref, request, begun).find(e);
    }
  }

  /** Brings in key material, where the configuration allows it. */
  public KeyMetadata importKey(KeyRef ref, KeySpec spec, Set<Purpose> purposes, byte[] material)
      throws BackendException {
    if (!router.facts().importAllowed(ref.backend())) {
      throw new BackendException(
          Reason.DENIED,
          "backend %s takes no key that was made elsewhere; have it made there: by keyhold keys create,"
                  .formatted(ref.backend())
              + " or by keytool with a line generate = %s in the configuration and Keyhold at position 1 (keyhold java-security)."
                  .formatted(ref.backend())
              + " To bring in a key of your own, set backend.%s.import = allow"
                  .formatted(ref.backend()));
    }
    requireWhole(ref.key());
    KeyRequest request = new KeyRequest(ref.key(), spec, purposes);
    return change(
        KeyOperation.IMPORT,
        false,
        ref,
        (b, key) -> b.require(KeyImport.class).importKey(request, material));
  }

  /** Makes a new version of a key. */
  public KeyMetadata rotate(KeyRef ref) throws BackendException {
    return change(
        KeyOperation.ROTATE, false, ref, (b, key) -> b.require(Rotation.class).rotate(key));
  }

  /** Makes the backend rotate a key by itself; a period of zero stops that. */
  public KeyMetadata rotateEvery(KeyRef ref, Duration period) throws BackendException {
    return change(
        KeyOperation.SET_ROTATION,
        true,
        ref,
        (b, key) -> b.require(ScheduledRotation.class).rotateEvery(key, period));
  }

  /** Suspends a key. */
  public KeyMetadata disable(KeyRef ref) throws BackendException {
    return change(
        KeyOperation.DISABLE, true, ref, (b, key) -> b.require(Suspension.class).disable(key));
  }

  /** Takes a suspended key into use again. */
  public KeyMetadata enable(KeyRef ref) throws BackendException {
    return change(
        KeyOperation.ENABLE, true, ref, (b, key) -> b.require(Suspension.class).enable(key));
  }

  /** Schedules the destruction of a key after some time. */
  public KeyMetadata scheduleDestruction(KeyRef ref, Duration wait) throws BackendException {
    return change(
        KeyOperation.SCHEDULE_DESTRUCTION,
        false,
        ref,
        (b, key) -> b.require(Destruction.class).scheduleDestruction(key, wait));
  }

  /** Saves a key whose destruction is scheduled. */
  public KeyMetadata cancelDestruction(KeyRef ref) throws BackendException {
    return change(
        KeyOperation.CANCEL_DESTRUCTION,
        false,
        ref,
        (b, key) -> b.require(Destruction.class).cancelDestruction(key));
  }

  /** Destroys a key whose scheduled time has come, where the backend leaves that to a command. */
  public void purge(KeyRef ref, boolean clockIsRight) throws BackendException {
    change(
        KeyOperation.PURGE,
        false,
        ref,
        (b, key) -> {
          b.require(Purging.class).purge(key, clockIsRight);
          return null;
        });
  }

  /** Returns how a backend's password protects its keys at rest. */
  public Optional<PasswordProtection> passwordProtection(String backend) throws BackendException {
    return read(
        KeyOperation.READ_PROTECTION,
        new KeyRef(backend, KeyRouter.ALL),
        (b, key) -> {
          Optional<PasswordProtected> facet = b.facet(PasswordProtected.class);
          return facet.isPresent() ? facet.get().passwordProtection() : Optional.empty();
        });
  }

  /**
   * Makes a backend encrypt its keys at rest again; returns the place of a copy of the former
   * state.
   */
  public String protectAnew(String backend, Optional<char[]> newPassword) throws BackendException {
    return change(
        KeyOperation.PROTECT_ANEW,
        false,
        new KeyRef(backend, KeyRouter.ALL),
        (b, key) -> b.require(PasswordProtected.class).protectAnew(newPassword));
  }

  /** Gives a key another name at its backend. */
  public KeyMetadata rename(KeyRef ref, String newName) throws BackendException {
    requireWhole(newName);
    return change(
        KeyOperation.RENAME, false, ref, (b, key) -> b.require(Naming.class).rename(key, newName));
  }

  /** Takes the name off a key at its backend. */
  public KeyUri unname(KeyRef ref) throws BackendException {
    return change(KeyOperation.UNNAME, false, ref, (b, key) -> b.require(Naming.class).unname(key));
  }

  /** Returns the certificates that a backend keeps with a key, DER. */
  public List<byte[]> certificates(KeyRef ref) throws BackendException {
    return read(
        KeyOperation.READ_CERTIFICATES,
        ref,
        (b, key) -> {
          Optional<CertificateStore> facet = b.facet(CertificateStore.class);
          return facet.isPresent() ? facet.get().certificates(key) : List.of();
        });
  }

  /** Keeps certificates with a key at its backend. */
  public void keepCertificates(KeyRef ref, List<byte[]> chain) throws BackendException {
    change(
        KeyOperation.KEEP_CERTIFICATES,
        false,
        ref,
        (b, key) -> {
          b.require(CertificateStore.class).keepCertificates(key, chain);
          return null;
        });
  }

  private <T> T read(KeyOperation operation, KeyRef ref, KeyCall.Asking<T> asking)
      throws BackendException {
    return router.pass(access, ref, new KeyCall.Read<>(operation, asking));
  }

  private <T> T change(
      KeyOperation operation, boolean repeatable, KeyRef ref, KeyCall.Asking<T> asking)
      throws BackendException {
    return router.pass(access, ref, new KeyCall.Change<>(operation, repeatable, asking));
  }

  /** Refuses a name that the locale damaged: other names would be the same one. */
  private static void requireWhole(String name) throws BackendException {
    if (ProcessText.isDamaged(name)) {
      throw new BackendException(
          Reason.MISCONFIGURED, "the name '" + name + "' of a key " + ProcessText.damage());
    }
  }
}
