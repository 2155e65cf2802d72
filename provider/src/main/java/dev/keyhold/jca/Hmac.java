package dev.keyhold.jca;

import dev.keyhold.gate.KeyCall;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.NextProvider;
import dev.keyhold.jca.key.Refusal;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.LocalEngine;
import dev.keyhold.policy.Policy;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.ProviderException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.MacSpi;

/**
 * An HMAC: with a handle, computed by the key's backend in one call, for which the message is
 * gathered up to the backend's limit; with any other key, by the local engine.
 */
final class Hmac extends MacSpi implements Cloneable {
  private static final int FIRST_CAPACITY = 256;

  private final ProviderInstance instance;
  private final String algorithm;

  private Mac foreign;
  private SecretKeyHandle key;
  private Policy policy;
  private int limit;
  private byte[] message = new byte[FIRST_CAPACITY];
  private int length;

  Hmac(ProviderInstance instance, String algorithm) {
    this.instance = instance;
    this.algorithm = algorithm;
  }

  @Override
  protected int engineGetMacLength() {
    return key == null
        ? foreign().getMacLength()
        : Integer.parseInt(algorithm.substring("HmacSHA".length())) / 8;
  }

  @Override
  protected void engineInit(Key newKey, AlgorithmParameterSpec parameters)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    Optional<KeyHandle> handle = KeyHandle.own(newKey, instance);
    if (handle.isPresent()) {
      initWithHandle(handle.get(), parameters);
    } else {
      foreign = NextProvider.mac(algorithm, foreign, newKey, mac -> mac.init(newKey, parameters));
      key = null;
    }
    engineReset();
  }

  private void initWithHandle(KeyHandle given, AlgorithmParameterSpec parameters)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    given.requireOf(instance);
    if (!given.getAlgorithm().equals(algorithm) || !(given instanceof SecretKeyHandle handle)) {
      throw Refusal.of(given, "Mac " + algorithm);
    }
    if (parameters != null) {
      throw new InvalidAlgorithmParameterException("an HMAC takes no parameters");
    }
    try {
      Policy next = handle.solePolicy();
      limit = instance.router().facts().maxMacMessage(next.soleKey());
      policy = next;
    } catch (BackendException e) {
      throw JcaErrors.atInit(e);
    }
    key = handle;
  }

  private Mac foreign() {
    if (foreign == null) {
      try {
        foreign = LocalEngine.mac(algorithm);
      } catch (GeneralSecurityException e) {
        throw new ProviderException("no other provider has " + algorithm, e);
      }
    }
    return foreign;
  }

  @Override
  protected void engineUpdate(byte input) {
    engineUpdate(new byte[] {input}, 0, 1);
  }

  @Override
  protected void engineUpdate(byte[] input, int offset, int count) {
    if (key == null) {
      foreign().update(input, offset, count);
      return;
    }
    if (count > limit - length) {
      throw new ProviderException(
          "the backend of %s authenticates at most %s bytes at once; hash the message first, and"
                  .formatted(key, limit)
              + " authenticate its hash");
    }
    if (count > message.length - length) {
      int capacity = (int) Math.min(limit, Math.max(2L * message.length, (long) length + count));
      byte[] larger = Arrays.copyOf(message, capacity);
      Arrays.fill(message, (byte) 0);
      message = larger;
    }
    System.arraycopy(input, offset, message, length, count);
    length += count;
  }

  @Override
  protected byte[] engineDoFinal() {
    if (key == null) {
      return foreign().doFinal();
    }
    byte[] input = Arrays.copyOf(message, length);
    try {
      KeyRouter router = key.instance().router();
      return router.pass(policy, new KeyCall.Mac(algorithm, input));
    } catch (BackendException e) {
      throw JcaErrors.inUse(e);
    } finally {
      Arrays.fill(input, (byte) 0);
      engineReset();
    }
  }

  @Override
  protected void engineReset() {
    if (foreign != null && key == null) {
      foreign.reset();
    }
    Arrays.fill(message, 0, length, (byte) 0);
    length = 0;
  }

  @Override
  public Object clone() throws CloneNotSupportedException {
    Hmac copy = (Hmac) super.clone();
    copy.message = message.clone();
    copy.foreign = foreign == null ? null : (Mac) foreign.clone();
    return copy;
  }
}
