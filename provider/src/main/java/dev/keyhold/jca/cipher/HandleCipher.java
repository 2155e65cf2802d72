package dev.keyhold.jca.cipher;

import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.NextProvider;
import dev.keyhold.jca.key.WrappedKeys;
import dev.keyhold.keystore.LocalEngine;
import dev.keyhold.keystore.LocalRandom;
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
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.IllegalBlockSizeException;

/**
 * Chooses the implementation at {@code init}: the subclass for a key of Keyhold, a cipher of
 * another provider for any other key. Used by one thread at a time, as a {@link Cipher} is.
 */
abstract class HandleCipher extends CipherSpi {
  final ProviderInstance instance;

  /** Does the work for keys that are not Keyhold's; null until it is needed. */
  Cipher foreign;

  HandleCipher(ProviderInstance instance) {
    this.instance = instance;
  }

  /** Returns the name by which other providers have this cipher. */
  abstract String transformation();

  /**
   * Begins an operation with a key of Keyhold, which may be of another instance.
   *
   * @param parameters null if there are none
   * @param random what the application passed; null if it passed none
   */
  abstract void initWithHandle(
      int mode, KeyHandle key, AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException;

  /** Forgets the key of Keyhold, and erases what was gathered for it. */
  abstract void endWithHandle();

  /** Returns whether a key of Keyhold is in use. */
  abstract boolean isWithHandle();

  /**
   * Returns what encoded parameters hold.
   *
   * @param parameters null if there are none
   */
  abstract AlgorithmParameterSpec specOf(AlgorithmParameters parameters)
      throws InvalidAlgorithmParameterException;

  /** Returns the cipher of another provider. */
  Cipher foreign() {
    if (foreign == null) {
      try {
        foreign = LocalEngine.cipher(transformation());
      } catch (GeneralSecurityException e) {
        throw new ProviderException("no other provider has " + transformation(), e);
      }
    }
    return foreign;
  }

  /** Returns the cipher that is tried first for a key that is not Keyhold's; null for a new one. */
  Cipher atHand() {
    return foreign;
  }

  private void useForeign(Key key, NextProvider.Init<Cipher> init)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    foreign = NextProvider.cipher(transformation(), atHand(), key, init);
    endWithHandle();
  }

  @Override
  protected final void engineInit(int mode, Key key, SecureRandom random)
      throws InvalidKeyException {
    try {
      Optional<KeyHandle> handle = KeyHandle.own(key, instance);
      if (handle.isPresent()) {
        initWithHandle(mode, handle.get(), null, random);
      } else {
        useForeign(key, cipher -> cipher.init(mode, key, LocalRandom.with(random)));
      }
    } catch (InvalidAlgorithmParameterException e) {
      throw new InvalidKeyException(e.getMessage(), e);
    }
  }

  @Override
  protected final void engineInit(
      int mode, Key key, AlgorithmParameters parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    Optional<KeyHandle> handle = KeyHandle.own(key, instance);
    if (handle.isPresent()) {
      initWithHandle(mode, handle.get(), specOf(parameters), random);
    } else {
      useForeign(key, cipher -> cipher.init(mode, key, parameters, LocalRandom.with(random)));
    }
  }

  @Override
  protected final void engineInit(
      int mode, Key key, AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    Optional<KeyHandle> handle = KeyHandle.own(key, instance);
    if (handle.isPresent()) {
      initWithHandle(mode, handle.get(), parameters, random);
    } else {
      useForeign(key, cipher -> cipher.init(mode, key, parameters, LocalRandom.with(random)));
    }
  }

  @Override
  protected byte[] engineWrap(Key key) throws IllegalBlockSizeException, InvalidKeyException {
    if (!isWithHandle()) {
      return foreign().wrap(key);
    }
    byte[] encoded = key.getEncoded();
    if (encoded == null || encoded.length == 0) {
      throw new InvalidKeyException(
          "this key has no encoding to wrap; one of Keyhold's never leaves its backend");
    }
    try {
      return engineDoFinal(encoded, 0, encoded.length);
    } catch (BadPaddingException e) {
      throw new ProviderException(e); // not while encrypting
    } finally {
      WrappedKeys.erase(key, encoded);
    }
  }

  @Override
  protected final Key engineUnwrap(byte[] wrapped, String algorithm, int type)
      throws InvalidKeyException, NoSuchAlgorithmException {
    if (!isWithHandle()) {
      return foreign().unwrap(wrapped, algorithm, type);
    }
    byte[] encoded = new byte[0];
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
