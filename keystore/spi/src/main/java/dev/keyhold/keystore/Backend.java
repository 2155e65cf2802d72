package dev.keyhold.keystore;

import dev.keyhold.keystore.BackendException.Reason;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A place that keeps keys: a token, a KMS, a key file. This interface has the operations that every
 * place has. Operations that only some places have, such as those of key pairs or rotation, are in
 * {@linkplain Facet facets}, which {@link #facet} returns.
 *
 * <p>A {@code key} argument is the key's {@linkplain KeyMetadata#name() name}, or the result of
 * {@link #nameOf} for its URI. Every method may do I/O unless it says otherwise, and is called from
 * many threads at once; a call that is interrupted ends early with {@link
 * BackendException.Reason#UNAVAILABLE} where it can. The caller is responsible for deadlines,
 * retries and audit: a method tries once. A message names neither the backend nor the operation;
 * the caller adds both.
 */
public interface Backend extends AutoCloseable {
  /**
   * Returns whether a call may block on a device or a network. If so, the caller runs it on a
   * thread of its own, under a deadline. Does no I/O.
   */
  boolean isRemote();

  /**
   * Returns this backend for the calls of one access. A backend that records or judges uses, or
   * passes them on to one that does, returns a view that knows the access; the others return
   * themselves. Called for each use: does no I/O. The view is not closed by itself.
   */
  default Backend forAccess(Access access) {
    return this;
  }

  /**
   * Returns a group of operations, if this backend has it. Does no I/O. The {@link KeyAttributes}
   * of a key tell what the key supports. A backend that implements a facet itself need not override
   * this; one that is made of parts returns {@link Facets#find}. A backend that stands before
   * another passes on what the other returns.
   */
  default <F extends Facet> Optional<F> facet(Class<F> type) {
    return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
  }

  /**
   * Returns a group of operations that the caller needs. Does no I/O.
   *
   * @throws BackendException with UNSUPPORTED, and the message of {@link #ifAbsent}, if this
   *     backend does not have it
   */
  default <F extends Facet> F require(Class<F> type) throws BackendException {
    return facet(type).orElseThrow(() -> new BackendException(Reason.UNSUPPORTED, ifAbsent(type)));
  }

  /**
   * Returns the message for a caller that needs a facet which this backend does not have. A backend
   * overrides this if it can give better advice than the facet's {@link IfAbsent}.
   */
  default String ifAbsent(Class<? extends Facet> type) {
    IfAbsent text = type.getAnnotation(IfAbsent.class);
    return text == null ? "this backend has no " + type.getSimpleName() : text.value();
  }

  /**
   * Builds the objects that the first call needs and that take long to build, such as the client of
   * a service. The caller of a remote backend calls this before the first call, outside of any
   * deadline, and again if it failed. It makes no call to the service. If it was not called, the
   * first call builds the same objects.
   *
   * @throws BackendException with MISCONFIGURED if something is missing, such as a library
   */
  default void prepare() throws BackendException {}

  /**
   * Returns the purposes of the keys that this backend can hold, as far as that is known without a
   * call to it. Does no I/O.
   *
   * @return the purposes that a key of this kind can have; empty if it can hold no such key
   */
  Set<Purpose> purposesOf(KeySpec spec);

  /**
   * Supplies the password or PIN where the configuration has none. Does no I/O; a wrong one makes
   * the next call fail.
   *
   * @param secret copied; the caller zeroes its own
   */
  default void unlock(char[] secret) {}

  /**
   * Returns the {@code key} argument for the key with this URI.
   *
   * @return empty if the URI belongs to another kind of backend or another place. Does no I/O: the
   *     key need not exist.
   */
  Optional<String> nameOf(KeyUri uri);

  /**
   * Returns the place where a key is kept, as far as that is known without a call to it. Does no
   * I/O.
   *
   * @return empty if it is not known, whether or not there is such a key
   */
  default Optional<Residence> residence(String key) {
    return Optional.empty();
  }

  /** Returns all keys, in the order of their names; every page of them. */
  List<KeyMetadata> list() throws BackendException;

  /** Reads one key, with all its versions. Fails with NOT_FOUND if there is none. */
  KeyMetadata describe(String key) throws BackendException;

  /**
   * Returns the identity that headers name the key by. Called for each object, so the answer is
   * cached if possible.
   */
  String identity(String key) throws BackendException;

  /**
   * Returns the identity of {@link #identity} if it is known already. Does no I/O.
   *
   * @return empty if it is not, whether or not there is such a key
   */
  default Optional<String> knownIdentity(String key) {
    return Optional.empty();
  }

  /**
   * Discards the state that two copies of this process must not share, such as numbers that were
   * reserved and not used. Called before a snapshot or checkpoint of the process is taken, and in
   * each copy. Does no I/O, and ends no call in flight.
   */
  default void dropLocalState() {}

  /** Ends sessions, zeroes secrets. Calls in flight may fail; later ones fail with UNAVAILABLE. */
  @Override
  void close();
}
