package dev.keyhold.custody.server.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.custody.proof.note.NoteSigner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A log on a disk that fails: no leaf counts as written that is not, and all heals by itself. */
class LogFaultsTest {
  @TempDir Path temp;

  private static void until(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 6_000 && !condition.getAsBoolean(); i++) {
      Thread.sleep(10);
    }
    assertTrue(condition.getAsBoolean());
  }

  @ParameterizedTest
  @EnumSource(names = {"WRITE", "FORCE", "READ_ONLY"})
  void aFaultHoldsTheLeavesUntilItIsOver(FaultyFiles.Fault fault) throws Exception {
    NoteSigner signer = TestLog.newKey();
    LogSettings settings = TestLog.create(temp.resolve("log"), signer);
    FaultyFiles files = new FaultyFiles();
    try (TestLog test = new TestLog(settings, files, signer)) {
      test.fillTo(100);
      files.fail(fault);
      List<Log.Appended> held = new ArrayList<>();
      for (int i = 100; i < 150; i++) {
        held.add(test.log.append(TestLog.leaf(i)));
      }
      until(() -> files.failures() >= 3);
      assertTrue(test.log.fault().contains("can't be written"), test.log.fault());
      assertEquals(100, test.log.durableSize());
      assertTrue(held.stream().noneMatch(leaf -> leaf.durable().isDone()));

      files.fail(FaultyFiles.Fault.NONE);

      for (Log.Appended leaf : held) {
        TestLog.await(leaf);
      }
      until(() -> test.log.fault().isEmpty());
      test.fillTo(200);
    }
    try (TestLog again = new TestLog(settings, new DiskFiles(), signer)) {
      assertEquals(200, again.replayed.size());
      for (int i = 0; i < 200; i++) {
        assertArrayEquals(TestLog.leaf(i), again.replayed.get(i));
      }
    }
  }

  @Test
  void afterAFailedForceTheFileIsNotTrusted() throws Exception {
    NoteSigner signer = TestLog.newKey();
    LogSettings settings = TestLog.create(temp.resolve("log"), signer);
    FaultyFiles files = new FaultyFiles();
    try (TestLog test = new TestLog(settings, files, signer)) {
      files.fail(FaultyFiles.Fault.FORCE); // drops what was written, as a kernel may
      Log.Appended leaf = test.log.append(TestLog.leaf(1));
      until(() -> files.failures() >= 1);
      assertFalse(leaf.durable().isDone());
      files.fail(FaultyFiles.Fault.NONE);
      TestLog.await(leaf);
    }
    try (TestLog again = new TestLog(settings, new DiskFiles(), signer)) {
      assertArrayEquals(TestLog.leaf(1), again.replayed.get(1));
    }
  }

  @Test
  void aForceThatHangsHoldsTheLeavesAndHeals() throws Exception {
    NoteSigner signer = TestLog.newKey();
    LogSettings settings = TestLog.create(temp.resolve("log"), signer);
    FaultyFiles files = new FaultyFiles();
    try (TestLog test = new TestLog(settings, files, signer)) {
      CountDownLatch over = new CountDownLatch(1);
      files.hang(over);
      Log.Appended first = test.log.append(TestLog.leaf(1));
      until(() -> test.log.waiting() == 0); // taken by the writer
      Log.Appended second = test.log.append(TestLog.leaf(2));
      Thread.sleep(50);
      assertFalse(first.durable().isDone() || second.durable().isDone());
      assertEquals(1, test.log.waiting());

      over.countDown();

      TestLog.await(first);
      TestLog.await(second);
    }
  }

  @Test
  void aLogThatIsClosedDuringAFaultSaysSoToThoseWhoWait() throws Exception {
    NoteSigner signer = TestLog.newKey();
    LogSettings settings = TestLog.create(temp.resolve("log"), signer);
    FaultyFiles files = new FaultyFiles();
    TestLog test = new TestLog(settings, files, signer);
    files.fail(FaultyFiles.Fault.FORCE);
    Log.Appended leaf = test.log.append(TestLog.leaf(1));
    until(() -> files.failures() >= 1);
    test.close();
    assertThrows(ExecutionException.class, () -> TestLog.await(leaf));
    try (TestLog again = new TestLog(settings, new DiskFiles(), signer)) {
      assertEquals(1, again.replayed.size());
    }
  }

  @Test
  void theReserveIsTold() throws Exception {
    NoteSigner signer = TestLog.newKey();
    LogSettings settings = TestLog.create(temp.resolve("log"), signer).withSizes(1000, 1 << 20);
    FaultyFiles files = new FaultyFiles();
    try (TestLog test = new TestLog(settings, files, signer)) {
      assertEquals("", test.log.reserveFault());
      files.usable(999);
      until(() -> test.log.reserveFault().contains("log.reserve is 1000"));
      assertEquals("", test.log.fault());
      files.usable(2000);
      until(() -> test.log.reserveFault().isEmpty());
      assertEquals(1000, test.log.freeForUses());
    }
    LogSettings full = settings.withSizes(0, 10);
    try (TestLog test = new TestLog(full, files, signer)) {
      assertTrue(test.log.reserveFault().contains("log.size"));
    }
  }
}
