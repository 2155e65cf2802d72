package dev.keyhold.jca.cipher;

import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.NextProvider;
import dev.keyhold.jca.key.Refusal;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.jca.key.WrappedKeys;
import dev.keyhold.keystore.LocalEngine;
import dev.keyhold.keystore.LocalRandom;
import java.nio.ByteBuffer;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.ShortBufferException;

/**
 * {@code AES/GCM/NoPadding}: with a handle, envelope encryption of an object ({@link
 * ObjectCipher}); with any other key, bare AES-GCM by the local engine. DIFFERENCES.md says where
 * the former is unlike the JDK's.
 */
public final class AesGcmCipher extends CipherSpi {
  private static final int BLOCK_SIZE = 16;
  private static final byte[] NOTHING = new byte[0];

  private final ProviderInstance instance;
  private final String transformation;
  private final ObjectCipher object;

  /** Whether the key is a handle, so that {@link #object} does the work. */
  private boolean withHandle;

  /** Does the work otherwise; made when first needed. */
  private Cipher foreign;

  /**
   * Creates a cipher.
   *
   * @param transformation {@code AES/GCM/NoPadding}, or with the size of a key in its name
   */
  public AesGcmCipher(ProviderInstance instance, String transformation) {
    this.instance = instance;
    this.transformation = transformation;
    object = new ObjectCipher();
  }

  private Cipher foreign() {
    if (foreign == null) {
      try {
        foreign = LocalEngine.cipher(transformation);
      } catch (GeneralSecurityException e) {
        throw new ProviderException("no other provider has " + transformation, e);
      }
    }
    return foreign;
  }

  // ---- parameters

  @Override
  protected void engineSetMode(String mode) throws NoSuchAlgorithmException {
    if (!mode.equalsIgnoreCase("GCM")) {
      throw new NoSuchAlgorithmException("this is " + transformation + ", not mode " + mode);
    }
  }

  @Override
  protected void engineSetPadding(String padding) throws NoSuchPaddingException {
    if (!padding.equalsIgnoreCase("NoPadding")) {
      throw new NoSuchPaddingException("this is " + transformation + ", not " + padding);
    }
  }

  @Override
  protected int engineGetBlockSize() {
    return BLOCK_SIZE;
  }

  @Override
  protected int engineGetKeySize(Key key) throws InvalidKeyException {
    if (key instanceof SecretKeyHandle) {
      return 256;
    }
    return WrappedKeys.bits(key);
  }

  @Override
  protected int engineGetOutputSize(int inputLength) {
    return withHandle ? object.outputBound(inputLength) : foreign().getOutputSize(inputLength);
  }

  @Override
  protected byte[] engineGetIV() {
    if (!withHandle) {
      return foreign == null ? null : foreign.getIV();
    }
    byte[] iv = object.iv();
    return iv.length == 0 ? null : iv;
  }

  @Override
  protected AlgorithmParameters engineGetParameters() {
    if (!withHandle) {
      return foreign().getParameters();
    }
    byte[] iv = object.iv();
    return iv.length == 0 ? null : GcmParameters.ofIv(iv);
  }

  // ---- init

  @Override
  protected void engineInit(int mode, Key key, SecureRandom random) throws InvalidKeyException {
    Optional<KeyHandle> handle = KeyHandle.own(key, instance);
    try {
      if (handle.isPresent()) {
        initObject(mode, handle.get(), null, random);
      } else {
        useForeign(key, cipher -> cipher.init(mode, key, LocalRandom.with(random)));
      }
    } catch (InvalidAlgorithmParameterException e) {
      throw new InvalidKeyException(e.getMessage(), e);
    }
  }

  @Override
  protected void engineInit(int mode, Key key, AlgorithmParameters parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    Optional<KeyHandle> handle = KeyHandle.own(key, instance);
    if (handle.isPresent()) {
      initObject(mode, handle.get(), GcmParameters.specOf(parameters), random);
    } else {
      useForeign(key, cipher -> cipher.init(mode, key, parameters, LocalRandom.with(random)));
    }
  }

  @Override
  protected void engineInit(
      int mode, Key key, AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    Optional<KeyHandle> handle = KeyHandle.own(key, instance);
    if (handle.isPresent()) {
      initObject(mode, handle.get(), parameters, random);
    } else {
      useForeign(key, cipher -> cipher.init(mode, key, parameters, LocalRandom.with(random)));
    }
  }

  private void initObject(
      int mode, KeyHandle handle, AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    handle.requireOf(instance);
    if (!isFor(handle) || !(handle instanceof SecretKeyHandle key)) {
      throw Refusal.of(handle, "Cipher " + transformation);
    }
    boolean encrypts = mode == Cipher.ENCRYPT_MODE || mode == Cipher.WRAP_MODE;
    object.init(encrypts, key, GcmParameters.of(encrypts, parameters, random));
    withHandle = true;
  }

  /** Returns whether a key is a KEK. */
  public static boolean isFor(KeyHandle key) {
    return key instanceof SecretKeyHandle && key.getAlgorithm().equals("AES");
  }

  private void useForeign(Key key, NextProvider.Init<Cipher> init)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    foreign = NextProvider.cipher(transformation, foreign, key, init);
    object.end();
    withHandle = false;
  }

  // ---- data

  @Override
  protected void engineUpdateAAD(byte[] aad, int offset, int length) {
    if (withHandle) {
      object.updateAad(aad, offset, length);
    } else {
      foreign().updateAAD(aad, offset, length);
    }
  }

  @Override
  protected void engineUpdateAAD(ByteBuffer aad) {
    byte[] bytes = new byte[aad.remaining()];
    aad.get(bytes);
    engineUpdateAAD(bytes, 0, bytes.length);
  }

  @Override
  protected byte[] engineUpdate(byte[] in, int offset, int length) {
    if (!withHandle) {
      return foreign().update(in, offset, length);
    }
    try {
      return object.process(in, offset, length, false);
    } catch (AEADBadTagException e) {
      throw onlyAtTheEnd(e);
    }
  }

  @Override
  protected int engineUpdate(byte[] in, int offset, int length, byte[] out, int outOffset)
      throws ShortBufferException {
    if (!withHandle) {
      return foreign().update(in, offset, length, out, outOffset);
    }
    try {
      return object.process(in, offset, length, false, out, outOffset);
    } catch (AEADBadTagException e) {
      throw onlyAtTheEnd(e);
    }
  }

  @Override
  protected int engineUpdate(ByteBuffer in, ByteBuffer out) throws ShortBufferException {
    if (!withHandle) {
      return foreign().update(in, out);
    }
    try {
      return object.process(in, out, false);
    } catch (AEADBadTagException e) {
      throw onlyAtTheEnd(e);
    }
  }

  private static ProviderException onlyAtTheEnd(AEADBadTagException e) {
    return new ProviderException("only the end of an object throws this", e);
  }

  @Override
  protected byte[] engineDoFinal(byte[] in, int offset, int length)
      throws IllegalBlockSizeException, BadPaddingException {
    byte[] input = in == null ? NOTHING : in;
    return withHandle
        ? object.process(input, offset, length, true)
        : foreign().doFinal(input, offset, length);
  }

  @Override
  protected int engineDoFinal(byte[] in, int offset, int length, byte[] out, int outOffset)
      throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
    byte[] input = in == null ? NOTHING : in;
    return withHandle
        ? object.process(input, offset, length, true, out, outOffset)
        : foreign().doFinal(input, offset, length, out, outOffset);
  }

  @Override
  protected int engineDoFinal(ByteBuffer in, ByteBuffer out)
      throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
    return withHandle ? object.process(in, out, true) : foreign().doFinal(in, out);
  }

  // ---- keys as data

  @Override
  protected byte[] engineWrap(Key key) throws IllegalBlockSizeException, InvalidKeyException {
    if (!withHandle) {
      return foreign().wrap(key);
    }
    byte[] encoded = key.getEncoded();
    if (encoded == null || encoded.length == 0) {
      throw new InvalidKeyException("a key without an encoding cannot be wrapped");
    }
    try {
      return engineDoFinal(encoded, 0, encoded.length);
    } catch (BadPaddingException e) {
      throw new ProviderException(e); // not while encrypting
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }

  @Override
  protected Key engineUnwrap(byte[] wrapped, String algorithm, int type)
      throws InvalidKeyException, NoSuchAlgorithmException {
    if (!withHandle) {
      return foreign().unwrap(wrapped, algorithm, type);
    }
    byte[] encoded = NOTHING;
    try {
      encoded = engineDoFinal(wrapped, 0, wrapped.length);
      return WrappedKeys.read(encoded, algorithm, type);
    } catch (BadPaddingException | IllegalBlockSizeException e) {
      throw new InvalidKeyException("the wrapped key does not open", e);
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }
}
