package dev.keyhold.keystore;

import dev.keyhold.keystore.BackendException.Reason;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A place where keys live: a token, a KMS, a key file. This interface has what every place has;
 * what some have, such as key pairs or rotation, are {@linkplain Facet facets}, which {@link
 * #facet} returns.
 *
 * <p>A {@code key} argument is the key's {@linkplain KeyMetadata#name() name}, or what {@link
 * #nameOf} made of its URI. Every method may do I/O unless it says otherwise, and is called from
 * many threads at once; a call that is interrupted ends early with {@link
 * BackendException.Reason#UNAVAILABLE} where it can. Deadlines, retries and audit are the caller's:
 * a method tries once. A message names neither the backend nor the operation; the caller adds both.
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
   * Returns a group of operations, if this backend has it. Does no I/O; what a key supports, its
   * {@link KeyAttributes} say. A backend that implements a facet itself need not override this; one
   * that is made of parts returns {@link Facets#find}. A backend that stands before another passes
   * on what the other returns.
   */
  default <F extends Facet> Optional<F> facet(Class<F> type) {
    return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
  }

  /**
   * Returns a group of operations that the caller needs. Does no I/O.
   *
   * @throws BackendException with UNSUPPORTED, and {@link #ifAbsent}, if this backend has it not
   */
  default <F extends Facet> F require(Class<F> type) throws BackendException {
    return facet(type).orElseThrow(() -> new BackendException(Reason.UNSUPPORTED, ifAbsent(type)));
  }

  /**
   * Returns what a caller is told who needs a facet that this backend has not. A backend that knows
   * a better way than the facet's own {@link IfAbsent} says overrides this.
   */
  default String ifAbsent(Class<? extends Facet> type) {
    IfAbsent text = type.getAnnotation(IfAbsent.class);
    return text == null ? "this backend has no " + type.getSimpleName() : text.value();
  }

  /**
   * Builds what the first call needs and takes long to build, such as the client of a service. A
   * remote backend's caller calls it before the first call, outside of any deadline, and again
   * after it failed. It makes no call to the service; without it, the first call builds the same.
   *
   * @throws BackendException with MISCONFIGURED if something is missing, such as a library
   */
  default void prepare() throws BackendException {}

  /**
   * Returns what this backend may hold, as far as it is known without asking it. Does no I/O.
   *
   * @return the purposes that a key of this kind can have; empty if it can hold no such key
   */
  Set<Purpose> purposesOf(KeySpec spec);

  /**
   * Supplies the password or PIN where the configuration has none. Does no I/O; a wrong one shows
   * at the next call.
   *
   * @param secret copied; the caller zeroes its own
   */
  default void unlock(char[] secret) {}

  /**
   * Returns what to call the key with this URI here.
   *
   * @return empty if the URI belongs to another kind of backend or another place. Does no I/O: the
   *     key need not exist.
   */
  Optional<String> nameOf(KeyUri uri);

  /**
   * Returns where a key resides, as far as that is known without asking it. Does no I/O.
   *
   * @return empty if it is not known, whether or not there is such a key
   */
  default Optional<Residence> residence(String key) {
    return Optional.empty();
  }

  /** Returns all keys, in the order of their names; every page of them. */
  List<KeyMetadata> list() throws BackendException;

  /** One key, with all its versions, freshly read. Fails with NOT_FOUND if there is none. */
  KeyMetadata describe(String key) throws BackendException;

  /**
   * Returns the identity that headers name the key by. Called for each object: answers from memory
   * where it can.
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
   * Drops what two copies of this process must not both go on with, such as numbers that were
   * reserved and not used. Called before a snapshot or checkpoint of the process is taken, and in
   * each copy. Does no I/O, and ends no call in flight.
   */
  default void dropLocalState() {}

  /** Ends sessions, zeroes secrets. Calls in flight may fail; later ones fail with UNAVAILABLE. */
  @Override
  void close();
}
