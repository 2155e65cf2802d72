package dev.keyhold.admin;

import dev.keyhold.Health;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.Callers;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.jca.keystore.BackendKeys;
import dev.keyhold.jca.keystore.CertificateFile;
import dev.keyhold.jca.keystore.KeyStoreExport;
import dev.keyhold.keystore.BackendException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.SecretKey;

/**
 * The keys, backends and aliases of one configuration, for tools that manage them. What is wrong
 * with the configuration is thrown by each method that needs it. Thread-safe.
 */
public final class Administration implements AutoCloseable {
  private final ProviderInstance instance = new ProviderInstance();

  private Administration() {}

  /**
   * Reads a configuration; connects to nothing.
   *
   * @param configuration the path of its file, as the provider's argument
   */
  public static Administration open(String configuration) {
    Administration administration = new Administration();
    administration.instance.configure(configuration);
    return administration;
  }

  private KeyRouter router() throws BackendException {
    return instance.router();
  }

  /** Returns what the configuration says beside aliases and backends. */
  public ConfigurationInfo configuration() throws BackendException {
    return new ConfigurationInfo(router().configuration());
  }

  /** Returns whether backends answer, and which aliases are out of reach. */
  public Health health() {
    return instance.health(Callers.current());
  }

  /** Returns the names of the backends, in the order of the configuration. */
  public Set<String> backends() throws BackendException {
    return router().backends();
  }

  /** Returns a backend by its name. */
  public ManagedBackend backend(String name) throws BackendException {
    return new ManagedBackend(router(), name);
  }

  /** Returns the keys of a backend for a process that uses them for others. */
  public KeyUses uses(String backend) throws BackendException {
    return new KeyUses(router(), backend);
  }

  /** Returns a key, which need not be there. */
  public ManagedKey key(KeyAddress address) throws BackendException {
    return key(address, "");
  }

  /** Returns a key that an alias means, which need not be there. */
  public ManagedKey key(KeyAddress address, String alias) throws BackendException {
    return new ManagedKey(router(), address, alias);
  }

  /** Returns what the configuration says of an alias. */
  public AliasPolicy policy(String alias) throws BackendException {
    return AliasPolicy.of(router().policy(alias));
  }

  /** Returns whether any pattern of the configuration matches an alias. */
  public boolean isRouted(String alias) throws BackendException {
    return router().isRouted(alias);
  }

  /** Returns the aliases that the configuration names one by one. */
  public List<String> exactAliases() throws BackendException {
    return router().exactAliases();
  }

  /** Returns the line of the configuration that names a key by its name, if there is one. */
  public Optional<String> lineNaming(KeyAddress key) throws BackendException {
    return router().lineNaming(key.ref());
  }

  /** Returns the aliases and patterns whose keys are of no use while only some backends are up. */
  public List<String> outOfReach(Set<String> up) throws BackendException {
    return router().outOfReach(up);
  }

  /**
   * The keys that the backends list under aliases.
   *
   * @param aliases those whose keys exist, in order
   * @param unreachable the backends that did not answer, with the error of each
   */
  public record Listing(Set<String> aliases, Map<String, BackendException> unreachable) {}

  /** Asks all backends for the aliases whose keys exist; fails where none answers. */
  public Listing list() throws BackendException {
    BackendKeys.Listing listing = new BackendKeys(instance).list();
    return new Listing(listing.aliases(), listing.unreachable());
  }

  /** Returns the handle of an alias's key, as an application has it. */
  public SecretKey handle(String alias) throws BackendException {
    return SecretKeyHandle.of(instance, alias, BackendKeys.describe(router(), alias));
  }

  /** Returns the certificates of an alias that are in a file; empty if the alias has none. */
  public Optional<List<X509Certificate>> certificateFile(String alias)
      throws BackendException, CertificateException {
    Optional<Path> file = router().certificateFile(alias);
    return file.isPresent() ? Optional.of(CertificateFile.read(file.get())) : Optional.empty();
  }

  /** Writes a key store file; no aliases stand for all. Returns those that it holds. */
  public List<String> export(List<String> aliases, OutputStream out, char[] password)
      throws BackendException, IOException {
    return KeyStoreExport.write(instance, aliases, out, password);
  }

  @Override
  public void close() {
    instance.close();
  }
}
