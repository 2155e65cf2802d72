package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.Facets;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keys behind custodians. Their names, URIs and identities are those of the backend that the
 * custodians stand before. Each use says for what it is, as far as the access tells.
 */
final class CustodianBackend implements Backend {
  private final Custodians custodians;
  private final KnownKeys known;
  private final KeyReads reads;
  private final Facets facets;

  CustodianBackend(Settings settings) {
    this(new Custodians(settings), new KnownKeys(), Access.NONE);
  }

  private CustodianBackend(Custodians custodians, KnownKeys known, Access access) {
    this.custodians = custodians;
    this.known = known;
    Requests requests = new Requests(custodians, access);
    reads = new KeyReads(requests, known);
    facets =
        Facets.of(
            new RemoteKeks(requests, reads),
            new RemoteKeyUses(requests),
            new RemoteKeyWraps(requests),
            new RemoteKeyChanges(requests, known),
            reads);
  }

  @Override
  public Backend forAccess(Access access) {
    return new CustodianBackend(custodians, known, access);
  }

  @Override
  public <F extends Facet> Optional<F> facet(Class<F> type) {
    return custodians.behind().has(type) ? facets.find(type) : Optional.empty();
  }

  @Override
  public String ifAbsent(Class<? extends Facet> type) {
    return Behind.SERVED.contains(type)
        ? Backend.super.ifAbsent(type)
        : "a custodian does not serve that: do it at the backend behind it";
  }

  @Override
  public boolean isRemote() {
    return true;
  }

  @Override
  public void prepare() throws BackendException {
    custodians.prepare();
  }

  @Override
  public Set<Purpose> purposesOf(KeySpec spec) {
    return custodians.behind().purposesOf(spec);
  }

  /** Also a URI that is not known yet: the custodian finds the key by it. */
  @Override
  public Optional<String> nameOf(KeyUri uri) {
    return uri.scheme().equals(custodians.behind().scheme())
        ? Optional.of(known.name(uri).orElse(uri.toString()))
        : Optional.empty();
  }

  @Override
  public List<KeyMetadata> list() throws BackendException {
    return reads.list();
  }

  @Override
  public KeyMetadata describe(String key) throws BackendException {
    return reads.describe(key).metadata();
  }

  @Override
  public String identity(String key) throws BackendException {
    return reads.identity(key);
  }

  @Override
  public Optional<String> knownIdentity(String key) {
    return known.identity(key);
  }

  @Override
  public void close() {
    custodians.close();
  }
}
