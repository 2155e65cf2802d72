package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.pkcs11.token.Token;
import dev.keyhold.keystore.pkcs11.token.TokenMechanisms;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * AES-GCM wraps in the token, laid out as {@link dev.keyhold.keystore.WrapMechanism#AES_GCM} says.
 *
 * <p>With random IVs of 96 bits, one key must not wrap more than 2^32 times (NIST SP 800-38D,
 * section 8.3). The count is this process's own: a token keeps none, so processes that share a key
 * share the bound too, and a restart begins anew. A KEK by HMAC-derive has no such bound.
 *
 * <p>Thread-safe.
 */
final class GcmWrapper {
  static final long MAX_WRAPS = 1L << 32;

  private final long maxWraps;
  private final Map<String, AtomicLong> wraps = new ConcurrentHashMap<>();

  GcmWrapper(long maxWraps) {
    this.maxWraps = maxWraps;
  }

  /** Wraps a data key under the key with this label. */
  byte[] wrap(Token token, String label, WrapContext context, byte[] dataKey)
      throws BackendException {
    if (!token.honoursGcmIv()) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "this token does not do AES-GCM with an IV from outside: make a KEK with"
              + " wrap = hmac-derive");
    }
    count(label);
    byte[] iv = LocalRandom.bytes(TokenMechanisms.IV_LENGTH);
    byte[] sealed = token.encrypt(label, iv, context.toBytes(), dataKey);
    byte[] wrapped = Arrays.copyOf(iv, iv.length + sealed.length);
    System.arraycopy(sealed, 0, wrapped, iv.length, sealed.length);
    return wrapped;
  }

  /** Unwraps a data key with the key of this label. */
  byte[] unwrap(Token token, String label, WrapContext context, byte[] wrapped)
      throws BackendException {
    if (wrapped.length <= TokenMechanisms.IV_LENGTH + TokenMechanisms.TAG_LENGTH) {
      throw new BackendException(Reason.BAD_CIPHERTEXT, "the wrapped key is too short");
    }
    byte[] iv = Arrays.copyOf(wrapped, TokenMechanisms.IV_LENGTH);
    byte[] sealed = Arrays.copyOfRange(wrapped, TokenMechanisms.IV_LENGTH, wrapped.length);
    return token.decrypt(label, iv, context.toBytes(), sealed);
  }

  /** Carries the count on to a key's new label. */
  void relabelled(String from, String to) {
    AtomicLong count = wraps.remove(from);
    if (count != null) {
      wraps.put(to, count);
    }
  }

  private void count(String label) throws BackendException {
    AtomicLong count = wraps.computeIfAbsent(label, l -> new AtomicLong());
    if (count.incrementAndGet() > maxWraps) {
      count.set(maxWraps); // no overflow, however often it is called
      throw new BackendException(
          Reason.DENIED,
          "this version of the key has wrapped "
              + maxWraps
              + " times, the most for AES-GCM with random IVs: rotate the key");
    }
  }
}
