package dev.keyhold.cli.command;

import dev.keyhold.Health;
import dev.keyhold.admin.Administration;
import dev.keyhold.admin.AliasPolicy;
import dev.keyhold.admin.KeyAddress;
import dev.keyhold.admin.ManagedKey;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
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
import javax.crypto.SecretKey;

/**
 * The configured keys, for the length of one command. Asks the user for the password of a backend
 * that it is about to use and that has none configured. Used by one thread.
 */
public final class Session implements AutoCloseable {
  private final Administration admin;
  private final Terminal terminal;
  private final Set<String> unlocked = new HashSet<>();

  private Session(Administration admin, Terminal terminal) {
    this.admin = admin;
    this.terminal = terminal;
  }

  /** Reads the configuration; connects to nothing. */
  public static Session open(Context context) throws CommandFailure {
    return new Session(Administration.open(context.requireConfigName()), context.terminal());
  }

  /** Returns the keys, backends and aliases of the configuration. */
  public Administration admin() {
    return admin;
  }

  /** Returns the file that the configuration is in. */
  public Path configuration() throws BackendException {
    return admin.configuration().path();
  }

  /** Returns the type of a backend. */
  public String type(String backend) {
    try {
      return admin.backend(backend).type();
    } catch (BackendException e) {
      return "";
    }
  }

  public Health health() {
    return admin.health();
  }

  /** Returns where the configuration says that the one key of an alias is, ready for use. */
  public ManagedKey locate(String alias) throws BackendException {
    AliasPolicy policy = admin.policy(alias);
    if (policy.soleKey().isEmpty()) {
      KeyAddress first = policy.protectWith().keys().get(0);
      OwnAlias own = OwnAlias.of(admin, alias, first);
      throw new BackendException(
          Reason.UNSUPPORTED,
          "alias %s has several keys; give each an alias of its own in the configuration, such as %s, and use that"
              .formatted(alias, own.line().isEmpty() ? own.name() : own.line()));
    }
    KeyAddress key = policy.soleKey().get();
    unlock(key.backend());
    return admin.key(key, alias);
  }

  /** Returns the key of an alias. */
  public Entry find(String alias) throws BackendException {
    ManagedKey key = locate(alias);
    return entry(alias, key.address(), key.describe());
  }

  /**
   * The keys that the backends list.
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

    /** Returns whether every backend answered, and has no key at all. */
    public boolean isOfNothing() {
      return entries.isEmpty()
          && unreachable.isEmpty()
          && notListed.isEmpty()
          && missingFiles.isEmpty();
    }
  }

  /** Returns all keys; fails where no backend answers, or the configuration lets no key be used. */
  public Listing list() throws BackendException, CommandFailure {
    Optional<String> lack = admin.configuration().lack();
    if (lack.isPresent()) {
      throw new CommandFailure(ExitCode.CONFIGURATION, lack.get());
    }
    Map<String, NotListed> notListed = new LinkedHashMap<>();
    Map<String, String> missingFiles = new LinkedHashMap<>();
    Map<String, Map<String, KeyMetadata>> keys = new HashMap<>();
    List<Entry> nameless = new ArrayList<>();
    for (String backend : admin.backends()) {
      unlock(backend);
    }
    Administration.Listing listing = admin.list();
    for (String backend : admin.backends()) {
      if (listing.unreachable().containsKey(backend)) {
        continue;
      }
      Map<String, KeyMetadata> byName = new HashMap<>();
      admin.backend(backend).missingFile().ifPresent(what -> missingFiles.put(backend, what));
      List<KeyMetadata> there = admin.backend(backend).list();
      NotListed others = NotListed.of(admin, backend, there);
      if (!others.isEmpty()) {
        notListed.put(backend, others);
      }
      for (KeyMetadata key : there) {
        if (!ManagedKey.hasName(key)) {
          nameless.add(entry("", backend, key));
        }
        admin
            .backend(backend)
            .key(key.uri())
            .ifPresent(known -> byName.put(known.address().key(), key));
        byName.put(key.name(), key);
      }
      keys.put(backend, byName);
    }
    List<Entry> entries = new ArrayList<>();
    for (String alias : listing.aliases()) {
      for (KeyAddress ref : admin.policy(alias).protectWith().keys()) {
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
    for (String backend : admin.backends()) {
      unlock(backend);
    }
    return admin.export(aliases, out, password);
  }

  /** Returns the handle of an alias's key, as an application has it. */
  public SecretKey handle(String alias) throws BackendException {
    for (KeyAddress key : admin.policy(alias).protectWith().keys()) {
      unlock(key.backend());
    }
    return admin.handle(alias);
  }

  public Entry entry(String alias, KeyAddress ref, KeyMetadata key) throws BackendException {
    return entry(alias, ref.backend(), key);
  }

  private Entry entry(String alias, String backend, KeyMetadata key) throws BackendException {
    return new Entry(alias, backend, admin.backend(backend).type(), key);
  }

  /** Returns the public half of an alias's key pair, X.509 SubjectPublicKeyInfo. */
  public byte[] publicKey(String alias) throws BackendException {
    return locate(alias).publicKey();
  }

  /**
   * Returns the certificates of an alias's key pair, its own first: of its file, else of its
   * backend.
   */
  public List<X509Certificate> certificates(String alias)
      throws BackendException, CertificateException {
    Optional<List<X509Certificate>> file = admin.certificateFile(alias);
    if (file.isPresent()) {
      return file.get();
    }
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> chain = new ArrayList<>();
    for (byte[] der : locate(alias).certificates()) {
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
    requireFree(file, admin.configuration().role(file));
  }

  /** Refuses to write a secret to a file that the configuration needs for something else. */
  public void requireFreeForSecret(Path file) throws CommandFailure, BackendException {
    requireFree(file, admin.configuration().roleBesideSecrets(file));
  }

  /** Asks for the password of a backend that has none configured, once. */
  public void unlock(String backend) throws BackendException {
    if (!admin.backend(backend).lacksSecret() || !unlocked.add(backend)) {
      return;
    }
    Optional<char[]> secret = terminal.askSecret("Password or PIN of backend " + backend + ": ");
    if (secret.isPresent()) {
      admin.backend(backend).unlock(secret.get());
      Arrays.fill(secret.get(), '\0');
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
