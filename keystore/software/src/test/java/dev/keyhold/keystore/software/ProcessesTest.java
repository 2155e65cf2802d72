package dev.keyhold.keystore.software;

import static dev.keyhold.keystore.software.Fixture.backend;
import static dev.keyhold.keystore.software.Fixture.kek;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.encoding.PasswordDerivation;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.software.file.KeyFile;
import dev.keyhold.keystore.software.file.Passwords;
import dev.keyhold.keystore.software.file.Tuning;
import dev.keyhold.keystore.software.file.WriteLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesTest {
  @TempDir Path folder;
  @TempDir Path outputs;

  private Process start(Path file, String prefix, int count) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            KeyCreator.class.getName(),
            file.toString(),
            prefix,
            Integer.toString(count))
        .redirectOutput(output(prefix).toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private Path output(String prefix) {
    return outputs.resolve(prefix + "out");
  }

  @Test
  void keysOfTwoProcessesAndTwoBackendsHereAreAllThere() throws Exception {
    Path file = folder.resolve("keys");
    Process one = start(file, "one-", 40);
    Process two = start(file, "two-", 40);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> here = new ArrayList<>();
      for (String prefix : List.of("three-", "four-")) {
        here.add(
            threads.submit(
                () -> {
                  try (SoftwareBackend backend = backend(file)) {
                    for (int i = 0; i < 40; i++) {
                      backend.require(KeyMaking.class).create(kek(prefix + i));
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> done : here) {
        done.get(60, TimeUnit.SECONDS);
      }
      assertTrue(one.waitFor(60, TimeUnit.SECONDS) && two.waitFor(60, TimeUnit.SECONDS));
      assertEquals(0, one.exitValue());
      assertEquals(0, two.exitValue());
    } finally {
      threads.shutdownNow();
      one.destroyForcibly();
      two.destroyForcibly();
    }
    assertEquals(160, names(file).size());
  }

  @Test
  void processesThatEachMakeTheFileAllSucceed() throws Exception {
    assertAllCreate(6);
  }

  @Test
  @Tag("soak")
  void fiftyProcessesThatEachMakeTheFileAllSucceed() throws Exception {
    assertAllCreate(50);
  }

  private void assertAllCreate(int count) throws Exception {
    Path file = folder.resolve("keys");
    List<Process> processes = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        processes.add(start(file, "p" + i + "-", 1));
      }
      for (Process process : processes) {
        assertTrue(process.waitFor(10, TimeUnit.MINUTES), "it hangs");
        assertEquals(0, process.exitValue());
      }
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
    assertEquals(count, names(file).size());
  }

  @Test
  void whoWaitsInVainIsToldWhoHoldsTheLock() throws Exception {
    Path file = folder.resolve("keys");
    try (WriteLock lock = WriteLock.of(file)) {
      assertTrue(lock != null);
      String holder = Files.readString(WriteLock.lockFile(file));
      assertTrue(holder.startsWith("process " + ProcessHandle.current().pid()), holder);
    }
  }

  @Test
  void aPasswordIsDerivedWhileAnotherHoldsTheLock() throws Exception {
    Path file = folder.resolve("keys");
    Tuning slow = new Tuning(PasswordDerivation.CURRENT, System::nanoTime, Clock.systemUTC());
    try (SoftwareBackend first = Fixture.backend(file, Fixture.PASSWORD, slow)) {
      first.require(KeyMaking.class).create(kek("first"));
    }
    CountDownLatch derived = new CountDownLatch(1);
    Passwords passwords =
        new Passwords(
            "backend.local.password",
            Optional.of(
                () -> {
                  derived.countDown();
                  return Fixture.PASSWORD.toCharArray();
                }));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (SoftwareBackend backend = new SoftwareBackend(new KeyFile(file), passwords, slow)) {
      Future<KeyMetadata> made;
      try (WriteLock lock = WriteLock.of(file.toRealPath())) {
        assertTrue(lock != null);
        made = thread.submit(() -> backend.require(KeyMaking.class).create(kek("second")));
        assertTrue(derived.await(60, TimeUnit.SECONDS), "it waits for the lock first");
      }
      assertEquals("second", made.get(60, TimeUnit.SECONDS).name());
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void killedWriterLeavesAWholeFileWithAllThatItReported() throws Exception {
    Path file = folder.resolve("keys");
    Random random = new Random(7);
    for (int round = 0; round < 12; round++) {
      String prefix = "r" + round + "-";
      Process writer = start(file, prefix, Integer.MAX_VALUE);
      try {
        while (Files.size(output(prefix)) == 0) {
          assertTrue(writer.isAlive(), "the writer did not start");
          Thread.sleep(5);
        }
        // whatever the writer does at this moment
        Thread.sleep(random.nextInt(60), random.nextInt(1_000_000));
      } finally {
        writer.destroyForcibly().waitFor();
      }
      List<String> reported = Files.readAllLines(output(prefix));
      Set<String> found = names(file);
      // without the last, which may be cut by the kill
      for (String name : reported.subList(0, reported.size() - 1)) {
        assertTrue(found.contains(name), name);
      }
    }
    assertTrue(names(file).size() >= 12, "the writers were killed before they did anything");
    try (SoftwareBackend backend = backend(file)) {
      backend.require(KeyMaking.class).create(kek("last"));
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(Set.of(file, WriteLock.lockFile(file)), left.collect(Collectors.toSet()));
    }
  }

  private static Set<String> names(Path file) throws Exception {
    try (SoftwareBackend backend = backend(file)) {
      return backend.list().stream().map(KeyMetadata::name).collect(Collectors.toSet());
    }
  }
}
