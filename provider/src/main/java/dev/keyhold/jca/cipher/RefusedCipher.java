package dev.keyhold.jca.cipher;

import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.Refusal;
import dev.keyhold.jca.key.WrappedKeys;
import dev.keyhold.keystore.LocalEngine;
import java.nio.ByteBuffer;
import java.security.AlgorithmParameters;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.BadPaddingException;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.ShortBufferException;

/**
 * A transformation of the JDK that no key of Keyhold supports. Refuses Keyhold's keys with an
 * explanation. For any other key, if this provider was named or pinned, the next provider does the
 * work.
 */
public final class RefusedCipher extends HandleCipher {
  private String transformation;
  private String mode = "";

  public RefusedCipher(ProviderInstance instance, String transformation) {
    super(instance);
    this.transformation = transformation;
  }

  @Override
  String transformation() {
    return transformation;
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

  @Override
  void initWithHandle(
      int opmode, KeyHandle key, AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidKeyException {
    key.requireOf(instance);
    throw Refusal.of(key, "Cipher " + transformation);
  }

  @Override
  AlgorithmParameterSpec specOf(AlgorithmParameters parameters) {
    return null; // no key of Keyhold has any
  }

  @Override
  void endWithHandle() {} // it has none

  @Override
  boolean isWithHandle() {
    return false;
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
}
