package dev.keyhold.jca.cipher;

import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.Refusal;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.jca.key.WrappedKeys;
import java.nio.ByteBuffer;
import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.AEADBadTagException;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.ShortBufferException;

/**
 * {@code AES/GCM/NoPadding}: with a handle, envelope encryption of an object ({@link
 * ObjectCipher}); with any other key, bare AES-GCM by the local engine. DIFFERENCES.md lists how
 * the former differs from the JDK's.
 */
public final class AesGcmCipher extends HandleCipher {
  private static final int BLOCK_SIZE = 16;
  private static final byte[] NOTHING = new byte[0];

  private final String transformation;
  private final ObjectCipher object;

  /** Whether the key is a handle, so that {@link #object} does the work. */
  private boolean withHandle;

  /**
   * Creates a cipher.
   *
   * @param transformation {@code AES/GCM/NoPadding}, or with the size of a key in its name
   */
  public AesGcmCipher(ProviderInstance instance, String transformation) {
    super(instance);
    this.transformation = transformation;
    object = new ObjectCipher();
  }

  @Override
  String transformation() {
    return transformation;
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
  void initWithHandle(
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

  @Override
  AlgorithmParameterSpec specOf(AlgorithmParameters parameters)
      throws InvalidAlgorithmParameterException {
    return GcmParameters.specOf(parameters);
  }

  @Override
  void endWithHandle() {
    object.end();
    withHandle = false;
  }

  @Override
  boolean isWithHandle() {
    return withHandle;
  }

  /** Returns whether a key is a KEK. */
  public static boolean isFor(KeyHandle key) {
    return key instanceof SecretKeyHandle && key.getAlgorithm().equals("AES");
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
}
