package dev.keyhold;

import dev.keyhold.instance.KeyholdProviders;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.Services;
import dev.keyhold.jca.key.Callers;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.ConfigurationException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.Provider;

/**
 * The Keyhold provider: {@code Cipher}, {@code Mac}, {@code Signature}, {@code KeyAgreement},
 * {@code KEM} (where the JDK has it), {@code KeyGenerator}, {@code KeyPairGenerator} and {@code
 * KeyStore} for keys in an HSM, a KMS or an encrypted key file; and {@code SecureRandom}, where the
 * configuration names a backend for it.
 *
 * <p>It is configured by one properties file: the argument of {@link #configure} or of the line in
 * java.security, else the one that the system property {@code keyhold.config} or the environment
 * variable {@code KEYHOLD_CONFIG} names, which is read when something first needs it. An
 * application does not name the provider: the JDK finds it by the key.
 *
 * <p>Instances are independent of each other and thread-safe. Creating one does no I/O. A second
 * one that is installed in the same JVM needs another name: see {@link #configure}.
 */
public final class KeyholdProvider extends Provider implements AutoCloseable {
  private static final long serialVersionUID = 1L;
  private static final String VERSION = "0.1";

  private final transient ProviderInstance instance = new ProviderInstance();

  /** Creates a provider that is not configured yet. */
  public KeyholdProvider() {
    super(
        KeyholdProviders.NAME,
        VERSION,
        "Keyhold: keys in HSMs and KMSs, envelope encryption of bulk data");
    Services.of(this, instance).forEach(this::putService);
  }

  /**
   * Reads a configuration. Throws nothing if the configuration is wrong, since the JDK would then
   * ignore the provider silently: the error is logged, and every use of a key fails with it.
   *
   * <p>A JVM finds a provider by its name, which is {@code Keyhold}. A second configuration in the
   * same JVM needs another one: {@code name=orders /etc/keyhold/orders.properties}. The provider's
   * name is then {@code Keyhold-orders}, and so is its type of {@code KeyStore}:
   *
   * <pre>{@code
   * Security.addProvider(
   *     new KeyholdProvider().configure("name=orders /etc/keyhold/orders.properties"));
   * KeyStore keys = KeyStore.getInstance("Keyhold-orders");
   * }</pre>
   *
   * A warning is logged where two have the same name: {@code Security.addProvider} refuses the
   * second, and returns -1.
   *
   * @param argument the path of the properties file, or {@code name=NAME PATH}
   * @return this provider; if it is configured already, another one
   */
  @Override
  public KeyholdProvider configure(String argument) {
    if (!instance.configure(argument)) {
      return new KeyholdProvider().configure(argument);
    }
    if (!getName().equals(KeyholdProviders.NAME)) {
      putService(Services.keyStore(this, instance));
    }
    KeyholdProviders.configured(this, instance);
    try {
      if (instance.router().configuration().secureRandom().isPresent()) {
        putService(Services.secureRandom(this, instance));
      }
    } catch (BackendException e) {
      // logged, and thrown by the first use
    }
    return this;
  }

  /** Returns {@code Keyhold}, or {@code Keyhold-NAME} if {@link #configure} was given a name. */
  @Override
  public String getName() {
    return instance == null ? super.getName() : instance.providerName(); // null in the constructor
  }

  /** Returns name, version and the path of the configuration. */
  @Override
  public synchronized String toString() {
    String path = instance == null ? null : instance.path();
    return getName() + " version " + VERSION + (path == null ? "" : " (" + path + ")");
  }

  /**
   * Returns the health of this provider and its backends, for liveness and readiness probes. Each
   * backend is asked whether it knows a key that the configuration names, all of them at once; an
   * answer is cached for five seconds, so this may be called as often as probes come. It may read
   * the configuration, and takes as long as the longest {@code deadline} of a backend at most.
   */
  public Health health() {
    return instance.health(Callers.current());
  }

  /**
   * Reads the configuration again, and uses it if it is valid: operations that begin afterwards use
   * the new one, and operations in progress end with the old one. Backends whose options did not
   * change keep their connections. With {@code reload = 30s} in the configuration, a changed file
   * is read without this call.
   *
   * @throws ConfigurationException if it is not valid, or changes something that needs a restart;
   *     then the old configuration stays in use
   */
  public void reload() {
    instance.reload();
  }

  /**
   * Discards the state that two copies of this process must not share: epoch keys, wraps that were
   * reserved, and pooled engines. Call it before a snapshot of the machine, the container or the
   * process is taken, so that no key is in the image, and in each copy before it is used. A process
   * that is checkpointed by CRaC ({@code jdk.crac}, or {@code org.crac} on the class path) does
   * both by itself. The next object asks for new epoch keys; nothing fails.
   */
  public void dropLocalState() {
    instance.dropLocalState();
  }

  /** Closes the backends of this provider. Remove it from {@link java.security.Security} first. */
  @Override
  public void close() {
    instance.close();
  }

  private void writeObject(ObjectOutputStream out) throws NotSerializableException {
    throw new NotSerializableException("a provider holds the credentials of its backends");
  }
}
