package dev.keyhold.cli.command;

import dev.keyhold.Health;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.jca.keystore.BackendKeys;
import dev.keyhold.jca.keystore.CertificateFile;
import dev.keyhold.jca.keystore.KeyStoreExport;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.object.Combinator;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Policy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The configured keys, for the length of one command. Asks the user for the password of a backend
 * that it is about to use and that has none configured. Used by one thread.
 */
public final class Session implements AutoCloseable {
  private final ProviderInstance instance = new ProviderInstance();
  private final Terminal terminal;
  private final Set<String> unlocked = new HashSet<>();

  private Session(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Reads the configuration; connects to nothing. */
  public static Session open(Context context) throws CommandFailure {
    Session session = new Session(context.terminal());
    session.instance.configure(context.requireConfigName());
    return session;
  }

  public KeyRouter router() throws BackendException {
    return instance.router();
  }

  /** The file that the configuration is in. */
  public Path configuration() throws BackendException {
    return router().configuration().path();
  }

  /** The type of a backend. */
  public String type(String backend) {
    try {
      return router().facts().type(backend);
    } catch (BackendException e) {
      return "";
    }
  }

  public Health health() {
    return instance.health();
  }

  /** Where the configuration says that the one key of an alias is, ready for use. */
  public KeyRef locate(String alias) throws BackendException {
    Policy policy = router().policy(alias);
    if (policy.protectWith().combinator() != Combinator.SINGLE) {
      KeyRef first = policy.protectWith().keys().get(0);
      OwnAlias own = OwnAlias.of(router(), alias, first);
      throw new BackendException(
          Reason.UNSUPPORTED,
          "alias %s has several keys; give each an alias of its own in the configuration, such as %s, and use that"
              .formatted(alias, own.line().isEmpty() ? own.name() : own.line()));
    }
    KeyRef ref = policy.soleKey();
    unlock(ref.backend());
    return ref;
  }

  /** The key of an alias. */
  public Entry find(String alias) throws BackendException {
    KeyRef ref = locate(alias);
    return entry(alias, ref, router().describe(ref));
  }

  /**
   * What the backends list.
   *
   * @param entries the keys that the configuration gives an alias, in the order of the aliases,
   *     then those that have none
   * @param unreachable the backends that did not answer, with the error of each
   * @param notListed by backend, the keys that have a name and are no alias's
   * @param missingFiles by backend, what to say of a key file that does not exist
   */
  public record Listing(
      List<Entry> entries,
      Map<String, BackendException> unreachable,
      Map<String, NotListed> notListed,
      Map<String, String> missingFiles) {

    /** Whether every backend answered, and has no key at all. */
    public boolean isOfNothing() {
      return entries.isEmpty()
          && unreachable.isEmpty()
          && notListed.isEmpty()
          && missingFiles.isEmpty();
    }
  }

  /** All keys; fails where no backend answers, or the configuration lets no key be used. */
  public Listing list() throws BackendException, CommandFailure {
    KeyRouter router = router();
    Optional<String> lack = router.configuration().lack();
    if (lack.isPresent()) {
      throw new CommandFailure(ExitCode.CONFIGURATION, lack.get());
    }
    Map<String, NotListed> notListed = new LinkedHashMap<>();
    Map<String, String> missingFiles = new LinkedHashMap<>();
    Map<String, Map<String, KeyMetadata>> keys = new HashMap<>();
    List<Entry> nameless = new ArrayList<>();
    for (String backend : router.backends()) {
      unlock(backend);
    }
    BackendKeys.Listing listing = new BackendKeys(instance).list();
    for (String backend : router.backends()) {
      if (listing.unreachable().containsKey(backend)) {
        continue;
      }
      Map<String, KeyMetadata> byName = new HashMap<>();
      router.facts().missingFile(backend).ifPresent(what -> missingFiles.put(backend, what));
      List<KeyMetadata> there = router.list(backend);
      NotListed others = NotListed.of(router, backend, there);
      if (!others.isEmpty()) {
        notListed.put(backend, others);
      }
      for (KeyMetadata key : there) {
        if (!BackendKeys.hasName(key)) {
          nameless.add(entry("", backend, key));
        }
        byName.put(router.facts().nameOf(backend, key.uri()).orElse(key.name()), key);
        byName.put(key.name(), key);
      }
      keys.put(backend, byName);
    }
    List<Entry> entries = new ArrayList<>();
    for (String alias : listing.aliases()) {
      for (KeyRef ref : router.policy(alias).protectWith().keys()) {
        KeyMetadata key = keys.getOrDefault(ref.backend(), Map.of()).get(ref.key());
        if (key != null) { // else it was created meanwhile
          entries.add(entry(alias, ref, key));
        }
      }
    }
    nameless.removeIf(
        key -> entries.stream().anyMatch(named -> named.key().uri().equals(key.key().uri())));
    entries.addAll(nameless);
    return new Listing(entries, listing.unreachable(), notListed, missingFiles);
  }

  /** Writes a key store file; no aliases stand for all. Returns those that it holds. */
  public List<String> export(List<String> aliases, OutputStream out, char[] password)
      throws BackendException, IOException {
    for (String backend : router().backends()) {
      unlock(backend);
    }
    return KeyStoreExport.write(instance, aliases, out, password);
  }

  /** The handle of an alias's key, as an application has it. */
  public SecretKeyHandle handle(String alias) throws BackendException {
    Policy policy = router().policy(alias);
    for (KeyRef key : policy.protectWith().keys()) {
      unlock(key.backend());
    }
    return SecretKeyHandle.of(instance, alias, BackendKeys.describe(router(), policy));
  }

  public Entry entry(String alias, KeyRef ref, KeyMetadata key) throws BackendException {
    return entry(alias, ref.backend(), key);
  }

  private Entry entry(String alias, String backend, KeyMetadata key) throws BackendException {
    return new Entry(alias, backend, router().facts().type(backend), key);
  }

  /** The public half of an alias's key pair, X.509 SubjectPublicKeyInfo. */
  public byte[] publicKey(String alias) throws BackendException {
    return router().publicKey(locate(alias));
  }

  /** The certificates of an alias's key pair, its own first: of its file, else of its backend. */
  public List<X509Certificate> certificates(String alias)
      throws BackendException, CertificateException {
    Optional<Path> file = router().certificateFile(alias);
    if (file.isPresent()) {
      return CertificateFile.read(file.get());
    }
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> chain = new ArrayList<>();
    for (byte[] der : router().administration().certificates(locate(alias))) {
      chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
    }
    return chain;
  }

  /**
   * Refuses to write a file that the configuration needs.
   *
   * @param role what the file is for the configuration
   */
  private static void requireFree(Path file, Optional<String> role) throws CommandFailure {
    if (role.isPresent()) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "%s is %s, which the configuration needs, and was left as it is: name another file"
              .formatted(file, role.get()));
    }
  }

  /** Refuses to write a file that the configuration needs. */
  void requireFree(Path file) throws CommandFailure, BackendException {
    requireFree(file, router().configuration().ownFiles().role(file));
  }

  /** Refuses to write a secret to a file that the configuration needs for something else. */
  public void requireFreeForSecret(Path file) throws CommandFailure, BackendException {
    requireFree(file, router().configuration().ownFiles().roleBesideSecrets(file));
  }

  /** Asks for the password of a backend that has none configured, once. */
  public void unlock(String backend) throws BackendException {
    if (!router().facts().lacksSecret(backend) || !unlocked.add(backend)) {
      return;
    }
    Optional<char[]> secret = terminal.askSecret("Password or PIN of backend " + backend + ": ");
    if (secret.isPresent()) {
      router().unlock(backend, secret.get());
      Arrays.fill(secret.get(), '\0');
    }
  }

  @Override
  public void close() {
    instance.close();
  }
}
