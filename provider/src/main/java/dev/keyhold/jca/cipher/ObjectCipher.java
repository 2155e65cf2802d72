package dev.keyhold.jca.cipher;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.jca.key.Callers;
import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.object.ObjectTransform;
import dev.keyhold.policy.Declared;
import dev.keyhold.policy.Policy;
import java.nio.ByteBuffer;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.ProviderException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;

/**
 * AES/GCM/NoPadding with a handle: the state of one {@link Cipher} object, which encrypts or
 * decrypts one Keyhold object after the other. Not thread-safe, as no Cipher is.
 */
final class ObjectCipher {
  /** The use that this is initialised for; null before. */
  private Use use;

  /** The last encryption, whatever came after it; null before the first. */
  private Use lastEncryption;

  /** The object under way; null when an encryption has ended, or a decryption not begun. */
  private ObjectTransform transform;

  private boolean dataSeen;

  /** Key, direction and parameters. Immutable; the arrays are not changed. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Use(
      boolean encrypts, SecretKeyHandle key, byte[] iv, byte[] aad, Declared caller) {
    boolean hasKeyAndIvOf(Use other) {
      return iv.length > 0 && Arrays.equals(iv, other.iv) && key.equals(other.key);
    }
  }

  /** Takes a key into use: for encryption that is the call to its backend. */
  void init(boolean encrypts, SecretKeyHandle key, KeyholdParameterSpec parameters)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    // declared by the thread that initialises it, even if others use it later
    Use next = new Use(encrypts, key, parameters.iv(), parameters.aad(), Callers.of(parameters));
    if (encrypts && lastEncryption != null && lastEncryption.hasKeyAndIvOf(next)) {
      throw new InvalidAlgorithmParameterException(
          "the same key and IV again: Cannot reuse iv for GCM encryption");
    }
    ObjectTransform begun = null;
    if (encrypts) {
      try {
        begun = begin(next);
      } catch (BackendException e) {
        throw JcaErrors.atInit(e);
      }
      lastEncryption = next;
    }
    abandon();
    use = next;
    transform = begun;
  }

  /** Forgets the key and the object under way. */
  void end() {
    abandon();
    use = null;
  }

  byte[] iv() {
    return use.iv().clone();
  }

  int outputBound(int inputLength) {
    return transform == null && use.encrypts() ? inputLength : transform().outputBound(inputLength);
  }

  void updateAad(byte[] aad, int offset, int length) {
    if (dataSeen) {
      throw new IllegalStateException("Update has been called; no more AAD data");
    }
    transform().updateAad(aad, offset, length);
  }

  /** Processes input and returns the output in an array of exactly the right length. */
  byte[] process(byte[] in, int offset, int length, boolean last) throws AEADBadTagException {
    byte[] out = new byte[transform().outputSize(in, offset, length, last)];
    try {
      int written = process(in, offset, length, last, out, 0);
      return written == out.length ? out : Arrays.copyOf(out, written);
    } catch (ShortBufferException e) {
      throw new ProviderException(e); // it was asked how long it must be
    }
  }

  /**
   * Processes input; all other methods for that call this one. The size of the output buffer is
   * checked before anything changes.
   */
  int process(byte[] in, int offset, int length, boolean last, byte[] out, int outOffset)
      throws ShortBufferException, AEADBadTagException {
    ObjectTransform current = transform();
    int size = current.outputSize(in, offset, length, last);
    if (out.length - outOffset < size) {
      throw new ShortBufferException("the output needs " + size + " bytes");
    }
    boolean overlaps =
        in == out && offset < outOffset + size && outOffset < offset + length && size > 0;
    byte[] input = overlaps ? Arrays.copyOfRange(in, offset, offset + length) : in;
    dataSeen = true;
    try {
      return current.process(input, overlaps ? 0 : offset, length, last, out, outOffset);
    } catch (BackendException e) {
      throw JcaErrors.inUse(e);
    } finally {
      if (last) {
        transform = null;
        dataSeen = false;
      }
    }
  }

  /** Processes buffers; their backing arrays are used without a copy. */
  int process(ByteBuffer in, ByteBuffer out, boolean last)
      throws ShortBufferException, AEADBadTagException {
    int length = in.remaining();
    boolean inPlace = in.hasArray() && !in.isReadOnly();
    byte[] input = inPlace ? in.array() : new byte[length];
    int offset = inPlace ? in.arrayOffset() + in.position() : 0;
    if (!inPlace) {
      in.duplicate().get(input);
    }
    int size = transform().outputSize(input, offset, length, last);
    if (out.remaining() < size) {
      throw new ShortBufferException("the output needs " + size + " bytes");
    }
    byte[] output = out.hasArray() ? out.array() : new byte[size];
    int outOffset = out.hasArray() ? out.arrayOffset() + out.position() : 0;
    int written = process(input, offset, length, last, output, outOffset);
    in.position(in.limit());
    if (out.hasArray()) {
      out.position(out.position() + written);
    } else {
      out.put(output, 0, written);
    }
    return written;
  }

  private ObjectTransform transform() {
    if (transform == null) {
      if (use.encrypts()) {
        throw new IllegalStateException("Must use either different key or iv for GCM encryption");
      }
      try {
        transform = begin(use);
      } catch (BackendException e) {
        throw JcaErrors.inUse(e);
      }
    }
    return transform;
  }

  private static ObjectTransform begin(Use use) throws BackendException {
    SecretKeyHandle key = use.key();
    byte[] iv = use.iv();
    Policy policy = key.policyForObjects(use.caller());
    ObjectTransform begun =
        use.encrypts()
            ? key.instance().envelope().seal(policy, iv)
            : key.instance().envelope().open(policy, iv);
    begun.updateAad(use.aad(), 0, use.aad().length);
    return begun;
  }

  private void abandon() {
    if (transform != null) {
      transform.destroy();
      transform = null;
    }
    dataSeen = false;
  }
}
