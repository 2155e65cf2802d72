package dev.keyhold.conformance.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdFixture;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an object costs beside the cryptography, in units that no machine's speed changes: no lock
 * that another thread holds, and bytes of garbage.
 */
class DataPathTest {
  private static final int THREADS = 32;
  private static final int OBJECTS = 100;
  private static final String WORKER = "data-path-";
  private static final String[] LINES = {
    "key.per-object = b:orders", "key.epoch = b:orders", "key.epoch.data-keys = epoch"
  };

  /** Until then, a key file's time does not tell that it has not been written since. */
  private static final Duration SETTLED = Duration.ofMillis(3500);

  @TempDir Path folder;

  /** One object, encrypted and decrypted, by ciphers that are reused. */
  private static final class Work {
    private final Cipher encryption;
    private final Cipher decryption;
    private final SecretKey key;
    private final SecureRandom random;
    private final byte[] plain = new byte[1024];

    Work(KeyholdFixture keyhold, SecretKey key, SecureRandom random) throws Exception {
      encryption = Cipher.getInstance("AES/GCM/NoPadding", keyhold.provider());
      decryption = Cipher.getInstance("AES/GCM/NoPadding", keyhold.provider());
      this.key = key;
      this.random = random;
    }

    byte[] encrypt() throws Exception {
      if (random == null) {
        encryption.init(Cipher.ENCRYPT_MODE, key);
      } else {
        encryption.init(Cipher.ENCRYPT_MODE, key, random);
      }
      return encryption.doFinal(plain);
    }

    byte[] decrypt(byte[] object, byte[] iv) throws Exception {
      decryption.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, iv));
      return decryption.doFinal(object);
    }

    void run(int objects) throws Exception {
      for (int i = 0; i < objects; i++) {
        byte[] object = encrypt();
        assertEquals(plain.length, decrypt(object, encryption.getIV()).length);
      }
    }
  }

  /** What threads of the test waited for while Keyhold was at work. */
  private List<String> waits(KeyholdFixture keyhold, SecretKey key, SecureRandom random)
      throws Exception {
    new Work(keyhold, key, random).run(2 * OBJECTS); // loads classes, makes an epoch key
    Path file = folder.resolve("waits.jfr");
    try (Recording recording = new Recording()) {
      for (String event : List.of("jdk.JavaMonitorEnter", "jdk.ThreadPark")) {
        recording.enable(event).withThreshold(Duration.ZERO).withStackTrace();
      }
      recording.start();
      together(keyhold, key, random);
      recording.stop();
      recording.dump(file);
    }
    List<String> waits = new ArrayList<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
      String thread = event.getThread() == null ? "" : event.getThread().getJavaName();
      if (thread != null && thread.startsWith(WORKER) && isOfKeyhold(event)) {
        waits.add(event.toString());
      }
    }
    return waits;
  }

  private static boolean isOfKeyhold(RecordedEvent event) {
    return event.getStackTrace() != null
        && event.getStackTrace().getFrames().stream()
            .map(frame -> frame.getMethod().getType().getName())
            .anyMatch(
                name ->
                    name.startsWith("dev.keyhold.") && !name.startsWith("dev.keyhold.conformance"));
  }

  private static void together(KeyholdFixture keyhold, SecretKey key, SecureRandom random)
      throws Exception {
    CountDownLatch ready = new CountDownLatch(THREADS);
    List<FutureTask<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Work work = new Work(keyhold, key, random);
      FutureTask<Void> task =
          new FutureTask<>(
              () -> {
                ready.countDown();
                ready.await();
                work.run(OBJECTS);
                return null;
              });
      tasks.add(task);
      new Thread(task, WORKER + i).start();
    }
    for (FutureTask<Void> task : tasks) {
      task.get();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"per-object", "epoch"})
  void noThreadWaitsForAnother(String alias) throws Exception {
    try (KeyholdFixture keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder, LINES)) {
      keyhold.newKey("AES", "orders");
      Thread.sleep(SETTLED.toMillis());
      assertEquals(List.of(), waits(keyhold, keyhold.key(alias), null));
    }
  }

  /** A lock below a call of Keyhold's, so that the search for locks is one. */
  private static final class Planted extends SecureRandom {
    private static final long serialVersionUID = 1L;

    Planted() {
      super(null, null);
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // makes others meet the lock
    public synchronized void nextBytes(byte[] bytes) {
      Thread.yield();
    }
  }

  @Test
  void aPlantedLockIsFound() throws Exception {
    try (KeyholdFixture keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder, LINES)) {
      keyhold.newKey("AES", "orders");
      assertFalse(waits(keyhold, keyhold.key("epoch"), new Planted()).isEmpty());
    }
  }

  /** Garbage of Keyhold's own: what the JDK's bare AES-GCM leaves is measured beside it. */
  @Test
  void anObjectOfOneKilobyteLeavesLessThanThreeKilobytesOfGarbage() throws Exception {
    try (KeyholdFixture keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder, LINES)) {
      keyhold.newKey("AES", "orders");
      Work work = new Work(keyhold, keyhold.key("epoch"), null);
      work.run(15_000); // until it is compiled
      byte[] object = work.encrypt();
      byte[] iv = work.encryption.getIV();
      long bare = allocated(bareGcm());
      long encryption = allocated(work::encrypt) - object.length - bare;
      long decryption = allocated(() -> work.decrypt(object, iv)) - 1024 - bare;
      assertTrue(encryption < 3072, "encryption leaves " + encryption + " bytes");
      assertTrue(decryption < 3072, "decryption leaves " + decryption + " bytes");
    }
  }

  /** Something that is measured. */
  @FunctionalInterface
  private interface Measured {
    Object run() throws Exception;
  }

  private static Measured bareGcm() throws Exception {
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    byte[] in = new byte[1024];
    byte[] out = new byte[1040];
    byte[] key = new byte[32];
    Measured bare =
        () -> {
          key[0]++;
          if (key[0] == 0) {
            key[1]++;
          }
          gcm.init(
              Cipher.ENCRYPT_MODE,
              new SecretKeySpec(key, "AES"),
              new GCMParameterSpec(128, new byte[12]));
          return gcm.doFinal(in, 0, in.length, out);
        };
    for (int i = 0; i < 15_000; i++) {
      bare.run();
    }
    return bare;
  }

  /** The bytes that one run allocates: the least of some hundreds. */
  private static long allocated(Measured measured) throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 500; i++) {
      long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      measured.run();
      long after = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      least = Math.min(least, after - before);
    }
    return least;
  }
}
