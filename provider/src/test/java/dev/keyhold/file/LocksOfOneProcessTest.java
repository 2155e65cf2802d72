package dev.keyhold.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.epoch.EpochLimits;
import dev.keyhold.keys.SeveralKeysFixture;
import dev.keyhold.keystore.kit.PartFiles;
import dev.keyhold.keystore.kit.WholeFile;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file's lock is not lost to what another thread of the same process does. */
class LocksOfOneProcessTest {
  @TempDir Path folder;
  private Path file;
  private byte[] object;
  private byte[] before;
  private byte[] after;

  @BeforeEach
  void makeAnObjectAndItsNewHeader() throws Exception {
    Path configuration = Files.createDirectory(folder.resolve("configuration"));
    try (SeveralKeysFixture fixture =
        new SeveralKeysFixture(configuration, EpochLimits.DEFAULT, "key.orders = one")) {
      object = fixture.seal("orders", new byte[1000]);
      fixture.backend("one").rotate("orders");
      before = SeveralKeysFixture.headerOf(object);
      after = fixture.rewrapper("orders").rewrap(before).orElseThrow();
    }
    file = Files.write(folder.resolve("object"), object).toRealPath();
  }

  private interface Work {
    void run() throws Exception;
  }

  private static void inAnotherThread(Work work) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<?> done =
          thread.submit(
              () -> {
                work.run();
                return null;
              });
      done.get(5, TimeUnit.MINUTES);
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void aThreadThatSweepsLeavesTheLockOfAPartFilesThatIsBeingWritten() throws Exception {
    WholeFile live = WholeFile.of(folder.resolve("target"));
    try {
      inAnotherThread(() -> PartFiles.sweep(folder));
      assertEquals("swept", OtherProcess.run("sweep", folder));
      assertTrue(Files.exists(live.part()), "another process took it for a left-over");
    } finally {
      live.channel().close();
    }
    assertEquals("swept", OtherProcess.run("sweep", folder));
    assertFalse(Files.exists(live.part()), "nobody sweeps what was left");
  }

  /** As of another application in the same server. */
  @Test
  void anotherClassLoaderThatSweepsDoesSo() throws Exception {
    WholeFile live = WholeFile.of(folder.resolve("target"));
    String[] classPath = System.getProperty("java.class.path").split(File.pathSeparator, -1);
    URL[] urls = new URL[classPath.length];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = Path.of(classPath[i]).toUri().toURL();
    }
    try (FileChannel held = live.channel();
        URLClassLoader other = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      Class<?> same = other.loadClass(PartFiles.class.getName());
      assertFalse(same.equals(PartFiles.class));
      assertTrue(held.isOpen());
      same.getMethod("sweep", Path.class).invoke(null, folder);
      OtherProcess.run("sweep", folder);
      assertTrue(Files.exists(live.part()), "another process took it for a left-over");
    }
  }

  @Test
  void aThreadThatIsRefusedLeavesTheLockOfAnObject() throws Exception {
    try (ObjectFile open = ObjectFile.open(file)) {
      inAnotherThread(
          () -> {
            IOException e = assertThrows(IOException.class, () -> ObjectFile.open(file));
            assertTrue(e.getMessage().contains("being rewrapped"), e.getMessage());
          });
      assertEquals(file + " is being rewrapped by somebody else", OtherProcess.run("open", file));
      open.replace(after);
    }
    assertEquals("opened " + after.length, OtherProcess.run("open", file));
  }

  /** The application reads what is being rewrapped. */
  @Test
  void aChangeThatGoesOnIsNotHealedByAnotherProcess() throws Exception {
    Path journal = folder.resolve(".object" + HeaderJournal.SUFFIX);
    try (ObjectFile open = ObjectFile.open(file);
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        HeaderJournal.Change change = HeaderJournal.beside(file).begin(channel, before, after)) {
      assertArrayEquals(before, open.header());
      WholeFile.write(channel, 0, Arrays.copyOf(after, 40));
      inAnotherThread(
          () -> {
            try (InputStream in = Files.newInputStream(file)) {
              assertEquals(object.length, in.readAllBytes().length);
            }
            PartFiles.sweep(folder);
          });
      assertEquals(file + " is being rewrapped by somebody else", OtherProcess.run("open", file));
      assertTrue(Files.exists(journal));
      WholeFile.write(channel, 0, after);
      change.end();
    }
    assertFalse(Files.exists(journal));
    assertArrayEquals(after, ObjectFile.readHeader(file));
  }

  @Test
  void aReaderWaitsForAChange() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    Future<byte[]> read;
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        HeaderJournal.Change change = HeaderJournal.beside(file).begin(channel, before, after)) {
      WholeFile.write(channel, 0, Arrays.copyOf(after, 40));
      read = thread.submit(() -> ObjectFile.readHeader(file));
      WholeFile.write(channel, 0, after);
      change.end();
    } finally {
      thread.shutdown();
    }
    assertArrayEquals(after, read.get(5, TimeUnit.MINUTES));
  }

  @Test
  void aHeaderThatSomebodyElseHasReplacedIsNotReplaced() throws Exception {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      WholeFile.write(channel, 0, after);
      assertThrows(
          IOException.class, () -> HeaderJournal.beside(file).replace(channel, before, after));
    }
    assertArrayEquals(after, ObjectFile.readHeader(file));
    assertFalse(Files.exists(folder.resolve(".object" + HeaderJournal.SUFFIX)));
  }
}
