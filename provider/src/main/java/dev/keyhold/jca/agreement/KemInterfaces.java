package dev.keyhold.jca.agreement;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * The interfaces of {@code javax.crypto.KEMSpi}. They came with JDK 21 and with updates of JDK 17,
 * so that what is compiled for release 17 can't name them: they are implemented by proxies, where
 * the JDK has them. Stateless.
 */
public final class KemInterfaces {
  static final String SPI = "javax.crypto.KEMSpi";
  static final String DECAPSULATOR = SPI + "$DecapsulatorSpi";
  private static final String EXCEPTION = "javax.crypto.DecapsulateException";

  private KemInterfaces() {}

  /** The implementation of a proxy's methods. */
  @FunctionalInterface
  interface Methods {
    /**
     * One call.
     *
     * @param name of the method of the interface
     * @param arguments may be null where there are none
     */
    Object call(String name, Object[] arguments) throws Throwable;
  }

  /** Returns whether this JDK has KEMs. */
  public static boolean areThere() {
    try {
      return Class.forName(SPI) != null;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** Returns an object with one of the interfaces. */
  static Object proxy(String type, Methods methods) {
    InvocationHandler handler =
        (self, method, arguments) ->
            method.getDeclaringClass() == Object.class
                ? ofObject(self, method, arguments, type)
                : methods.call(method.getName(), arguments);
    Class<?> found = find(type);
    return Proxy.newProxyInstance(found.getClassLoader(), new Class<?>[] {found}, handler);
  }

  private static Object ofObject(Object self, Method method, Object[] arguments, String type) {
    return switch (method.getName()) {
      case "equals" -> self == arguments[0];
      case "hashCode" -> System.identityHashCode(self);
      default -> "Keyhold's " + type;
    };
  }

  /** Calls a method of {@link #SPI} on another provider's object. */
  static Object callSpi(Object spi, String name, Object[] arguments) throws Throwable {
    for (Method method : find(SPI).getMethods()) {
      if (method.getName().equals(name)) {
        try {
          return method.invoke(spi, arguments);
        } catch (InvocationTargetException e) {
          throw e.getCause();
        }
      }
    }
    throw new IllegalStateException(SPI + " has no " + name);
  }

  /** The exception for what can't be decapsulated, which is a checked one. */
  static Exception decapsulateException(String message, Throwable cause) {
    try {
      return (Exception)
          find(EXCEPTION).getConstructor(String.class, Throwable.class).newInstance(message, cause);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(EXCEPTION + " is not as it was", e);
    }
  }

  private static Class<?> find(String type) {
    try {
      return Class.forName(type);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("this JDK has no " + type, e);
    }
  }
}
