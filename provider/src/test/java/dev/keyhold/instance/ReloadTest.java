package dev.keyhold.instance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.object.ObjectTransform;
import dev.keyhold.policy.KeyRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A configuration that changes while it is used. */
class ReloadTest {
  private static final String ONE = "backend.one.type = fake\n";
  private static final String TWO = "backend.two.type = fake\n";
  private static final byte[] PLAIN = {1, 2, 3};

  @TempDir Path folder;
  private Path file;
  private final ProviderInstance instance = new ProviderInstance();

  @BeforeEach
  void configure() throws IOException, BackendException {
    file = folder.resolve("keyhold.properties");
    write(ONE, "key.* = one\n");
    instance.configure(file.toString());
    create("one", "orders");
  }

  @AfterEach
  void close() {
    instance.close();
  }

  private void write(String... lines) throws IOException {
    Files.writeString(file, String.join("", lines));
  }

  private void create(String backend, String key) throws BackendException {
    instance
        .router()
        .administration(Access.NONE)
        .create(new KeyRef(backend, key), KeySpec.AES_256, Set.of(Purpose.ENCRYPT));
  }

  private byte[] encrypt(String alias) throws BackendException, GeneralSecurityException {
    ObjectTransform transform =
        instance.envelope().seal(instance.router().policy(alias), new byte[0]);
    byte[] out = new byte[transform.outputSize(PLAIN, 0, PLAIN.length, true)];
    transform.process(PLAIN, 0, PLAIN.length, true, out, 0);
    return out;
  }

  private byte[] decrypt(String alias, byte[] object)
      throws BackendException, GeneralSecurityException {
    ObjectTransform transform =
        instance.envelope().open(instance.router().policy(alias), new byte[0]);
    byte[] out = new byte[transform.outputSize(object, 0, object.length, true)];
    int length = transform.process(object, 0, object.length, true, out, 0);
    return Arrays.copyOf(out, length);
  }

  private static FakeBackend backend(String name) {
    return FakeBackend.Factory.LAST.get(name);
  }

  @Test
  void anAliasIsRoutedElsewhereAndTheOldBackendStays() throws Exception {
    byte[] old = encrypt("orders");
    FakeBackend first = backend("one");
    write(ONE, TWO, "key.orders = two\nkey.orders.decrypt-with = one:orders\n");
    instance.reload();
    create("two", "orders");
    int callsOfFirst = first.calls.get();
    byte[] young = encrypt("orders");
    assertEquals(callsOfFirst, first.calls.get(), "new objects are for the new key");
    assertArrayEquals(PLAIN, decrypt("orders", young));
    assertArrayEquals(PLAIN, decrypt("orders", old));
    assertFalse(first.closed, "its options are what they were");
    assertSame(first, backend("one"), "none was made for nothing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "key.* = three\n",
        "key.* = \n",
        "nonsense",
        "key.* = one\nboard = elsewhere\n",
        "key.* = one\nreload = 5s\n",
        "key.* = one\nrewrap-queue = elsewhere\n",
        "key.* = one\nsecure-random = one\n"
      })
  void whatIsNoGoodChangesNothing(String lines) throws Exception {
    byte[] object = encrypt("orders");
    write(ONE, lines);
    ConfigurationException e = assertThrows(ConfigurationException.class, instance::reload);
    assertTrue(e.getMessage().contains("keyhold.properties"), e.getMessage());
    assertArrayEquals(PLAIN, decrypt("orders", object));
    assertArrayEquals(PLAIN, decrypt("orders", encrypt("orders")));
  }

  @Test
  void aBackendWithOtherOptionsIsAnotherOne() throws Exception {
    FakeBackend first = backend("one");
    write(ONE, "backend.one.size = 7\nkey.* = one\n");
    instance.reload();
    assertNotSame(first, backend("one"));
    assertFalse(first.closed, "what was begun with it may still end");
    assertThrows(BackendException.class, () -> encrypt("orders"), "it has other keys");
    instance.close();
    assertTrue(first.closed);
    assertTrue(backend("one").closed);
  }

  @Test
  void anErrorAtTheStartCanBeMended() throws Exception {
    try (ProviderInstance broken = new ProviderInstance()) {
      write(ONE, "key.* = nowhere\n");
      broken.configure(file.toString());
      assertThrows(BackendException.class, broken::router);
      assertThrows(ConfigurationException.class, broken::reload);
      write(ONE, "key.* = one\n");
      broken.reload();
      assertEquals(Set.of("one"), broken.router().backends());
    }
  }

  @Test
  void workUnderLoadIsUnharmed() throws Exception {
    AtomicBoolean ends = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<Integer> work =
          () -> {
            int count = 0;
            while (!ends.get()) {
              assertArrayEquals(PLAIN, decrypt("orders", encrypt("orders")));
              count++;
            }
            return count;
          };
      List<Future<Integer>> workers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        workers.add(threads.submit(work));
      }
      for (int i = 0; i < 50; i++) {
        String other = i % 2 == 0 ? TWO + "key.x = two\n" : "";
        String mode = i % 3 == 0 ? "key.orders.data-keys = epoch\n" : "";
        String former = "key.orders.decrypt-with = one:orders\n";
        write(ONE, other, "key.orders = one\n", former, mode);
        instance.reload();
      }
      ends.set(true);
      for (Future<Integer> worker : workers) {
        assertTrue(worker.get() > 0);
      }
    } finally {
      ends.set(true);
      threads.shutdownNow();
    }
  }

  @Test
  void aChangedFileIsReadWhenItHasSettled() throws Exception {
    ConfigurationWatch watch = new ConfigurationWatch(instance, file);
    assertTrue(watch.look());
    write(ONE, TWO, "key.* = two\n");
    watch.look();
    assertEquals(Set.of("one"), instance.router().backends(), "it may be half a file yet");
    watch.look();
    assertEquals(Set.of("one", "two"), instance.router().backends());
    write("half a li");
    watch.look();
    watch.look();
    Files.delete(file);
    watch.look();
    watch.look();
    assertEquals(Set.of("one", "two"), instance.router().backends());
    write(ONE, "key.* = one\n");
    watch.look();
    watch.look();
    assertEquals(Set.of("one"), instance.router().backends());
  }

  @Test
  void theConfigurationCanAskForThat() throws Exception {
    try (ProviderInstance watching = new ProviderInstance()) {
      write("reload = 10ms\n", ONE, "key.* = one\n");
      watching.configure(file.toString());
      assertEquals(Set.of("one"), watching.router().backends());
      write("reload = 10ms\n", ONE, TWO, "key.* = two\n");
      for (int i = 0; i < 3000 && watching.router().backends().size() < 2; i++) {
        Thread.sleep(10);
      }
      assertSame(2, watching.router().backends().size());
    }
  }
}
