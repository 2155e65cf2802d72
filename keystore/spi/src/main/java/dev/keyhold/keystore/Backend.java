package dev.keyhold.keystore;

import dev.keyhold.keystore.BackendException.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A place where keys live: a token, a KMS, a key file.
 *
 * <p>A {@code key} argument is the key's {@linkplain KeyMetadata#name() name}, or what {@link
 * #nameOf} made of its URI. Every method may do I/O unless it says otherwise, and is called from
 * many threads at once; a call that is interrupted ends early with {@link
 * BackendException.Reason#UNAVAILABLE} where it can. Deadlines, retries and audit are the caller's:
 * a method tries once. A message names neither the backend nor the operation; the caller adds both.
 */
public interface Backend extends AutoCloseable {
  /**
   * Whether a call may block on a device or a network. If so, the caller runs it on a thread of its
   * own, under a deadline. Does no I/O.
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
   * Builds what the first call needs and takes long to build, such as the client of a service. A
   * remote backend's caller calls it before the first call, outside of any deadline, and again
   * after it failed. It makes no call to the service; without it, the first call builds the same.
   *
   * @throws BackendException with MISCONFIGURED if something is missing, such as a library
   */
  default void prepare() throws BackendException {}

  /**
   * What this backend may hold, as far as it is known without asking it. Does no I/O.
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
   * What to call the key with this URI here.
   *
   * @return empty if the URI belongs to another kind of backend or another place. Does no I/O: the
   *     key need not exist.
   */
  Optional<String> nameOf(KeyUri uri);

  /**
   * Where a key resides, as far as that is known without asking it. Does no I/O.
   *
   * @return empty if it is not known, whether or not there is such a key
   */
  default Optional<Residence> residence(String key) {
    return Optional.empty();
  }

  /** All keys, in the order of their names; every page of them. */
  List<KeyMetadata> list() throws BackendException;

  /** One key, with all its versions, freshly read. Fails with NOT_FOUND if there is none. */
  KeyMetadata describe(String key) throws BackendException;

  /**
   * The identity that headers name the key by. Called for each object: answers from memory where it
   * can.
   */
  String identity(String key) throws BackendException;

  /**
   * The same, if it is known without asking anybody. Does no I/O.
   *
   * @return empty if it is not, whether or not there is such a key
   */
  default Optional<String> knownIdentity(String key) {
    return Optional.empty();
  }

  /** Makes a key. Fails with DENIED if the name exists, with UNSUPPORTED if it can't be held. */
  KeyMetadata create(KeyRequest request) throws BackendException;

  /**
   * Brings in key material that was made elsewhere.
   *
   * @param material the bytes of a secret key, the PKCS#8 DER of a private one; not kept; the
   *     caller zeroes it
   */
  default KeyMetadata importKey(KeyRequest request, byte[] material) throws BackendException {
    throw unsupported("this backend takes no key material from outside");
  }

  /**
   * Makes a new version that is current from now on; older ones open only. Fails with UNSUPPORTED
   * for keys that can't have versions, such as MAC keys and key pairs.
   */
  KeyMetadata rotate(String key) throws BackendException;

  /**
   * Whether a key can be given another name here, or lose its name. Does no I/O. If not, {@link
   * #rename} and {@link #unname} fail with UNSUPPORTED.
   */
  default boolean renames() {
    return true;
  }

  /** Gives a key another name. Fails with DENIED if the new name exists. */
  KeyMetadata rename(String key, String newName) throws BackendException;

  /**
   * Takes the name off a key; the key stays, with all its versions.
   *
   * @return how it can be reached from now on
   */
  KeyUri unname(String key) throws BackendException;

  /**
   * Returns the mechanism that a KEK wraps by now.
   *
   * @return empty if the backend does not tell, or if it counts the wraps of all processes itself
   */
  default Optional<WrapMechanism> mechanism(String key) throws BackendException {
    return Optional.empty();
  }

  /**
   * Wraps a data key under the current version of a KEK, bound to a context.
   *
   * @param dataKey 1 to 64 bytes; not kept, not changed
   */
  WrappedKey wrap(String key, WrapContext context, byte[] dataKey) throws BackendException;

  /**
   * Unwraps what {@link #wrap} made. Fails with BAD_CIPHERTEXT if anything of it, or the context,
   * was changed; with NOT_FOUND if the version is gone.
   *
   * @return a fresh array; the caller zeroes it
   */
  byte[] unwrap(String key, WrappedKey wrapped, WrapContext context) throws BackendException;

  /**
   * Wraps a key of somebody else's with a key of {@link Purpose#KEY_WRAP}.
   *
   * @param plain of a length that the way {@linkplain KeyWrap#wraps wraps}; with UNSUPPORTED for
   *     others; not kept, not changed
   */
  default byte[] wrapKey(String key, KeyWrap way, byte[] plain) throws BackendException {
    throw unsupported("this backend has no AES key wrap: the software backend has");
  }

  /**
   * Unwraps what {@link #wrapKey} made, or anybody else who has the key. Fails with BAD_CIPHERTEXT
   * if it was changed, or wrapped by another key or in another way.
   *
   * @return a fresh array; the caller zeroes it
   */
  default byte[] unwrapKey(String key, KeyWrap way, byte[] wrapped) throws BackendException {
    throw unsupported("this backend has no AES key wrap: the software backend has");
  }

  /** The longest message that {@link #mac} takes, in bytes. Does no I/O. */
  default int maxMacMessage() {
    return 1 << 24;
  }

  /**
   * The MAC of a message.
   *
   * @param algorithm {@code HmacSHA256}, {@code HmacSHA384} or {@code HmacSHA512}
   * @param message at most {@link #maxMacMessage()} bytes
   */
  byte[] mac(String key, String algorithm, byte[] message) throws BackendException;

  /**
   * The public half of a key pair.
   *
   * @return its X.509 SubjectPublicKeyInfo (RFC 5280, section 4.1), DER
   */
  default byte[] publicKey(String key) throws BackendException {
    throw unsupported("this backend has no key pairs");
  }

  /**
   * The longest message that {@link #sign} takes where the algorithm signs messages, in bytes. Does
   * no I/O.
   */
  default int maxSignedMessage() {
    return 1 << 24;
  }

  /**
   * Signs with a private key.
   *
   * @param algorithm one that {@link KeyAttributes#signatures} covers; with UNSUPPORTED for others
   * @param input the digest of the message where {@link SignatureAlgorithm#signsDigest} says so,
   *     else the message
   * @return the signature, as {@link SignatureAlgorithm.Scheme} says
   */
  default byte[] sign(String key, SignatureAlgorithm algorithm, byte[] input)
      throws BackendException {
    throw unsupported("this backend does not sign");
  }

  /**
   * Decrypts with a private RSA key. Fails with BAD_CIPHERTEXT if the padding is wrong.
   *
   * @param padding one of {@link KeyAttributes#paddings}; with UNSUPPORTED for others
   * @param label of OAEP, empty for none; with UNSUPPORTED where the backend takes none
   * @return a fresh array; the caller zeroes it
   */
  default byte[] decrypt(String key, RsaPadding padding, byte[] label, byte[] ciphertext)
      throws BackendException {
    throw unsupported("this backend does not decrypt with private keys");
  }

  /**
   * Agrees on a secret: ECDH (NIST SP 800-56A, section 5.7.1.2) or X25519 (RFC 7748).
   *
   * @param peer the other's public key, X.509 SubjectPublicKeyInfo, DER. Fails with BAD_CIPHERTEXT
   *     if it is none, or not on the key's curve
   * @return the raw secret, a fresh array; the caller zeroes it
   */
  default byte[] agree(String key, byte[] peer) throws BackendException {
    throw unsupported("this backend does not agree on keys");
  }

  /**
   * Opens what a KEM encapsulated to a public key: ML-KEM (FIPS 203). What has the right length
   * gives a secret, even if it was changed: another one then.
   *
   * @param encapsulation fails with BAD_CIPHERTEXT if its length is wrong
   * @return the shared secret, 32 bytes, a fresh array; the caller zeroes it
   */
  default byte[] decapsulate(String key, byte[] encapsulation) throws BackendException {
    throw unsupported("this backend has no KEM: the software backend has");
  }

  /**
   * The certificates that are kept with a key pair, its own first.
   *
   * @return X.509 certificates, DER; empty if there are none, or none can be kept
   */
  default List<byte[]> certificates(String key) throws BackendException {
    return List.of();
  }

  /**
   * Whether certificates can be kept with a key here. Does no I/O. If not, they are kept elsewhere.
   */
  default boolean keepsCertificates() {
    return false;
  }

  /** Keeps certificates with a key pair, its own first, in the place of earlier ones. */
  default void keepCertificates(String key, List<byte[]> chain) throws BackendException {
    throw unsupported("this backend keeps no certificates");
  }

  /** Suspends a key with all its versions until {@link #enable}: it neither protects nor opens. */
  default KeyMetadata disable(String key) throws BackendException {
    throw unsupported("this backend can't disable a key");
  }

  /** Takes a suspended key into use again. */
  default KeyMetadata enable(String key) throws BackendException {
    throw unsupported("this backend can't enable a key");
  }

  /**
   * Has a key destroyed, with all its versions, once some time has passed. Until then it is of no
   * use, and {@link #cancelDestruction} saves it. Fails with UNSUPPORTED, and says what is
   * possible, where the backend does not take this time.
   */
  default KeyMetadata scheduleDestruction(String key, Duration wait) throws BackendException {
    throw unsupported("this backend can't destroy a key");
  }

  /** Saves a key whose destruction is scheduled. It is suspended then: see {@link #enable}. */
  default KeyMetadata cancelDestruction(String key) throws BackendException {
    throw unsupported("this backend can't destroy a key");
  }

  /**
   * Destroys a key whose scheduled time has come, for good, where the backend leaves that to a
   * command. Fails with DENIED before that time, and where this host's clock can't be believed.
   *
   * @param clockIsRight whether the caller has made sure that it can
   */
  default void purge(String key, boolean clockIsRight) throws BackendException {
    throw unsupported("this backend destroys keys by itself, once their time has come");
  }

  /**
   * How the backend's password protects its keys at rest; empty if none does, or nothing is there.
   */
  default Optional<PasswordProtection> passwordProtection() throws BackendException {
    return Optional.empty();
  }

  /**
   * Encrypts all keys at rest anew, with the derivation that new files get.
   *
   * @param newPassword copied; empty to keep the password
   * @return where a copy of what was there before is, which the present password opens
   */
  default String protectAnew(Optional<char[]> newPassword) throws BackendException {
    throw unsupported("this backend protects its keys by no password that could be changed");
  }

  /**
   * Has the backend rotate a KEK by itself.
   *
   * @param period zero to stop that. Fails with UNSUPPORTED, and says what is possible, where the
   *     backend does not take it
   */
  default KeyMetadata rotateEvery(String key, Duration period) throws BackendException {
    throw unsupported(
        "this backend does not rotate keys by itself: rotate this one when it is due");
  }

  /** Random bytes from the backend's own generator. */
  byte[] random(int length) throws BackendException;

  /**
   * Drops what two copies of this process must not both go on with, such as numbers that were
   * reserved and not used. Called before a snapshot or checkpoint of the process is taken, and in
   * each copy. Does no I/O, and ends no call in flight.
   */
  default void dropLocalState() {}

  /** Ends sessions, zeroes secrets. Calls in flight may fail; later ones fail with UNAVAILABLE. */
  @Override
  void close();

  private static BackendException unsupported(String message) {
    return new BackendException(Reason.UNSUPPORTED, message);
  }
}
