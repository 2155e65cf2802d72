package dev.keyhold.keystore.software.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteLockTest {
  @TempDir Path folder;

  /** Whether another process gets the lock. */
  public static void main(String[] args) throws Exception {
    try (FileChannel channel = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
      FileLock lock = channel.tryLock();
      System.out.print(lock == null ? "locked" : "free");
    }
  }

  private static String seenByAnotherProcess(Path lockFile) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                WriteLockTest.class.getName(),
                lockFile.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Two applications of one server that share a key file. */
  @Test
  void anApplicationThatWaitsDoesNotTakeTheLockFromAnother() throws Exception {
    Path file = folder.toRealPath().resolve("keys");
    String[] classPath = System.getProperty("java.class.path").split(File.pathSeparator, -1);
    URL[] urls = new URL[classPath.length];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = Path.of(classPath[i]).toUri().toURL();
    }
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (URLClassLoader other = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      Class<?> same = other.loadClass(WriteLock.class.getName());
      assertFalse(same.equals(WriteLock.class));
      Method of = same.getDeclaredMethod("of", Path.class);
      of.setAccessible(true);
      CountDownLatch begun = new CountDownLatch(1);
      Future<String> waiting;
      try (WriteLock lock = WriteLock.of(file)) {
        assertTrue(lock != null);
        assertEquals("locked", seenByAnotherProcess(WriteLock.lockFile(file)));
        waiting =
            thread.submit(
                () -> {
                  begun.countDown();
                  try (AutoCloseable taken = (AutoCloseable) of.invoke(null, file)) {
                    assertTrue(taken != null);
                    return seenByAnotherProcess(WriteLock.lockFile(file));
                  }
                });
        assertTrue(begun.await(60, TimeUnit.SECONDS));
        // the other process takes longer to start than the other application to look
        assertEquals("locked", seenByAnotherProcess(WriteLock.lockFile(file)));
        assertFalse(waiting.isDone());
      }
      assertEquals("locked", waiting.get(5, TimeUnit.MINUTES));
      assertEquals("free", seenByAnotherProcess(WriteLock.lockFile(file)));
    } finally {
      thread.shutdownNow();
    }
  }
}
