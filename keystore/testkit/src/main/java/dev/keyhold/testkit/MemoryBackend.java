package dev.keyhold.testkit;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.KeyRequest;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A view of a {@link Place} for one provider: counts each call, and applies the place's faults to
 * it. It is a proxy, with another one for each facet, so that every call to {@link Backend} and to
 * any facet is intercepted. Thread-safe.
 */
final class MemoryBackend implements InvocationHandler {
  private final Place place;
  private final boolean remote;
  private final Object target;
  private final AtomicBoolean closed;

  private MemoryBackend(Place place, boolean remote, Object target, AtomicBoolean closed) {
    this.place = place;
    this.remote = remote;
    this.target = target;
    this.closed = closed;
  }

  /** Returns a view; closing it leaves the place as it is. */
  static Backend of(Place place, boolean remote) {
    return new MemoryBackend(place, remote, place.keys(), new AtomicBoolean()).as(Backend.class);
  }

  private <T> T as(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(Backend.class.getClassLoader(), new Class<?>[] {type}, this));
  }

  private <F extends Facet> Optional<F> facet(Class<F> type) {
    return place
        .keys()
        .facet(type)
        .map(found -> new MemoryBackend(place, remote, found, closed).as(type));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    Optional<Operation> operation = Operation.of(method);
    if (operation.isPresent()) {
      Call call = new Call(operation.get(), key(arguments));
      place.calls().add(call);
      if (closed.get()) {
        throw new BackendException(
            Reason.UNAVAILABLE, "this memory backend is closed: its provider was closed before");
      }
      return place.faults().around(call, () -> at(target, method, arguments));
    }
    return switch (method.getName()) {
      case "forAccess" -> proxy;
      case "facet" -> facet(((Class<?>) arguments[0]).asSubclass(Facet.class));
      case "require" -> InvocationHandler.invokeDefault(proxy, method, arguments);
      case "isRemote" -> remote;
      case "knownIdentity" -> knownIdentity((String) arguments[0]);
      case "close" -> close();
      case "toString" -> "memory backend of a test";
      case "hashCode" -> System.identityHashCode(proxy);
      case "equals" -> proxy == arguments[0];
      default -> at(target, method, arguments);
    };
  }

  private Object close() {
    closed.set(true);
    return null;
  }

  /**
   * Returns the identity of a key as a cloud's backend remembers it: no call is needed to match the
   * header of an object.
   */
  private Optional<String> knownIdentity(String key) {
    try {
      return Optional.of(place.keys().identity(key));
    } catch (BackendException e) {
      return Optional.empty();
    }
  }

  /** Returns the name of the key that a call is about. */
  private String key(Object[] arguments) {
    Object first = arguments == null ? null : arguments[0];
    if (first instanceof KeyRequest request) {
      return request.name();
    }
    return first instanceof String key ? name(key) : "";
  }

  private String name(String key) {
    try {
      String name = place.keys().describe(key).name();
      return name.isEmpty() ? key : name;
    } catch (BackendException e) {
      return key;
    }
  }

  private static Object at(Object target, Method method, Object[] arguments) throws Exception {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }
}
