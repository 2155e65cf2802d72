package dev.keyhold.jca;

import dev.keyhold.instance.OwnedService;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.KeyHandle;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** A service that is a constructor reference, and knows which keys it is for. */
public final class KeyholdService extends Provider.Service implements OwnedService {
  /** The types whose providers the JDK chooses by the key. */
  private static final Set<String> CHOSEN_BY_KEY =
      Set.of("Cipher", "Mac", "Signature", "KeyAgreement", "KEM");

  /** Makes an SPI. */
  @FunctionalInterface
  interface Constructor {
    Object make(ProviderInstance instance) throws NoSuchAlgorithmException;
  }

  private final ProviderInstance instance;
  private final Constructor constructor;
  private final Predicate<KeyHandle> keys;
  private final Predicate<Object> others;

  KeyholdService(
      Provider provider,
      ProviderInstance instance,
      String type,
      String algorithm,
      List<String> aliases,
      Map<String, String> attributes,
      Constructor constructor,
      Predicate<KeyHandle> keys,
      Predicate<Object> others) {
    super(provider, type, algorithm, KeyholdService.class.getName(), aliases, attributes);
    this.instance = instance;
    this.constructor = constructor;
    this.keys = keys;
    this.others = others;
  }

  @Override
  public ProviderInstance instance() {
    return instance;
  }

  @Override
  public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
    if (parameter != null) {
      throw new NoSuchAlgorithmException(getAlgorithm() + " takes no constructor parameter");
    }
    return constructor.make(instance);
  }

  /** Returns whether this does its work with a key, and does not refuse it. */
  public boolean serves(Object key) {
    return key instanceof KeyHandle handle && handle.isOf(instance) && keys.test(handle);
  }

  /**
   * Returns whether this service only refuses Keyhold's keys with an explanation: a name of the
   * JDK's that no key of Keyhold supports.
   */
  public boolean isRefusing() {
    return keys == Services.NO_KEY && CHOSEN_BY_KEY.contains(getType());
  }

  /**
   * Returns whether a key is a handle of this instance; a foreign key goes to the next provider, if
   * there is one. A handle that does not support the operation is accepted too, and so is one whose
   * provider is not installed: only then can the refusal say why, and what to use. Otherwise the
   * JDK would say {@code No installed provider supports this key}.
   */
  @Override
  public boolean supportsParameter(Object parameter) {
    if (!(parameter instanceof KeyHandle handle)) {
      return others.test(parameter);
    }
    return CHOSEN_BY_KEY.contains(getType()) && (handle.isOf(instance) || !handle.isInstalled());
  }
}
