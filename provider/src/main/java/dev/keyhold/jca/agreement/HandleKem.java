package dev.keyhold.jca.agreement;

import dev.keyhold.gate.KeyCall;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.NextProvider;
import dev.keyhold.jca.key.PrivateKeyHandle;
import dev.keyhold.jca.key.Refusal;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.encoding.AlgorithmTable;
import dev.keyhold.policy.Policy;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;

/**
 * A KEM: with a private handle, what was encapsulated is opened by the key's backend in one call.
 * With any other key, and for all encapsulation, the next provider's.
 */
public final class HandleKem {
  /** The names of the service: those of the family and of the parameter sets. */
  public static final List<String> NAMES = AlgorithmTable.namesOf("ML-KEM");

  /** The size of the shared secret of every parameter set, in bytes (FIPS 203, table 3). */
  private static final int SECRET_SIZE = 32;

  private final ProviderInstance instance;
  private final String name;

  public HandleKem(ProviderInstance instance, String name) {
    this.instance = instance;
    this.name = name;
  }

  /** Returns whether a key opens what is encapsulated by this name. */
  public static boolean isFor(KeyHandle key, String name) {
    if (!(key instanceof PrivateKeyHandle handle)
        || !handle.abilities().purposes().contains(Purpose.DECAPSULATE)) {
      return false;
    }
    String set = handle.abilities().parameterSet();
    return set.equals(name) || set.startsWith(name + "-");
  }

  /** Returns the object that the JCA asks for. */
  public Object spi() {
    return KemInterfaces.proxy(
        KemInterfaces.SPI,
        (method, arguments) ->
            method.equals("engineNewDecapsulator") && ownKey(arguments[0]).isPresent()
                ? decapsulator(ownKey(arguments[0]).get(), arguments[1])
                : ofNextProvider(method, arguments));
  }

  private Optional<KeyHandle> ownKey(Object key) {
    return key instanceof KeyHandle handle ? KeyHandle.own(handle, instance) : Optional.empty();
  }

  /** Returns the result of the first other installed provider that accepts the key. */
  private Object ofNextProvider(String method, Object[] arguments) throws Throwable {
    if (!(arguments[0] instanceof Key key)) {
      throw new InvalidKeyException("there is no key");
    }
    Exception refusal = null;
    for (Provider provider : NextProvider.others(key, "KEM", name)) {
      Provider.Service service = provider.getService("KEM", name);
      if (service == null) {
        continue;
      }
      try {
        return KemInterfaces.callSpi(service.newInstance(null), method, arguments);
      } catch (InvalidKeyException | InvalidAlgorithmParameterException e) {
        refusal = refusal == null ? e : refusal;
      } catch (NoSuchAlgorithmException e) {
        // the next one may work
      }
    }
    if (refusal != null) {
      throw refusal;
    }
    throw new InvalidKeyException(
        "Keyhold decapsulates with its own keys only, and no other provider serves %s with a key of %s"
            .formatted(name, key.getAlgorithm()));
  }

  private Object decapsulator(KeyHandle key, Object parameters)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    if (parameters != null) {
      throw new InvalidAlgorithmParameterException(name + " takes no parameters");
    }
    key.requireOf(instance);
    if (!isFor(key, name) || !(key instanceof PrivateKeyHandle handle)) {
      throw Refusal.of(key, "KEM " + name);
    }
    Policy policy;
    try {
      policy = handle.solePolicy();
    } catch (BackendException e) {
      throw JcaErrors.atInit(e);
    }
    return KemInterfaces.proxy(
        KemInterfaces.DECAPSULATOR,
        (method, arguments) ->
            switch (method) {
              case "engineSecretSize" -> SECRET_SIZE;
              case "engineEncapsulationSize" -> encapsulationSize(handle);
              case "engineDecapsulate" ->
                  decapsulate(
                      handle,
                      policy,
                      (byte[]) arguments[0],
                      (int) arguments[1],
                      (int) arguments[2],
                      (String) arguments[3]);
              default -> throw new UnsupportedOperationException(method);
            });
  }

  private static int encapsulationSize(PrivateKeyHandle key) {
    return AlgorithmTable.parameterSet(key.abilities().parameterSet())
        .orElseThrow()
        .encapsulationBytes();
  }

  private static SecretKeySpec decapsulate(
      PrivateKeyHandle key, Policy policy, byte[] encapsulation, int from, int to, String algorithm)
      throws Exception {
    byte[] secret = new byte[0];
    try {
      secret = key.instance().router().pass(policy, new KeyCall.Decapsulate(encapsulation));
      return new SecretKeySpec(secret, from, to - from, algorithm);
    } catch (BackendException e) {
      if (e.reason() == Reason.BAD_CIPHERTEXT) {
        throw KemInterfaces.decapsulateException(e.getMessage(), e);
      }
      throw JcaErrors.inUse(e);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }
}
