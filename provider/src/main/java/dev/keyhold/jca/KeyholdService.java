package dev.keyhold.jca;

import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** A service that is a constructor reference, and knows which keys it is for. */
public final class KeyholdService extends Provider.Service {
  private final Instance instance;
  private final Function<Instance, Object> constructor;
  private final Predicate<KeyHandle> keys;
  private final Predicate<Object> others;

  KeyholdService(
      Provider provider,
      Instance instance,
      String type,
      String algorithm,
      List<String> aliases,
      Function<Instance, Object> constructor,
      Predicate<KeyHandle> keys,
      Predicate<Object> others) {
    super(provider, type, algorithm, KeyholdService.class.getName(), aliases, Map.of());
    this.instance = instance;
    this.constructor = constructor;
    this.keys = keys;
    this.others = others;
  }

  Instance instance() {
    return instance;
  }

  @Override
  public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
    if (parameter != null) {
      throw new NoSuchAlgorithmException(getAlgorithm() + " takes no constructor parameter");
    }
    return constructor.apply(instance);
  }

  /** Handles of this instance; a foreign key goes to the next provider, where there is one. */
  @Override
  public boolean supportsParameter(Object parameter) {
    return parameter instanceof KeyHandle handle
        ? handle.isOf(instance) && keys.test(handle)
        : others.test(parameter);
  }
}
