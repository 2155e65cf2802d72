package dev.keyhold.instance;

import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * The Keyhold providers of this JVM, and the warning where one of them could be taken for another.
 * Thread-safe.
 */
public final class KeyholdProviders {
  /** The name of a provider that was given none. */
  public static final String NAME = "Keyhold";

  /** The beginning of the name of any other provider. */
  static final String NAMED = NAME + "-";

  private static final System.Logger LOG = System.getLogger("dev.keyhold");
  private static final String CLASS = "dev.keyhold.KeyholdProvider";

  /** Those of this class loader; known here for the warning only, and not kept alive. */
  private static final Set<ProviderInstance> CONFIGURED =
      Collections.newSetFromMap(Collections.synchronizedMap(new WeakHashMap<>()));

  private KeyholdProviders() {}

  /** Returns whether a provider is Keyhold's, of whatever configuration and class loader. */
  public static boolean isOne(Provider provider) {
    return provider.getClass().getName().equals(CLASS);
  }

  /** Returns the instance of an installed provider, or null if none of this class loader has it. */
  public static ProviderInstance installed(String name) {
    for (Provider provider : Security.getProviders()) {
      ProviderInstance instance = provider.getName().equals(name) ? instanceOf(provider) : null;
      if (instance != null) {
        return instance;
      }
    }
    return null;
  }

  /** Returns whether a provider itself, not one equal to it, is installed. */
  @SuppressWarnings("ReferenceEquality") // providers with the same entries are equal
  public static boolean isInstalled(Provider provider) {
    for (Provider installed : Security.getProviders()) {
      if (installed == provider) {
        return true;
      }
    }
    return false;
  }

  /** Returns null if the provider is not one of this class loader. */
  private static ProviderInstance instanceOf(Provider provider) {
    return isOne(provider) && provider.getService("KeyStore", NAME) instanceof OwnedService service
        ? service.instance()
        : null;
  }

  /**
   * Registers a provider that was configured, and warns if another of its name is installed. Does
   * nothing more while the JDK loads the providers of java.security: to ask for them then could
   * deadlock. {@link #warnOfOthers} follows when the provider is used.
   */
  public static void configured(Provider provider, ProviderInstance instance) {
    CONFIGURED.add(instance);
    boolean loading =
        StackWalker.getInstance()
            .walk(
                frames ->
                    frames.anyMatch(frame -> frame.getClassName().startsWith("sun.security.jca.")));
    if (!loading) {
      for (Provider other : Security.getProviders()) {
        if (isTakenFor(other, provider)) {
          warn(other, provider);
          return;
        }
      }
    }
  }

  /**
   * Warns, once, if other providers have the name of the one whose key store or generator is used.
   */
  public static void warnOfOthers(ProviderInstance instance) {
    Provider provider = instance.provider();
    if (provider == null || instance.wasWarned()) {
      return;
    }
    if (!isInstalled(provider)) {
      return; // it was named by the caller
    }
    List<Provider> others = new ArrayList<>(List.of(Security.getProviders()));
    synchronized (CONFIGURED) {
      CONFIGURED.forEach(configured -> others.add(configured.provider()));
    }
    for (Provider other : others) {
      if (isTakenFor(other, provider) && !isClosed(other) && instance.markWarned()) {
        warn(provider, other);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // providers with the same entries are equal
  private static boolean isTakenFor(Provider other, Provider provider) {
    return other != provider && isOne(other) && other.getName().equals(provider.getName());
  }

  private static boolean isClosed(Provider other) {
    ProviderInstance instance = instanceOf(other);
    return instance != null && instance.isClosed();
  }

  private static void warn(Provider first, Provider second) {
    LOG.log(
        System.Logger.Level.WARNING,
        "two configurations have the provider name {0}: {1}, and {2}. The JDK finds the first only:"
            + " Security.addProvider refuses the second (it returns -1), and KeyStore.getInstance"
            + " gives keys of the first, also for aliases that were meant for the second. Give the"
            + " second a name: configure(\"name=second PATH\"), or security.provider.N={3}"
            + " name=second PATH; its provider and its type of KeyStore are then {4}second",
        first.getName(),
        first,
        second,
        CLASS,
        NAMED);
  }
}
