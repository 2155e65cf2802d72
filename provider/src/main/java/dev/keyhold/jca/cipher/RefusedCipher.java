package dev.keyhold.jca.cipher;

import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.NextProvider;
import dev.keyhold.jca.key.Refusal;
import dev.keyhold.jca.key.WrappedKeys;
import dev.keyhold.keystore.LocalEngine;
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
import java.util.Optional;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.ShortBufferException;

/**
 * A transformation of the JDK that no key of Keyhold does. Refuses Keyhold's keys in words; any
 * other key, with which this is met where it was named or pinned, is the next provider's.
 */
public final class RefusedCipher extends CipherSpi {
  private final ProviderInstance instance;
  private String transformation;
  private String mode = "";

  /** Of another provider; null until it is needed. */
  private Cipher foreign;

  public RefusedCipher(ProviderInstance instance, String transformation) {
    this.instance = instance;
    this.transformation = transformation;
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

  // ---- the name

  @Override
  protected void engineSetMode(String newMode) throws NoSuchAlgorithmException {
    mode = newMode;
  }

  @Override
  protected void engineSetPadding(String padding) throws NoSuchPaddingException {
    String whole = transformation + "/" + mode + "/" + padding;
    try {
      foreign = LocalEngine.cipher(whole);
    } catch (NoSuchAlgorithmException e) {
      NoSuchPaddingException none = new NoSuchPaddingException("no provider has " + whole);
      none.initCause(e);
      throw none;
    }
    transformation = whole;
  }

  // ---- init

  private void init(Key key, NextProvider.Init<Cipher> init)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    Optional<KeyHandle> own = KeyHandle.own(key, instance);
    if (own.isPresent()) {
      own.get().requireOf(instance);
      throw Refusal.of(own.get(), "Cipher " + transformation);
    }
    foreign = NextProvider.cipher(transformation, foreign, key, init);
  }

  @Override
  protected void engineInit(int opmode, Key key, SecureRandom random) throws InvalidKeyException {
    try {
      init(key, cipher -> cipher.init(opmode, key, random));
    } catch (InvalidAlgorithmParameterException e) {
      throw new InvalidKeyException(e.getMessage(), e);
    }
  }

  @Override
  protected void engineInit(
      int opmode, Key key, AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    init(key, cipher -> cipher.init(opmode, key, parameters, random));
  }

  @Override
  protected void engineInit(
      int opmode, Key key, AlgorithmParameters parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    init(key, cipher -> cipher.init(opmode, key, parameters, random));
  }

  // ---- parameters

  @Override
  protected int engineGetBlockSize() {
    return foreign().getBlockSize();
  }

  @Override
  protected int engineGetOutputSize(int inputLength) {
    return foreign().getOutputSize(inputLength);
  }

  @Override
  protected byte[] engineGetIV() {
    return foreign().getIV();
  }

  @Override
  protected AlgorithmParameters engineGetParameters() {
    return foreign().getParameters();
  }

  @Override
  protected int engineGetKeySize(Key key) throws InvalidKeyException {
    return WrappedKeys.bits(key);
  }

  // ---- data

  @Override
  protected void engineUpdateAAD(byte[] aad, int offset, int length) {
    foreign().updateAAD(aad, offset, length);
  }

  @Override
  protected void engineUpdateAAD(ByteBuffer aad) {
    foreign().updateAAD(aad);
  }

  @Override
  protected byte[] engineUpdate(byte[] in, int offset, int length) {
    return foreign().update(in, offset, length);
  }

  @Override
  protected int engineUpdate(byte[] in, int offset, int length, byte[] out, int outOffset)
      throws ShortBufferException {
    return foreign().update(in, offset, length, out, outOffset);
  }

  @Override
  protected int engineUpdate(ByteBuffer in, ByteBuffer out) throws ShortBufferException {
    return foreign().update(in, out);
  }

  @Override
  protected byte[] engineDoFinal(byte[] in, int offset, int length)
      throws IllegalBlockSizeException, BadPaddingException {
    return in == null ? foreign().doFinal() : foreign().doFinal(in, offset, length);
  }

  @Override
  protected int engineDoFinal(byte[] in, int offset, int length, byte[] out, int outOffset)
      throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
    return in == null
        ? foreign().doFinal(out, outOffset)
        : foreign().doFinal(in, offset, length, out, outOffset);
  }

  @Override
  protected int engineDoFinal(ByteBuffer in, ByteBuffer out)
      throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
    return foreign().doFinal(in, out);
  }

  // ---- keys as data

  @Override
  protected byte[] engineWrap(Key key) throws IllegalBlockSizeException, InvalidKeyException {
    return foreign().wrap(key);
  }

  @Override
  protected Key engineUnwrap(byte[] wrapped, String algorithm, int type)
      throws InvalidKeyException, NoSuchAlgorithmException {
    return foreign().unwrap(wrapped, algorithm, type);
  }
}
