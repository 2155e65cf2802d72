package dev.keyhold.instance;

import dev.keyhold.Health;
import dev.keyhold.config.Configuration;
import dev.keyhold.envelope.Envelope;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.keystore.HmacDerive;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.observe.Observers;
import dev.keyhold.platform.Daemons;
import dev.keyhold.platform.FileNames;
import dev.keyhold.platform.ProcessText;
import dev.keyhold.policy.Declared;
import java.nio.file.InvalidPathException;
import java.security.Provider;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * All that one provider instance owns: its configuration, the router with its backends, the
 * engines. Nothing is read or made before it is needed. Thread-safe.
 */
public final class ProviderInstance implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.keyhold");

  /** The environment variable that names the configuration. */
  private static final String CONFIG = "KEYHOLD_CONFIG";

  private record Opened(KeyRouter router, Envelope envelope) {}

  private final HealthCheck health = new HealthCheck(System::nanoTime);
  private final AtomicBoolean warned = new AtomicBoolean();

  /** The name of the provider; fixed when this is configured. */
  private volatile String providerName = KeyholdProviders.NAME;

  private volatile Opened opened;

  /** Null where the command line uses this without a provider. */
  private volatile Provider provider;

  /** The place where the configuration is, or was looked for; null before. */
  private volatile String path;

  /** Null unless the configuration asks for it. */
  private ConfigurationWatch watch;

  /**
   * The object that a checkpoint of this process calls; held here, since its context holds it
   * weakly.
   */
  @SuppressWarnings("UnusedVariable")
  private Object checkpoints;

  private ConfigurationException error;
  private volatile boolean closed;

  /**
   * Reads a configuration now. An error in it is logged once and thrown by every later use: the JDK
   * silently ignores a provider that throws while it is configured.
   *
   * @param argument a path, or {@code name=NAME PATH}
   * @return false if a configuration had been read, or sought, before
   */
  public synchronized boolean configure(String argument) {
    if (opened != null || error != null || closed) {
      return false;
    }
    ProviderArgument parsed = ProviderArgument.parse(argument);
    providerName = parsed.providerName();
    if (parsed.fault() == null) {
      read(parsed.path());
    } else {
      path = parsed.path();
      error = new ConfigurationException(parsed.fault());
    }
    if (error != null) {
      LOG.log(System.Logger.Level.ERROR, "Keyhold is not usable: {0}", error.getMessage());
    }
    return true;
  }

  public void ownedBy(Provider owner) {
    provider = owner;
  }

  /** Returns the provider that this is of; null if it is of none. */
  public Provider provider() {
    return provider;
  }

  /** Returns the name of the provider that this is of. */
  public String providerName() {
    return providerName;
  }

  /** Returns the path where the configuration is, or was looked for; null before. */
  public String path() {
    return path;
  }

  boolean isClosed() {
    return closed;
  }

  /** Returns whether the warning of {@link KeyholdProviders#warnOfOthers} was given. */
  boolean wasWarned() {
    return warned.get();
  }

  /** Returns whether it is given now. */
  boolean markWarned() {
    return warned.compareAndSet(false, true);
  }

  /**
   * Returns the router of the configured backends.
   *
   * @throws BackendException with MISCONFIGURED if there is no configuration, or it is not usable
   */
  public KeyRouter router() throws BackendException {
    return opened().router();
  }

  /**
   * Returns the envelope encryption with the configured keys.
   *
   * @throws BackendException as {@link #router}
   */
  public Envelope envelope() throws BackendException {
    return opened().envelope();
  }

  /**
   * Returns what was configured; known even after {@link #close}.
   *
   * @throws BackendException with MISCONFIGURED as {@link #router}
   */
  public Configuration configuration() throws BackendException {
    Opened current = opened;
    return (current != null ? current : open()).router().configuration();
  }

  /** Returns whether no configuration is given, so that nothing but local work can be asked for. */
  public synchronized boolean isUnconfigured() {
    return opened == null && error == null && defaultPath() == null;
  }

  private Opened opened() throws BackendException {
    Opened current = opened;
    return current != null && !closed ? current : open();
  }

  private synchronized Opened open() throws BackendException {
    if (closed) {
      throw new BackendException(Reason.UNAVAILABLE, "this Keyhold provider is closed");
    }
    if (opened == null && error == null) {
      String path = defaultPath();
      if (path == null) {
        throw new BackendException(
            Reason.MISCONFIGURED,
            "Keyhold has no configuration. Name a properties file in the java.security line, by"
                + " KeyholdProvider.configure(path), -Dkeyhold.config=path or KEYHOLD_CONFIG");
      }
      read(path);
    }
    if (error != null) {
      throw new BackendException(Reason.MISCONFIGURED, error.getMessage(), error);
    }
    return opened;
  }

  private static String defaultPath() {
    return ProcessText.ofThisProcess()
        .property("keyhold.config")
        .or(() -> Optional.ofNullable(ProcessText.ofThisProcess().environment().get(CONFIG)))
        .filter(path -> !path.isBlank())
        .orElse(null);
  }

  /**
   * Reads the configuration again, and uses it if it is valid; else nothing changes.
   *
   * @throws ConfigurationException with what is wrong with it, or can't be changed without a
   *     restart
   */
  public synchronized void reload() {
    if (closed) {
      throw new ConfigurationException("this Keyhold provider is closed");
    }
    if (opened == null) {
      reopen();
      return;
    }
    KeyRouter router = opened.router();
    Configuration next = parse(path);
    router.configuration().requireReloadable(next);
    Set<String> changed = router.reload(next);
    if (!changed.isEmpty()) {
      opened.envelope().forget();
    }
    LOG.log(
        System.Logger.Level.INFO,
        "{0} was read again; {1}",
        next.path(),
        changed.isEmpty()
            ? "all backends are what they were"
            : "backends that changed: " + String.join(", ", new TreeSet<>(changed)));
  }

  /** Opens the configuration again after an error, or before the first use. */
  private void reopen() {
    String from = path == null ? defaultPath() : path;
    if (from == null) {
      throw new ConfigurationException("Keyhold has no configuration to read");
    }
    error = null;
    read(from);
    if (error != null) {
      throw error;
    }
  }

  private void read(String from) {
    path = from;
    try {
      KeyRouter router = new KeyRouter(parse(from), Observers.ofThisJvm());
      opened = new Opened(router, new Envelope(router));
      checkpoints = Checkpoints.register(this::dropLocalState);
      Configuration configuration = router.configuration();
      if (!configuration.serviceLinks().isEmpty()) {
        LOG.log(
            System.Logger.Level.INFO,
            "ignored environment variables that Kubernetes sets for a service: {0}; enableServiceLinks:"
                + " false keeps them out of a pod",
            String.join(", ", configuration.serviceLinks()));
      }
      watch =
          configuration
              .reload()
              .map(period -> ConfigurationWatch.start(this, configuration.path(), period))
              .orElse(null);
      if (watch != null) {
        Daemons.whenUnreachable(this, watch::close);
      }
    } catch (ConfigurationException e) {
      error = e;
    }
  }

  private static Configuration parse(String from) {
    try {
      return Configuration.read(
          FileNames.pathOrUri(from), ProcessText.ofThisProcess().environment(), factories());
    } catch (ConfigurationException e) {
      throw e;
    } catch (InvalidPathException e) {
      throw new ConfigurationException(
          "not a path of a configuration file: " + from + ": " + e.getReason(), e);
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new ConfigurationException("a jar is missing or broken: " + e, e);
    } catch (RuntimeException e) {
      // any exception: if the JDK ignored the provider, keys could be made locally
      throw new ConfigurationException("the configuration cannot be read: " + e, e);
    }
  }

  /**
   * Returns the backends that the provider's own class loader finds: keytool's class loader is not
   * the context loader.
   */
  private static Map<String, BackendFactory> factories() {
    Map<String, BackendFactory> factories = new TreeMap<>();
    for (BackendFactory factory :
        ServiceLoader.load(BackendFactory.class, ProviderInstance.class.getClassLoader())) {
      factories.put(factory.type(), factory);
    }
    return factories;
  }

  /** Drops what two copies of this process must not both go on with. */
  public void dropLocalState() {
    Opened current = opened;
    if (current != null) {
      current.envelope().dropLocalState();
      current.router().dropLocalState();
    }
    LocalRandom.release();
    HmacDerive.release();
  }

  /** Returns the health of the configured backends, for a caller that declares something. */
  public Health health(Declared caller) {
    try {
      return health.of(router(), caller);
    } catch (BackendException e) {
      return new Health(!closed, Optional.of(e.getMessage()), List.of(), List.of());
    }
  }

  /** Closes the backends; whatever is asked for later fails. */
  @Override
  public synchronized void close() {
    if (opened != null && !closed) {
      opened.router().close();
      opened.envelope().close();
      HmacDerive.release();
    }
    if (watch != null) {
      watch.close();
    }
    closed = true;
  }
}
