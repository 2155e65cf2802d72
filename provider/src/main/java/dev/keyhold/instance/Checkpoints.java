package dev.keyhold.instance;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;

/**
 * Receives the checkpoints of this process: by CRaC (Coordinated Restore at Checkpoint), where the
 * JDK has it, or the application brings its API. Uses reflection, since neither is required.
 */
final class Checkpoints {
  private static final System.Logger LOG = System.getLogger("dev.keyhold");
  private static final List<String> APIS = List.of("jdk.crac", "org.crac");

  private Checkpoints() {}

  /**
   * Registers actions for before each checkpoint and after each restore.
   *
   * @return what must be held for as long as that is wanted; null where there are no checkpoints
   */
  static Object register(Runnable action) {
    return register(APIS, action);
  }

  static Object register(List<String> apis, Runnable action) {
    for (String api : apis) {
      try {
        return register(api, action);
      } catch (ClassNotFoundException e) {
        // the next one
      } catch (ReflectiveOperationException | LinkageError e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "checkpoints by {0} are not heard of, so call KeyholdProvider.dropLocalState() before"
                + " each and after each restore: {1}",
            api,
            e.toString());
      }
    }
    return null;
  }

  private static Object register(String api, Runnable action) throws ReflectiveOperationException {
    Class<?> core = find(api + ".Core");
    ClassLoader loader = core.getClassLoader();
    Class<?> resource = Class.forName(api + ".Resource", true, loader);
    Class<?> context = Class.forName(api + ".Context", true, loader);
    Object heard =
        Proxy.newProxyInstance(
            resource.getClassLoader(),
            new Class<?>[] {resource},
            (proxy, method, arguments) -> called(proxy, method, arguments, action));
    try {
      Object global = core.getMethod("getGlobalContext").invoke(null);
      context.getMethod("register", resource).invoke(global, heard);
    } catch (InvocationTargetException e) {
      throw new ReflectiveOperationException(e.getCause());
    }
    return heard;
  }

  /**
   * Returns a class, found by the class loader of the provider, else from that of the application:
   * a server's class path may differ.
   */
  private static Class<?> find(String name) throws ClassNotFoundException {
    try {
      return Class.forName(name, true, Checkpoints.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      ClassLoader context = Thread.currentThread().getContextClassLoader();
      if (context == null) {
        throw e;
      }
      return Class.forName(name, true, context);
    }
  }

  private static Object called(Object proxy, Method method, Object[] arguments, Runnable action) {
    return switch (method.getName()) {
      case "beforeCheckpoint", "afterRestore" -> {
        action.run();
        yield null;
      }
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      case "toString" -> "Keyhold";
      default -> throw new IllegalStateException("CRaC calls " + method);
    };
  }
}
