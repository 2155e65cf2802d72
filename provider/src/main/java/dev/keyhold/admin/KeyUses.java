package dev.keyhold.admin;

import dev.keyhold.gate.BackendFacts;
import dev.keyhold.gate.KeyAdministration;
import dev.keyhold.gate.KeyCall;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.Keeper;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.KeyWrap;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.policy.KeyRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of one backend for a process that uses them for others: each use passes the key gate,
 * with its deadline, retries and breaker. Arrays belong to the caller. Thread-safe.
 */
public final class KeyUses {
  private final KeyRouter router;
  private final String backend;

  KeyUses(KeyRouter router, String backend) {
    this.router = router;
    this.backend = backend;
  }

  private KeyRef ref(String key) {
    return new KeyRef(backend, key);
  }

  private BackendFacts facts() {
    return router.facts();
  }

  private KeyAdministration administration(Access access) {
    return router.administration(access);
  }

  /** Returns the type of the backend, as it stands in headers. */
  public String type() {
    return facts().type(backend);
  }

  /** Returns the keeper of its keys. */
  public Keeper keeper() {
    return facts().keeper(backend);
  }

  /** Returns whether it has a group of operations. */
  public boolean has(Class<? extends Facet> facet) {
    return facts().has(backend, facet);
  }

  /** Returns what keys of a kind may be for. */
  public Set<Purpose> purposesOf(KeySpec spec) {
    return facts().purposesOf(backend, spec);
  }

  /** Returns the longest message that it authenticates, in bytes. */
  public int maxMacMessage() {
    return facts().maxMacMessage(ref(""));
  }

  /** Returns the longest message that it signs, in bytes. */
  public int maxSignedMessage() {
    return facts().maxSignedMessage(ref(""));
  }

  /** Returns what it calls the key with a URI; empty if the URI is none of its. */
  public Optional<String> nameOf(KeyUri uri) {
    return facts().nameOf(backend, uri);
  }

  /** Returns what headers name a key by. */
  public String identity(String key) throws BackendException {
    return router.identity(Access.NONE, ref(key));
  }

  /** Wraps a data key. */
  public WrappedKey wrap(Access access, String key, WrapContext context, byte[] dataKey)
      throws BackendException {
    return router.pass(access, ref(key), new KeyCall.Wrap(context, dataKey));
  }

  /** Unwraps a data key. */
  public byte[] unwrap(Access access, String key, WrappedKey wrapped, WrapContext context)
      throws BackendException {
    return router.pass(access, ref(key), new KeyCall.Unwrap(wrapped, context));
  }

  /** Computes a MAC. */
  public byte[] mac(Access access, String key, String algorithm, byte[] message)
      throws BackendException {
    return router.pass(access, ref(key), new KeyCall.Mac(algorithm, message));
  }

  /** Signs. */
  public byte[] sign(Access access, String key, SignatureAlgorithm algorithm, byte[] input)
      throws BackendException {
    return router.pass(access, ref(key), new KeyCall.Sign(algorithm, input));
  }

  /** Decrypts with a private RSA key. */
  public byte[] decrypt(
      Access access, String key, RsaPadding padding, byte[] label, byte[] ciphertext)
      throws BackendException {
    return router.pass(access, ref(key), new KeyCall.Decrypt(padding, label, ciphertext));
  }

  /** Agrees on a secret. */
  public byte[] agree(Access access, String key, byte[] peer) throws BackendException {
    return router.pass(access, ref(key), new KeyCall.Agree(peer));
  }

  /** Opens what a KEM encapsulated. */
  public byte[] decapsulate(Access access, String key, byte[] encapsulation)
      throws BackendException {
    return router.pass(access, ref(key), new KeyCall.Decapsulate(encapsulation));
  }

  /** Wraps another party's key. */
  public byte[] wrapKey(Access access, String key, KeyWrap way, byte[] plain)
      throws BackendException {
    return router.pass(access, ref(key), new KeyCall.WrapKey(way, plain));
  }

  /** Unwraps another party's key. */
  public byte[] unwrapKey(Access access, String key, KeyWrap way, byte[] wrapped)
      throws BackendException {
    return router.pass(access, ref(key), new KeyCall.UnwrapKey(way, wrapped));
  }

  /** Creates a key. */
  public KeyMetadata create(
      Access access, String name, KeySpec spec, Set<Purpose> purposes, Map<String, String> labels)
      throws BackendException {
    return administration(access).create(ref(name), spec, purposes, labels);
  }

  /** Makes a new version of a key. */
  public KeyMetadata rotate(Access access, String key) throws BackendException {
    return administration(access).rotate(ref(key));
  }

  /** Suspends a key. */
  public KeyMetadata disable(Access access, String key) throws BackendException {
    return administration(access).disable(ref(key));
  }

  /** Ends a suspension. */
  public KeyMetadata enable(Access access, String key) throws BackendException {
    return administration(access).enable(ref(key));
  }

  /** Returns all keys. */
  public List<KeyMetadata> list() throws BackendException {
    return router.list(Access.NONE, backend);
  }

  /** Returns what the backend tells of a key now. */
  public KeyMetadata describe(String key) throws BackendException {
    return router.describe(Access.NONE, ref(key));
  }

  /** Returns the mechanism that a key wraps by now; empty if the backend does not tell. */
  public Optional<WrapMechanism> mechanism(String key) throws BackendException {
    return router.mechanism(Access.NONE, ref(key));
  }

  /** Returns the public half of a key pair, X.509 SubjectPublicKeyInfo. */
  public byte[] publicKey(String key) throws BackendException {
    return router.publicKey(Access.NONE, ref(key));
  }

  /** Returns the certificates that are kept with a key, DER, its own first. */
  public List<byte[]> certificates(String key) throws BackendException {
    return administration(Access.NONE).certificates(ref(key));
  }
}
