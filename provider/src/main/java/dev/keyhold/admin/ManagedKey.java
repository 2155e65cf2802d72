package dev.keyhold.admin;

import dev.keyhold.gate.KekStrength;
import dev.keyhold.gate.KeyAdministration;
import dev.keyhold.gate.KeyCall;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.jca.key.Callers;
import dev.keyhold.jca.key.SignatureNames;
import dev.keyhold.jca.keystore.BackendKeys;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.Residence;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapMechanism;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One key at its backend, which may not exist yet: creates, describes, changes and destroys it.
 * Errors name the key, the backend and the operation. Thread-safe.
 */
public final class ManagedKey {
  private final KeyRouter router;
  private final KeyAddress address;
  private final String alias;

  /**
   * Creates a view of the key at an address.
   *
   * @param alias by which it was asked for; empty if by none
   */
  ManagedKey(KeyRouter router, KeyAddress address, String alias) {
    this.router = router;
    this.address = address;
    this.alias = alias;
  }

  /** Returns its address. */
  public KeyAddress address() {
    return address;
  }

  private KeyAdministration administration() {
    return router.administration(access());
  }

  /** Returns what the calling thread declares. */
  private Access access() {
    return Callers.access(router, alias);
  }

  /** Returns what its backend tells of it now. */
  public KeyMetadata describe() throws BackendException {
    return router.describe(access(), address.ref());
  }

  /** Returns whether its backend has it, and shows it. */
  public boolean isShown() {
    try {
      describe();
      return true;
    } catch (BackendException e) {
      return false;
    }
  }

  /** Returns what headers name it by. */
  public String identity() throws BackendException {
    return router.identity(access(), address.ref());
  }

  /** Returns the mechanism that it wraps by now; empty if its backend does not tell. */
  public Optional<WrapMechanism> mechanism() throws BackendException {
    return router.mechanism(access(), address.ref());
  }

  /** Returns the place where it is kept, as far as that is known without a call to its backend. */
  public Optional<Residence> residence() {
    return router.facts().residence(address.ref());
  }

  /** Returns the public half of a key pair, X.509 SubjectPublicKeyInfo. */
  public byte[] publicKey() throws BackendException {
    return router.publicKey(access(), address.ref());
  }

  /**
   * Signs with it.
   *
   * @param input the digest of the message, or the message where the algorithm has no digest
   */
  public byte[] sign(SignatureAlgorithm algorithm, byte[] input) throws BackendException {
    return router.pass(access(), address.ref(), new KeyCall.Sign(algorithm, input));
  }

  /** Returns the certificates that its backend keeps with it, DER, its own first. */
  public List<byte[]> certificates() throws BackendException {
    return administration().certificates(address.ref());
  }

  /** Creates it. */
  public KeyMetadata create(KeySpec spec, Purpose purpose, Map<String, String> labels)
      throws BackendException {
    return administration().create(address.ref(), spec, Set.of(purpose), labels);
  }

  /** Creates a new version, which protects all new data. */
  public KeyMetadata rotate() throws BackendException {
    return administration().rotate(address.ref());
  }

  /** Makes its backend rotate it in each period; zero stops that. */
  public KeyMetadata rotateEvery(Duration period) throws BackendException {
    return administration().rotateEvery(address.ref(), period);
  }

  /** Suspends it. */
  public KeyMetadata disable() throws BackendException {
    return administration().disable(address.ref());
  }

  /** Ends a suspension. */
  public KeyMetadata enable() throws BackendException {
    return administration().enable(address.ref());
  }

  /** Schedules its destruction after some time. */
  public KeyMetadata scheduleDestruction(Duration wait) throws BackendException {
    return administration().scheduleDestruction(address.ref(), wait);
  }

  /** Cancels a destruction whose time has not come. */
  public KeyMetadata cancelDestruction() throws BackendException {
    return administration().cancelDestruction(address.ref());
  }

  /**
   * Destroys it if its scheduled time has come, where the backend leaves that to a command.
   *
   * @param clockIsRight whether the caller confirms that this host's clock is right
   */
  public void purge(boolean clockIsRight) throws BackendException {
    administration().purge(address.ref(), clockIsRight);
  }

  /** Gives it another name at its backend. */
  public KeyMetadata rename(String newName) throws BackendException {
    return administration().rename(address.ref(), newName);
  }

  /** Returns what to say of a key that is weaker than the data keys that it wraps. */
  public static Optional<String> weakness(KeyAddress address, KeyMetadata key) {
    return KekStrength.isLess(key.spec(), key.purposes())
        ? Optional.of(KekStrength.words(address.ref(), key.spec()))
        : Optional.empty();
  }

  /** Returns whether a key has a name that a user gave it. */
  public static boolean hasName(KeyMetadata key) {
    return BackendKeys.hasName(key);
  }

  /** Returns the names of the JCA for the ways in which a key signs. */
  public static List<String> signatures(KeyMetadata key) {
    return SignatureNames.served(key.attributes().signatures());
  }
}
