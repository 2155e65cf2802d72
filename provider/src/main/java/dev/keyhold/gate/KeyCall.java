package dev.keyhold.gate;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyWrap;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.Kems;
import dev.keyhold.keystore.facet.KeyWraps;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.observe.KeyOperation;
import java.util.List;
import java.util.Optional;

/**
 * A call to a backend: an operation with its input, for {@link KeyRouter#pass}. The arrays belong
 * to the caller, who zeroes those that are secret; they are not copied.
 *
 * @param <T> what the backend answers
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public sealed interface KeyCall<T> {
  /** Returns what it is, for observers and errors. */
  KeyOperation operation();

  /** Returns what the words of the operation in errors name, such as an algorithm. */
  default Object detail() {
    return "";
  }

  /**
   * Returns whether it may be made again when its outcome is unknown. If not, it is made once,
   * under the deadline of changes.
   */
  default boolean isRepeatable() {
    return true;
  }

  /**
   * Asks the backend, once.
   *
   * @param key the name of the key there
   */
  T on(Backend backend, String key) throws BackendException;

  /** Wraps a top key, or a share of one. */
  record Wrap(WrapContext context, byte[] dataKey) implements KeyCall<WrappedKey> {
    @Override
    public KeyOperation operation() {
      return KeyOperation.WRAP;
    }

    @Override
    public WrappedKey on(Backend backend, String key) throws BackendException {
      return backend.require(Keks.class).wrap(key, context, dataKey);
    }
  }

  /** Unwraps a top key, or a share of one. */
  record Unwrap(WrappedKey wrapped, WrapContext context) implements KeyCall<byte[]> {
    @Override
    public KeyOperation operation() {
      return KeyOperation.UNWRAP;
    }

    @Override
    public byte[] on(Backend backend, String key) throws BackendException {
      return backend.require(Keks.class).unwrap(key, wrapped, context);
    }
  }

  /** Wraps another party's key. */
  record WrapKey(KeyWrap way, byte[] plain) implements KeyCall<byte[]> {
    @Override
    public KeyOperation operation() {
      return KeyOperation.WRAP_KEY;
    }

    @Override
    public Object detail() {
      return way;
    }

    @Override
    public byte[] on(Backend backend, String key) throws BackendException {
      return backend.require(KeyWraps.class).wrapKey(key, way, plain);
    }
  }

  /** Unwraps another party's key. */
  record UnwrapKey(KeyWrap way, byte[] wrapped) implements KeyCall<byte[]> {
    @Override
    public KeyOperation operation() {
      return KeyOperation.UNWRAP_KEY;
    }

    @Override
    public Object detail() {
      return way;
    }

    @Override
    public byte[] on(Backend backend, String key) throws BackendException {
      return backend.require(KeyWraps.class).unwrapKey(key, way, wrapped);
    }
  }

  /** Computes a MAC. */
  record Mac(String algorithm, byte[] message) implements KeyCall<byte[]> {
    @Override
    public KeyOperation operation() {
      return KeyOperation.MAC;
    }

    @Override
    public Object detail() {
      return algorithm;
    }

    @Override
    public byte[] on(Backend backend, String key) throws BackendException {
      return backend.require(Macs.class).mac(key, algorithm, message);
    }
  }

  /** Signs. */
  record Sign(SignatureAlgorithm algorithm, byte[] input) implements KeyCall<byte[]> {
    @Override
    public KeyOperation operation() {
      return KeyOperation.SIGN;
    }

    @Override
    public Object detail() {
      return algorithm;
    }

    @Override
    public byte[] on(Backend backend, String key) throws BackendException {
      return backend.require(Signatures.class).sign(key, algorithm, input);
    }
  }

  /** Decrypts with a private RSA key. */
  record Decrypt(RsaPadding padding, byte[] label, byte[] ciphertext) implements KeyCall<byte[]> {
    @Override
    public KeyOperation operation() {
      return KeyOperation.DECRYPT;
    }

    @Override
    public Object detail() {
      return padding;
    }

    @Override
    public byte[] on(Backend backend, String key) throws BackendException {
      return backend.require(Decryptions.class).decrypt(key, padding, label, ciphertext);
    }
  }

  /**
   * Agrees on a secret with the holder of another key.
   *
   * @param peer the other's public key, X.509 SubjectPublicKeyInfo, DER
   */
  record Agree(byte[] peer) implements KeyCall<byte[]> {
    @Override
    public KeyOperation operation() {
      return KeyOperation.AGREE;
    }

    @Override
    public byte[] on(Backend backend, String key) throws BackendException {
      return backend.require(Agreements.class).agree(key, peer);
    }
  }

  /** Opens what a KEM encapsulated to a key. */
  record Decapsulate(byte[] encapsulation) implements KeyCall<byte[]> {
    @Override
    public KeyOperation operation() {
      return KeyOperation.DECAPSULATE;
    }

    @Override
    public byte[] on(Backend backend, String key) throws BackendException {
      return backend.require(Kems.class).decapsulate(key, encapsulation);
    }
  }

  /** A question that changes nothing: about keys, or for random bytes. */
  record Read<T>(KeyOperation operation, Asking<T> asking) implements KeyCall<T> {
    /** Lists all keys. */
    public static final Read<List<KeyMetadata>> LIST =
        new Read<>(KeyOperation.LIST, (backend, key) -> backend.list());

    /** Describes a key, freshly read. */
    public static final Read<KeyMetadata> DESCRIBE =
        new Read<>(KeyOperation.DESCRIBE, Backend::describe);

    /** Tells what headers name a key by. */
    public static final Read<String> IDENTIFY =
        new Read<>(KeyOperation.IDENTIFY, Backend::identity);

    /** Tells the mechanism that a key wraps by. */
    public static final Read<Optional<WrapMechanism>> MECHANISM =
        new Read<>(
            KeyOperation.DESCRIBE, (backend, key) -> backend.require(Keks.class).mechanism(key));

    /** Reads the public half of a key pair, X.509 SubjectPublicKeyInfo, DER. */
    public static final Read<byte[]> PUBLIC_KEY =
        new Read<>(
            KeyOperation.READ_PUBLIC_KEY,
            (backend, key) -> backend.require(PublicKeys.class).publicKey(key));

    @Override
    public T on(Backend backend, String key) throws BackendException {
      return asking.on(backend, key);
    }
  }

  /** A change of keys, or of what is kept with them. */
  record Change<T>(KeyOperation operation, boolean isRepeatable, Asking<T> asking)
      implements KeyCall<T> {
    @Override
    public T on(Backend backend, String key) throws BackendException {
      return asking.on(backend, key);
    }
  }

  /** One call of a backend. */
  @FunctionalInterface
  interface Asking<T> {
    T on(Backend backend, String key) throws BackendException;
  }
}
