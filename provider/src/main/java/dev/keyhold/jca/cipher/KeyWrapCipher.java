package dev.keyhold.jca.cipher;

import dev.keyhold.gate.KeyCall;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.KeyWrapName;
import dev.keyhold.jca.key.Refusal;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.jca.key.WrappedKeys;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyWrap;
import dev.keyhold.keystore.LocalEngine;
import dev.keyhold.policy.Policy;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.InvalidParameterSpecException;
import java.util.Arrays;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.IvParameterSpec;

/**
 * AES key wrap: with a handle, by the key's backend in one call; with any other key, the local
 * engine.
 */
public final class KeyWrapCipher extends HandleCipher {
  private static final byte[] NOTHING = new byte[0];
  private static final int BLOCK = KeyPadding.BLOCK;

  private final KeyWrapName name;

  /** Null where the key is not Keyhold's. */
  private SecretKeyHandle key;

  private Policy policy;
  private boolean wraps;
  private final SecretBuffer input = new SecretBuffer(KeyWrap.KW.wrappedLength(KeyWrap.MAX_LENGTH));

  public KeyWrapCipher(ProviderInstance instance, KeyWrapName name) {
    super(instance);
    this.name = name;
  }

  // ---- init

  @Override
  String transformation() {
    return name.transformation();
  }

  @Override
  AlgorithmParameterSpec specOf(AlgorithmParameters parameters)
      throws InvalidAlgorithmParameterException {
    try {
      return parameters == null ? null : parameters.getParameterSpec(IvParameterSpec.class);
    } catch (InvalidParameterSpecException e) {
      throw new InvalidAlgorithmParameterException("AES key wrap takes an IV", e);
    }
  }

  /** A backend checks by the standard's value, and by no other. */
  private void requireInitialValue(AlgorithmParameterSpec parameters)
      throws InvalidAlgorithmParameterException {
    if (parameters == null) {
      return;
    }
    if (!(parameters instanceof IvParameterSpec iv)) {
      throw new InvalidAlgorithmParameterException("AES key wrap takes an IvParameterSpec");
    }
    if (!Arrays.equals(iv.getIV(), name.initialValue())) {
      throw new InvalidAlgorithmParameterException(
          "with a key of Keyhold, %s has the standard's initial value only: leave it out"
              .formatted(name.transformation()));
    }
  }

  @Override
  void initWithHandle(
      int mode, KeyHandle newKey, AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    newKey.requireOf(instance);
    if (!name.isFor(newKey) || !(newKey instanceof SecretKeyHandle handle)) {
      throw Refusal.of(newKey, "Cipher " + name.transformation());
    }
    requireInitialValue(parameters);
    try {
      policy = handle.solePolicy();
    } catch (BackendException e) {
      throw JcaErrors.atInit(e);
    }
    key = handle;
    wraps = mode == Cipher.ENCRYPT_MODE || mode == Cipher.WRAP_MODE;
    input.clear();
  }

  @Override
  void endWithHandle() {
    key = null;
    input.clear();
  }

  @Override
  boolean isWithHandle() {
    return key != null;
  }

  // ---- parameters

  @Override
  protected void engineSetMode(String mode) throws NoSuchAlgorithmException {
    if (!mode.equalsIgnoreCase(name.way().name())) {
      throw new NoSuchAlgorithmException("this is " + name.transformation() + ", not " + mode);
    }
  }

  @Override
  protected void engineSetPadding(String padding) throws NoSuchPaddingException {
    if (!padding.equalsIgnoreCase(name.padded() ? "PKCS5Padding" : "NoPadding")) {
      throw new NoSuchPaddingException("this is " + name.transformation() + ", not " + padding);
    }
  }

  @Override
  protected int engineGetBlockSize() {
    return key == null ? foreign().getBlockSize() : BLOCK;
  }

  @Override
  protected int engineGetKeySize(Key sized) throws InvalidKeyException {
    if (sized instanceof KeyHandle handle && name.isFor(handle)) {
      return KeyWrapName.bitsOf(handle);
    }
    return WrappedKeys.bits(sized);
  }

  @Override
  protected int engineGetOutputSize(int inputLength) {
    if (key == null) {
      return foreign().getOutputSize(inputLength);
    }
    int all = Math.addExact(input.length(), inputLength);
    if (!wraps) {
      return Math.max(0, all - BLOCK);
    }
    return name.way().wrappedLength(name.padded() ? KeyPadding.length(all) : all);
  }

  @Override
  protected byte[] engineGetIV() {
    return key == null ? foreign().getIV() : name.initialValue();
  }

  @Override
  protected AlgorithmParameters engineGetParameters() {
    if (key == null) {
      return foreign().getParameters();
    }
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("AES");
      parameters.init(new IvParameterSpec(name.initialValue()));
      return parameters;
    } catch (GeneralSecurityException e) {
      throw LocalEngine.broken(e);
    }
  }

  // ---- data

  @Override
  protected byte[] engineUpdate(byte[] in, int offset, int length) {
    if (key == null) {
      return foreign().update(in, offset, length);
    }
    requireRoom(length);
    input.add(in, offset, length);
    return null;
  }

  @Override
  protected int engineUpdate(byte[] in, int offset, int length, byte[] out, int outOffset)
      throws ShortBufferException {
    if (key == null) {
      return foreign().update(in, offset, length, out, outOffset);
    }
    engineUpdate(in, offset, length);
    return 0;
  }

  private void requireRoom(int length) {
    if (!input.hasRoom(length)) {
      throw new ProviderException(
          "a key that is wrapped has at most "
              + KeyWrap.MAX_LENGTH
              + " bytes: encrypt data as such");
    }
  }

  @Override
  protected byte[] engineDoFinal(byte[] in, int offset, int length)
      throws IllegalBlockSizeException, BadPaddingException {
    if (key == null) {
      try {
        return in == null ? foreign().doFinal() : foreign().doFinal(in, offset, length);
      } catch (NegativeArraySizeException e) {
        throw notUnwrapped(e); // SunJCE's, where the wrapped key is too short
      }
    }
    byte[] result = transformed(in, offset, length);
    input.clear();
    return result;
  }

  @Override
  protected int engineDoFinal(byte[] in, int offset, int length, byte[] out, int outOffset)
      throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
    if (key == null) {
      try {
        return in == null
            ? foreign().doFinal(out, outOffset)
            : foreign().doFinal(in, offset, length, out, outOffset);
      } catch (NegativeArraySizeException e) {
        throw notUnwrapped(e);
      }
    }
    byte[] result = transformed(in, offset, length);
    try {
      if (result.length > out.length - outOffset) {
        // what was gathered stays, so that the caller can try again
        throw new ShortBufferException("the result has " + result.length + " bytes");
      }
      System.arraycopy(result, 0, out, outOffset, result.length);
    } finally {
      Arrays.fill(result, (byte) 0);
    }
    input.clear();
    return result.length;
  }

  /** Returns what comes of all that was gathered, and of these bytes. */
  private byte[] transformed(byte[] in, int offset, int length) throws IllegalBlockSizeException {
    requireRoom(length);
    byte[] all = input.with(in == null ? NOTHING : in, offset, length);
    boolean done = false;
    try {
      byte[] result = wraps ? wrapped(all) : unwrapped(all);
      done = true;
      return result;
    } finally {
      Arrays.fill(all, (byte) 0);
      if (!done) {
        input.clear();
      }
    }
  }

  private byte[] wrapped(byte[] plain) throws IllegalBlockSizeException {
    byte[] padded = name.padded() ? KeyPadding.add(plain) : plain;
    try {
      if (!name.way().wraps(padded.length)) {
        throw new IllegalBlockSizeException(
            name.way() == KeyWrap.KW
                ? "AES/KW wraps at least 16 bytes, and multiples of 8; AES/KWP has no such limits"
                : "there is nothing to wrap");
      }
      return router().pass(policy, new KeyCall.WrapKey(name.way(), padded));
    } catch (BackendException e) {
      throw JcaErrors.inUse(e);
    } finally {
      Arrays.fill(padded, (byte) 0);
    }
  }

  private byte[] unwrapped(byte[] wrapped) throws IllegalBlockSizeException {
    if (!name.way().unwraps(wrapped.length)) {
      throw notUnwrapped(null);
    }
    try {
      byte[] plain = router().pass(policy, new KeyCall.UnwrapKey(name.way(), wrapped));
      return name.padded() ? unpadded(plain) : plain;
    } catch (BackendException e) {
      if (e.reason() == Reason.BAD_CIPHERTEXT) {
        throw notUnwrapped(e);
      }
      throw JcaErrors.inUse(e);
    }
  }

  private static byte[] unpadded(byte[] padded) throws IllegalBlockSizeException {
    try {
      return KeyPadding.remove(padded).orElseThrow(() -> notUnwrapped(null));
    } finally {
      Arrays.fill(padded, (byte) 0);
    }
  }

  private KeyRouter router() throws BackendException {
    return key.instance().router();
  }

  /** Returns the exception that SunJCE throws if a check fails. */
  private static IllegalBlockSizeException notUnwrapped(Exception cause) {
    IllegalBlockSizeException e =
        new IllegalBlockSizeException("the wrapped key does not open: it fails its check");
    if (cause != null) {
      e.initCause(cause);
    }
    return e;
  }
}
