package dev.keyhold.conformance.provider;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.AwsEmulator;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdConfig;
import java.io.File;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.lang.runtime.ObjectMethods;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.Provider;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An application that is undeployed removes the provider, and closes it or not. */
@ResourceLock("java.security.Security")
class RemovedProviderTest {
  private static final Duration DEADLINE = Duration.ofMinutes(1);
  private static final String NO_NATIVE = "io.grpc.netty.shaded.io.netty.transport.noNative";

  @TempDir Path folder;

  /** Takes the place that JDK 17 keeps for the type of whichever record was compared last. */
  private record Other(Duration value) {}

  /** What an application does at its end. */
  private enum Undeploying {
    CLOSING,
    REMOVING
  }

  @ParameterizedTest
  @CsvSource({
    "software, CLOSING",
    "pkcs11, CLOSING",
    "aws-kms, CLOSING",
    "google-kms, CLOSING",
    "software, REMOVING",
    "pkcs11, REMOVING",
    "aws-kms, REMOVING",
    "google-kms, REMOVING"
  })
  void itsClassesCanBeCollected(String backend, Undeploying how) throws Exception {
    Path configuration =
        config(backend)
            .line("key.lasting.data-keys = epoch")
            .line("key.lasting.max-age = 24h")
            .line("key.lasting = b")
            .line("board = " + Files.createDirectory(folder.resolve("board")))
            .line("rewrap-queue = " + folder.resolve("queue"))
            .line("reload = 1s")
            .write();
    WeakReference<ClassLoader> loader;
    // a native library of Netty that is unloaded ends those of its other copies, of the fake's too
    System.setProperty(NO_NATIVE, "true");
    try {
      loader = deployAndUndeploy(backend, how, configuration.toString());
    } finally {
      System.clearProperty(NO_NATIVE);
    }
    displaceCachedRecordType();
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!loader.refersTo(null) && System.nanoTime() < end) {
      System.gc();
      Thread.sleep(100);
      clearSoftReferences();
    }
    assertTrue(loader.refersTo(null), () -> "its classes are held; threads: " + threads());
  }

  /** Each time anew: only linking a record's methods changes what JDK 17 keeps. */
  private static void displaceCachedRecordType() throws ReflectiveOperationException {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    MethodHandle getter = lookup.findGetter(Other.class, "value", Duration.class);
    for (String method : List.of("equals", "hashCode")) {
      MethodType type = MethodType.methodType(int.class, Other.class);
      if (method.equals("equals")) {
        type = MethodType.methodType(boolean.class, Other.class, Object.class);
      }
      try {
        Object unused = ObjectMethods.bootstrap(lookup, method, type, Other.class, "value", getter);
      } catch (ReflectiveOperationException | RuntimeException e) {
        throw e;
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }
  }

  /** JDK 25 keeps such types softly; no heap has room for this array. */
  private static void clearSoftReferences() {
    try {
      long[] unused = new long[Integer.MAX_VALUE - 8];
      throw new AssertionError("a heap of more than " + unused.length * 8L + " bytes");
    } catch (OutOfMemoryError e) {
      // all soft references were cleared before
    }
  }

  private KeyholdConfig config(String backend) {
    for (BackendKind kind : BackendKind.values()) {
      if (kind.type().equals(backend)) {
        return KeyholdConfig.of(kind, folder);
      }
    }
    return KeyholdConfig.ofAws(folder, AwsEmulator.MOTO.empty());
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::toString).sorted().toList();
  }

  private static WeakReference<ClassLoader> deployAndUndeploy(
      String backend, Undeploying how, String configuration) throws Exception {
    URLClassLoader loader = application();
    Provider provider =
        (Provider)
            loader.loadClass("dev.keyhold.KeyholdProvider").getDeclaredConstructor().newInstance();
    provider = provider.configure("name=undeployed " + configuration);
    assertTrue(Security.addProvider(provider) > 0);
    try {
      useKeys(loader, provider);
    } finally {
      Security.removeProvider(provider.getName());
      if (how == Undeploying.CLOSING) {
        ((AutoCloseable) provider).close();
      }
    }
    if (!backend.equals("google-kms")) { // gRPC ends its threads by classes that it loads then
      loader.close();
    }
    return new WeakReference<>(loader);
  }

  private static void useKeys(ClassLoader loader, Provider provider) throws Exception {
    assertEquals("Keyhold-undeployed", provider.getName());
    for (String alias : List.of("each", "lasting")) {
      Class<?> spec = loader.loadClass("dev.keyhold.KeyholdGenParameterSpec$Builder");
      Object builder = spec.getConstructor(String.class).newInstance(alias);
      KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
      generator.init((AlgorithmParameterSpec) spec.getMethod("build").invoke(builder));
      Key key = generator.generateKey();
      byte[] data = {1, 2, 3};
      Cipher sealing = Cipher.getInstance("AES/GCM/NoPadding");
      sealing.init(Cipher.ENCRYPT_MODE, key);
      byte[] object = sealing.doFinal(data);
      Cipher opening = Cipher.getInstance("AES/GCM/NoPadding");
      opening.init(Cipher.DECRYPT_MODE, key, sealing.getParameters());
      assertArrayEquals(data, opening.doFinal(object));
    }
  }

  private static URLClassLoader application() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String path : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      urls.add(Path.of(path).toUri().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }
}
