package dev.keyhold.gate;

import dev.keyhold.config.Configuration;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.facet.RandomSource;
import dev.keyhold.object.Combinator;
import dev.keyhold.object.DataKeyMode;
import dev.keyhold.observe.KeyOperation;
import dev.keyhold.observe.ObservedUse;
import dev.keyhold.observe.Observers;
import dev.keyhold.platform.Daemons;
import dev.keyhold.platform.ProcessText;
import dev.keyhold.policy.Declared;
import dev.keyhold.policy.EpochBounds;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Policy;
import dev.keyhold.policy.Shape;
import dev.keyhold.policy.Tenancy;
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
 * Routes an alias to its policy, its keys and their backends. Every call to a backend passes {@link
 * #pass(Access, KeyRef, KeyCall)}.
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
  private final Cleaner.Cleanable release;
  private volatile Configuration configuration;

  /** Routes as a configuration says; connects to nothing until a key is used. */
  public KeyRouter(Configuration configuration) {
    this(configuration, Observers.of());
  }

  /** Creates a router that tells observers of each use of a key, and closes them with itself. */
  public KeyRouter(Configuration configuration, Observers observers) {
    this.configuration = configuration;
    this.observers = observers;
    backends = new Backends(configuration, observers);
    facts = new BackendFacts(backends);
    release = Daemons.whenUnreachable(this, apart::shutdown, backends::close, observers::close);
  }

  /** Returns the observers of the uses of keys. */
  public Observers observers() {
    return observers;
  }

  /**
   * Switches to another configuration, which was read and checked. Operations in progress end with
   * the former one.
   *
   * @return the names of the backends that are new, gone, or have other options
   */
  public Set<String> reload(Configuration next) {
    Set<String> changed = backends.become(next); // first: the routes refer to them
    configuration = next;
    return changed;
  }

  /** Drops what two copies of this process must not both go on with, at all backends. */
  public void dropLocalState() {
    backends.dropLocalState();
  }

  /** Returns what is configured. */
  public Configuration configuration() {
    return configuration;
  }

  /** Returns what is known of the backends without asking them. */
  public BackendFacts facts() {
    return facts;
  }

  /**
   * Returns the access with which a caller asks about, or changes, the key of an alias.
   *
   * @param alias empty for what is about no alias, such as a list
   */
  public Access access(String alias, Declared caller) {
    return configuration
        .routes()
        .policy(alias)
        .map(policy -> policy.forRead(caller).access())
        .orElseGet(() -> configuration.declaration().complete(Access.of(alias), caller));
  }

  /**
   * Returns what makes and changes keys.
   *
   * @param access what the caller declares
   */
  public KeyAdministration administration(Access access) {
    return new KeyAdministration(this, access);
  }

  /** Returns the names of the configured backends, in the order of the configuration. */
  public Set<String> backends() {
    return backends.names();
  }

  /** Returns what the configuration says of an alias. */
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
   * Returns what the configuration says of an alias whose key is known by its URI. The policy says
   * where; the URI says which.
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

  /** Returns a name for a key that was made without one. */
  public static String unnamed(String suffix) {
    return UNNAMED + suffix;
  }

  /** Returns whether this is a name that {@link #unnamed} made: no alias that a user gave. */
  public static boolean isUnnamed(String alias) {
    return alias.startsWith(UNNAMED);
  }

  private Policy unnamed(String alias, String backend) {
    List<KeyRef> keys = List.of(new KeyRef(backend, alias));
    return new Policy(
        Access.of(alias),
        new Shape(DataKeyMode.PER_OBJECT, Combinator.SINGLE, keys),
        1,
        List.of(),
        EpochBounds.DEFAULT,
        Tenancy.OPTIONAL,
        configuration.declaration());
  }

  /** Returns whether any pattern of the configuration matches an alias. */
  public boolean isRouted(String alias) {
    return configuration.routes().policy(alias).isPresent();
  }

  /** Aliases that the configuration names one by one. */
  public List<String> exactAliases() {
    return configuration.exactAliases();
  }

  /**
   * Returns the line of the configuration that names a key, or lists it beside others, by its name;
   * empty if none does, or only that of the alias that is the key's name.
   */
  public Optional<String> lineNaming(KeyRef ref) {
    return configuration.routes().lineNaming(ref);
  }

  /** Returns the PEM file of an alias's certificates, where the configuration names one. */
  public Optional<Path> certificateFile(String alias) {
    return configuration.routes().certificates(alias);
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

  /** Returns all keys of a backend. */
  public List<KeyMetadata> list(Access access, String backend) throws BackendException {
    return pass(access, new KeyRef(backend, ALL), KeyCall.Read.LIST);
  }

  /** Reads one key. */
  public KeyMetadata describe(Access access, KeyRef ref) throws BackendException {
    return pass(access, ref, KeyCall.Read.DESCRIBE);
  }

  /** Returns what headers name a key by; asks the backend only if that is not known without I/O. */
  public String identity(Access access, KeyRef ref) throws BackendException {
    Optional<String> known = backends.get(ref.backend()).backend().knownIdentity(ref.key());
    return known.isPresent() ? known.get() : pass(access, ref, KeyCall.Read.IDENTIFY);
  }

  /** Returns the mechanism that a key wraps by now; empty if its backend does not tell. */
  public Optional<WrapMechanism> mechanism(Access access, KeyRef ref) throws BackendException {
    return pass(access, ref, KeyCall.Read.MECHANISM);
  }

  /** Returns the public half of a key pair, as X.509 SubjectPublicKeyInfo. */
  public byte[] publicKey(Access access, KeyRef ref) throws BackendException {
    return pass(access, ref, KeyCall.Read.PUBLIC_KEY);
  }

  /** Returns random bytes of a backend. */
  public byte[] random(Access access, String backend, int length) throws BackendException {
    return pass(
        access,
        new KeyRef(backend, ALL),
        new KeyCall.Read<>(
            KeyOperation.RANDOM, (b, key) -> b.require(RandomSource.class).random(length)));
  }

  /** Uses the one key of an alias: see {@link #pass(Access, KeyRef, KeyCall)}. */
  public <T> T pass(Policy policy, KeyCall<T> call) throws BackendException {
    return pass(policy.access(), policy.soleKey(), call);
  }

  /**
   * Makes a call to a backend. This is the key gate: every call passes it exactly once. It applies
   * deadline, retries, breaker, rate and observation, and whatever refuses or records uses of keys.
   *
   * @param access for what the key is used
   * @param ref which key; {@link #ALL} for a call that is about none
   * @return the backend's answer
   * @throws BackendException names the operation, the key and the backend
   */
  public <T> T pass(Access access, KeyRef ref, KeyCall<T> call) throws BackendException {
    try {
      BackendCalls calls = backends.get(ref.backend());
      return observers.use(
          observedUse(access, call.operation(), ref, calls),
          watch -> {
            BackendCalls.Use use = calls.use(watch);
            BackendCalls.Call<T> once = backend -> call.on(backend.forAccess(access), ref.key());
            return call.isRepeatable() ? use.repeatable(once) : use.once(once);
          });
    } catch (BackendException e) {
      throw e.at(
          "%s at backend %s (%s)"
              .formatted(
                  isAbsent(call, e)
                      ? "no key named " + ref.key()
                      : call.operation().words(call.detail()) + words(access, ref),
                  ref.backend(),
                  facts.type(ref.backend())));
    } finally {
      Reference.reachabilityFence(this); // else its backends could be closed during the call
    }
  }

  /** Returns whether it was asked whether there is a key, and there is none. */
  private static boolean isAbsent(KeyCall<?> call, BackendException answer) {
    return call.operation() == KeyOperation.DESCRIBE && answer.reason() == Reason.NOT_FOUND;
  }

  /** Returns a key by its name at the backend, and the alias that names it if that is another. */
  private String words(Access access, KeyRef ref) {
    if (ref.key().equals(ALL)) {
      return "";
    }
    String alias = access.alias();
    if (!alias.isEmpty() && !isUnnamed(alias)) {
      return " with key " + ref.key() + (alias.equals(ref.key()) ? "" : " of alias " + alias);
    }
    String line =
        exactAliases().contains(ref.key())
            ? ""
            : lineNaming(ref).map(" (which %s names)"::formatted).orElse("");
    return " with key " + ref.key() + line;
  }

  private ObservedUse observedUse(
      Access access, KeyOperation operation, KeyRef ref, BackendCalls calls) {
    String key = ref.key().equals(ALL) ? "" : ref.key();
    return new ObservedUse(
        ref.backend(),
        facts.type(ref.backend()),
        calls.backend().isRemote(),
        operation,
        key,
        access);
  }

  /**
   * Runs uses of keys on another thread, so that the caller need not wait for their end; on the
   * caller's thread if there are too many already. Observers see them as the caller's.
   */
  public void runApart(Runnable uses) {
    Runnable carried = observers.carried(uses);
    try {
      apart.execute(carried);
    } catch (RejectedExecutionException e) {
      carried.run();
    }
  }

  /** Closes all backends, and stops using the observers. */
  @Override
  public void close() {
    release.clean();
  }
}
