package dev.keyhold.routing;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.KeyWrap;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.observe.KeyOperation;
import dev.keyhold.observe.KeyUse;
import dev.keyhold.observe.Observers;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * From an alias to its policy, its keys and their backends. Every use of a key passes {@code call}
 * exactly once: what is to hold for all of them hangs there.
 *
 * <p>Errors name the key, the backend and the operation. Thread-safe.
 */
public final class KeyRouter implements AutoCloseable {
  static final String ALL = "*";
  private static final String UNNAMED = "keyhold-unnamed-";

  private static final int APART = 256;
  private static final Duration IDLE = Duration.ofSeconds(30);

  private final Observers observers;
  private final ThreadPoolExecutor apart =
      Daemons.pool("keyhold-apart", APART, IDLE, new SynchronousQueue<>());
  private final Backends backends;
  private final BackendFacts facts;
  private final KeyAdministration administration;
  private final Cleaner.Cleanable release;
  private volatile Configuration configuration;

  /** Routes as a configuration says; connects to nothing until a key is used. */
  public KeyRouter(Configuration configuration) {
    this(configuration, Observers.of());
  }

  /** The same, and tells of each use of a key. The observers are closed with it. */
  public KeyRouter(Configuration configuration, Observers observers) {
    this.configuration = configuration;
    this.observers = observers;
    backends = new Backends(configuration, observers);
    facts = new BackendFacts(backends);
    administration = new KeyAdministration(this);
    release = Daemons.whenUnreachable(this, apart::shutdown, backends::close, observers::close);
  }

  /** Who is told of what is done with keys. */
  public Observers observers() {
    return observers;
  }

  /**
   * Goes over to another configuration, which was read and checked. What is under way ends as it
   * was begun.
   *
   * @return the names of the backends that are new, gone, or have other options
   */
  public Set<String> reload(Configuration next) {
    Set<String> changed = backends.become(next); // first: the routes lead to them
    configuration = next;
    return changed;
  }

  /** Drops what two copies of this process must not both go on with, at all backends. */
  public void dropLocalState() {
    backends.dropLocalState();
  }

  /** What is configured. */
  public Configuration configuration() {
    return configuration;
  }

  /** What is known of the backends without asking them. */
  public BackendFacts facts() {
    return facts;
  }

  /** What makes and changes keys. */
  public KeyAdministration administration() {
    return administration;
  }

  /** The names of the configured backends, in the order of the configuration. */
  public Set<String> backends() {
    return backends.names();
  }

  /** What the configuration says of an alias. */
  public Policy policy(String alias) throws BackendException {
    return configuration
        .routes()
        .policy(alias)
        .orElseThrow(
            () ->
                new BackendException(
                    Reason.MISCONFIGURED,
                    "no key.<pattern> in %s matches the alias '%s'; add key.%s = <backend>"
                        .formatted(configuration.path(), alias, alias)));
  }

  /**
   * What the configuration says of an alias whose key is known by its URI. The policy says where;
   * the URI says which.
   */
  public Policy policy(String alias, KeyUri uri) throws BackendException {
    if (isUnnamed(alias) && configuration.generate().isPresent()) {
      return unnamed(alias, configuration.generate().get());
    }
    Policy policy = policy(alias);
    if (policy.protectWith().combinator() != Combinator.SINGLE) {
      return policy;
    }
    KeyRef routed = policy.soleKey();
    String key =
        facts
            .nameOf(routed.backend(), uri)
            .orElseThrow(
                () ->
                    new BackendException(
                        Reason.MISCONFIGURED,
                        "the key %s is not at backend %s, where the configuration routes '%s'"
                            .formatted(uri, routed.backend(), alias)));
    boolean explicit = !routed.key().equals(alias);
    boolean version = key.startsWith(routed.key() + "/");
    return explicit && !version ? policy : policy.withSoleKey(new KeyRef(routed.backend(), key));
  }

  /** A name for a key that was made without one. */
  public static String unnamed(String suffix) {
    return UNNAMED + suffix;
  }

  /** Whether this is a name that {@link #unnamed} made: no alias that a user gave. */
  public static boolean isUnnamed(String alias) {
    return alias.startsWith(UNNAMED);
  }

  private static Policy unnamed(String alias, String backend) {
    List<KeyRef> keys = List.of(new KeyRef(backend, alias));
    return new Policy(
        alias,
        alias,
        new Shape(DataKeys.PER_OBJECT, Combinator.SINGLE, keys),
        List.of(),
        EpochBounds.DEFAULT,
        Tenancy.OPTIONAL,
        Optional.empty());
  }

  /** Whether any pattern of the configuration matches an alias. */
  public boolean isRouted(String alias) {
    return configuration.routes().policy(alias).isPresent();
  }

  /** Aliases that the configuration names one by one. */
  public List<String> exactAliases() {
    return configuration.exactAliases();
  }

  /**
   * The line of the configuration that names a key, or lists it beside others, by its name; empty
   * if none does, or only that of the alias that is the key's name.
   */
  public Optional<String> lineNaming(KeyRef ref) {
    return configuration.routes().lineNaming(ref);
  }

  /** The PEM file of an alias's certificates, where the configuration names one. */
  public Optional<Path> certificateFile(String alias) {
    return configuration.routes().certificates(alias);
  }

  /** For how many keys of a policy an object must be written; all, unless it says otherwise. */
  public int writeQuorum(Policy policy) {
    int keys = policy.protectWith().keys().size();
    return policy.protectWith().combinator() == Combinator.ANY_OF
        ? Math.min(keys, configuration.routes().writeQuorum(policy.alias()).orElse(keys))
        : keys;
  }

  /** Aliases and patterns whose keys are of no use while only some backends are up. */
  public List<String> outOfReach(Set<String> up) {
    return configuration.routes().outOfReach(up);
  }

  /** Hands a password to every backend whose own is not configured. */
  public void unlock(char[] secret) throws BackendException {
    for (String backend : backends.names()) {
      unlock(backend, secret);
    }
  }

  /**
   * Hands a password to a backend; it is ignored where one is configured.
   *
   * @throws BackendException with MISCONFIGURED for a password that the locale damaged
   */
  public void unlock(String backend, char[] secret) throws BackendException {
    if (facts.lacksSecret(backend) && ProcessText.isDamaged(secret)) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "the password given for backend " + backend + " " + ProcessText.damage());
    }
    try {
      backends.get(backend).backend().unlock(secret);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** All keys of a backend. */
  public List<KeyMetadata> list(String backend) throws BackendException {
    return call(
        KeyOperation.LIST, new KeyRef(backend, ALL), calls -> calls.repeatable(Backend::list));
  }

  /** One key, freshly read. */
  public KeyMetadata describe(KeyRef ref) throws BackendException {
    return call(KeyOperation.DESCRIBE, ref, calls -> calls.repeatable(b -> b.describe(ref.key())));
  }

  /** What headers name a key by; asks the backend only if it does not know by heart. */
  public String identity(KeyRef ref) throws BackendException {
    Optional<String> known = backends.get(ref.backend()).backend().knownIdentity(ref.key());
    if (known.isPresent()) {
      return known.get();
    }
    return call(KeyOperation.IDENTIFY, ref, calls -> calls.repeatable(b -> b.identity(ref.key())));
  }

  /** Returns the mechanism that a key wraps by now; empty if its backend does not tell. */
  public Optional<WrapMechanism> mechanism(KeyRef ref) throws BackendException {
    return call(KeyOperation.DESCRIBE, ref, calls -> calls.repeatable(b -> b.mechanism(ref.key())));
  }

  /** Wraps a data key. */
  public WrappedKey wrap(KeyRef ref, WrapContext context, byte[] dataKey) throws BackendException {
    return call(
        KeyOperation.WRAP,
        ref,
        calls -> calls.repeatable(b -> b.wrap(ref.key(), context, dataKey)));
  }

  /** Unwraps a data key. */
  public byte[] unwrap(KeyRef ref, WrappedKey wrapped, WrapContext context)
      throws BackendException {
    return call(
        KeyOperation.UNWRAP,
        ref,
        calls -> calls.repeatable(b -> b.unwrap(ref.key(), wrapped, context)));
  }

  /** Wraps a key of somebody else's. */
  public byte[] wrapKey(KeyRef ref, KeyWrap way, byte[] plain) throws BackendException {
    return call(
        KeyOperation.WRAP_KEY,
        way,
        ref,
        calls -> calls.repeatable(b -> b.wrapKey(ref.key(), way, plain)));
  }

  /** Unwraps a key of somebody else's. */
  public byte[] unwrapKey(KeyRef ref, KeyWrap way, byte[] wrapped) throws BackendException {
    return call(
        KeyOperation.UNWRAP_KEY,
        way,
        ref,
        calls -> calls.repeatable(b -> b.unwrapKey(ref.key(), way, wrapped)));
  }

  /** Computes a MAC. */
  public byte[] mac(KeyRef ref, String algorithm, byte[] message) throws BackendException {
    return call(
        KeyOperation.MAC,
        algorithm,
        ref,
        calls -> calls.repeatable(b -> b.mac(ref.key(), algorithm, message)));
  }

  /** The public half of a key pair, as X.509 SubjectPublicKeyInfo. */
  public byte[] publicKey(KeyRef ref) throws BackendException {
    return call(
        KeyOperation.READ_PUBLIC_KEY, ref, calls -> calls.repeatable(b -> b.publicKey(ref.key())));
  }

  /** Signs. */
  public byte[] sign(KeyRef ref, SignatureAlgorithm algorithm, byte[] input)
      throws BackendException {
    return call(
        KeyOperation.SIGN,
        algorithm,
        ref,
        calls -> calls.repeatable(b -> b.sign(ref.key(), algorithm, input)));
  }

  /** Decrypts with a private key. */
  public byte[] decrypt(KeyRef ref, RsaPadding padding, byte[] label, byte[] ciphertext)
      throws BackendException {
    return call(
        KeyOperation.DECRYPT,
        padding,
        ref,
        calls -> calls.repeatable(b -> b.decrypt(ref.key(), padding, label, ciphertext)));
  }

  /** Agrees on a secret with the holder of another key. */
  public byte[] agree(KeyRef ref, byte[] peer) throws BackendException {
    return call(KeyOperation.AGREE, ref, calls -> calls.repeatable(b -> b.agree(ref.key(), peer)));
  }

  /** Opens what was encapsulated to a key. */
  public byte[] decapsulate(KeyRef ref, byte[] encapsulation) throws BackendException {
    return call(
        KeyOperation.DECAPSULATE,
        ref,
        calls -> calls.repeatable(b -> b.decapsulate(ref.key(), encapsulation)));
  }

  /** Random bytes of a backend. */
  public byte[] random(String backend, int length) throws BackendException {
    return call(
        KeyOperation.RANDOM,
        new KeyRef(backend, ALL),
        calls -> calls.repeatable(b -> b.random(length)));
  }

  /** What a use does with its backend. */
  @FunctionalInterface
  interface Work<T> {
    T run(BackendCalls.Use calls) throws BackendException;
  }

  /** The choke point, for an operation without details. */
  <T> T call(KeyOperation operation, KeyRef ref, Work<T> work) throws BackendException {
    return call(operation, "", ref, work);
  }

  /**
   * The choke point.
   *
   * @param detail for errors: see {@link KeyOperation#words}
   */
  <T> T call(KeyOperation operation, Object detail, KeyRef ref, Work<T> work)
      throws BackendException {
    try {
      BackendCalls calls = backends.get(ref.backend());
      return observers.use(keyUse(operation, ref, calls), watch -> work.run(calls.use(watch)));
    } catch (BackendException e) {
      throw e.at(
          "%s%s at backend %s (%s)"
              .formatted(
                  operation.words(detail), words(ref), ref.backend(), facts.type(ref.backend())));
    } finally {
      Reference.reachabilityFence(this); // else its backends could be closed during the call
    }
  }

  /** A key by its name at the backend, and the alias that names it if that is another. */
  private String words(KeyRef ref) {
    if (ref.key().equals(ALL)) {
      return "";
    }
    String alias =
        exactAliases().contains(ref.key())
            ? ""
            : lineNaming(ref).map(" (which %s names)"::formatted).orElse("");
    return " with key " + ref.key() + alias;
  }

  private KeyUse keyUse(KeyOperation operation, KeyRef ref, BackendCalls calls) {
    String key = ref.key().equals(ALL) ? "" : ref.key();
    return new KeyUse(
        ref.backend(), facts.type(ref.backend()), calls.backend().isRemote(), operation, key);
  }

  /**
   * Runs uses of keys on another thread, so that the caller need not wait for their end; on the
   * caller's own where there are too many already. What observes them sees them as the caller's.
   */
  public void runApart(Runnable uses) {
    Runnable carried = observers.carried(uses);
    try {
      apart.execute(carried);
    } catch (RejectedExecutionException e) {
      carried.run();
    }
  }

  /** Closes all backends, and lets go of the observers. */
  @Override
  public void close() {
    release.clean();
  }
}
