package dev.keyhold.admin;

import dev.keyhold.gate.BackendFacts;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.jca.key.Callers;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Keeper;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.PasswordProtection;
import dev.keyhold.keystore.Purpose;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A configured backend: what is known of it, and its keys. Thread-safe. */
public final class ManagedBackend {
  private final KeyRouter router;
  private final String name;

  ManagedBackend(KeyRouter router, String name) {
    this.router = router;
    this.name = name;
  }

  private BackendFacts facts() {
    return router.facts();
  }

  /** Returns what the calling thread declares. */
  private Access access() {
    return Callers.access(router, "");
  }

  /** Returns its name in the configuration. */
  public String name() {
    return name;
  }

  /** Returns its type, such as {@code pkcs11}. */
  public String type() {
    return facts().type(name);
  }

  /** Returns the keeper of its keys. */
  public Keeper keeper() {
    return facts().keeper(name);
  }

  /** Returns the module behind it as the configuration calls it; verified by nobody. */
  public Optional<String> module() {
    return facts().module(name);
  }

  /** Returns the validation of that module as the configuration says it; verified by nobody. */
  public Optional<String> certificate() {
    return facts().certificate(name);
  }

  /** Returns whether it has a password or PIN that is not configured. */
  public boolean lacksSecret() {
    return facts().lacksSecret(name);
  }

  /** Hands it a password; it is ignored where one is configured. */
  public void unlock(char[] secret) throws BackendException {
    router.unlock(name, secret);
  }

  /** Returns all its keys. */
  public List<KeyMetadata> list() throws BackendException {
    return router.list(access(), name);
  }

  /** Returns what to say of it if its keys are in a file that does not exist. */
  public Optional<String> missingFile() {
    return facts().missingFile(name);
  }

  /** Returns what keys of a kind may be for. */
  public Set<Purpose> purposesOf(KeySpec spec) {
    return facts().purposesOf(name, spec);
  }

  /** Returns the key with a name of this backend, which need not be there. */
  public ManagedKey key(String key) {
    return new ManagedKey(router, new KeyAddress(name, key), "");
  }

  /** Returns the key with a URI; empty if the URI is none of this backend's. */
  public Optional<ManagedKey> key(KeyUri uri) {
    return facts().nameOf(name, uri).map(this::key);
  }

  /** Returns how its password protects its keys at rest. */
  public Optional<PasswordProtection> passwordProtection() throws BackendException {
    return router.administration(access()).passwordProtection(name);
  }

  /**
   * Encrypts its keys at rest again.
   *
   * @param newPassword empty if the password stays
   * @return the place of a copy of what was before
   */
  public String protectAnew(Optional<char[]> newPassword) throws BackendException {
    return router.administration(access()).protectAnew(name, newPassword);
  }
}
