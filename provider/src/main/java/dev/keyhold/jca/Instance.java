package dev.keyhold.jca;

import dev.keyhold.Health;
import dev.keyhold.envelope.Envelope;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.observe.Observers;
import dev.keyhold.routing.Configuration;
import dev.keyhold.routing.KeyRouter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * All that one provider instance owns: its configuration, the router with its backends, the
 * engines. Nothing is read or made before it is needed. Thread-safe.
 */
public final class Instance implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.keyhold");

  private record Opened(Configuration configuration, KeyRouter router, Envelope envelope) {}

  private final HealthCheck health = new HealthCheck(System::nanoTime);
  private volatile Opened opened;
  private ConfigurationException error;
  private volatile boolean closed;

  /**
   * Reads a configuration now. What is wrong with it is logged once and thrown by every later use:
   * the JDK drops a provider that throws while it is configured, without a word.
   *
   * @return false if a configuration had been read, or sought, before
   */
  public synchronized boolean configure(String path) {
    if (opened != null || error != null || closed) {
      return false;
    }
    read(path);
    if (error != null) {
      LOG.log(System.Logger.Level.ERROR, "Keyhold is not usable: {0}", error.getMessage());
    }
    return true;
  }

  /**
   * The router of the configured backends.
   *
   * @throws BackendException with MISCONFIGURED if there is no configuration, or it is not usable
   */
  public KeyRouter router() throws BackendException {
    return opened().router();
  }

  /**
   * Envelope encryption with the configured keys.
   *
   * @throws BackendException as {@link #router}
   */
  public Envelope envelope() throws BackendException {
    return opened().envelope();
  }

  /**
   * What was configured; known even after {@link #close}.
   *
   * @throws BackendException with MISCONFIGURED as {@link #router}
   */
  Configuration configuration() throws BackendException {
    Opened current = opened;
    return current != null ? current.configuration() : open().configuration();
  }

  /** Whether no configuration is given, so that nothing but local work can be asked for. */
  synchronized boolean isUnconfigured() {
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
    String property = System.getProperty("keyhold.config");
    return property != null ? property : System.getenv("KEYHOLD_CONFIG");
  }

  private void read(String path) {
    try {
      Configuration configuration = Configuration.read(Path.of(path), System.getenv(), factories());
      KeyRouter router = new KeyRouter(configuration, Observers.ofThisJvm());
      opened = new Opened(configuration, router, new Envelope(router));
    } catch (ConfigurationException e) {
      error = e;
    } catch (InvalidPathException e) {
      error = new ConfigurationException("not a path of a configuration file: " + path, e);
    } catch (ServiceConfigurationError | LinkageError e) {
      error = new ConfigurationException("a jar is missing or broken: " + e, e);
    } catch (RuntimeException e) {
      // whatever it was: a provider that is dropped, or asked again, could end in local keys
      error = new ConfigurationException("the configuration cannot be read: " + e, e);
    }
  }

  /** The backends beside the provider, by its own class loader: keytool's is no context loader. */
  private static Map<String, BackendFactory> factories() {
    Map<String, BackendFactory> factories = new TreeMap<>();
    for (BackendFactory factory :
        ServiceLoader.load(BackendFactory.class, Instance.class.getClassLoader())) {
      factories.put(factory.type(), factory);
    }
    return factories;
  }

  /** How the configured backends are. */
  public Health health() {
    try {
      return health.of(router());
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
    }
    closed = true;
  }
}
