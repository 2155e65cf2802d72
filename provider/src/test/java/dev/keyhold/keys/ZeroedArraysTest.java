package dev.keyhold.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.epoch.EpochLimits;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrays in which backends give and take keys, when the operation is over. */
@ParameterizedClass
@ValueSource(strings = {"one", "any-of(one, two)", "all-of(one, two)"})
@Timeout(120)
class ZeroedArraysTest {
  private static final byte[] PLAIN = {1, 2, 3};

  @Parameter String expression;
  @TempDir Path folder;
  private final List<byte[]> arrays = new CopyOnWriteArrayList<>();
  private SeveralKeysFixture fixture;

  @BeforeEach
  void watch() {
    arrays.clear();
  }

  private SeveralKeysFixture fixture(String mode) throws Exception {
    fixture =
        new SeveralKeysFixture(
            folder,
            EpochLimits.DEFAULT,
            "key.orders = " + expression,
            "key.orders.data-keys = " + mode);
    return fixture;
  }

  private boolean isAllOf() {
    return expression.startsWith("all-of");
  }

  /** What a call that goes on apart holds is zeroed when it ends. */
  private void assertZero(int atLeast) throws InterruptedException {
    assertTrue(arrays.size() >= atLeast, arrays.size() + " arrays");
    for (byte[] array : arrays) {
      while (!Arrays.equals(array, new byte[array.length])) {
        Thread.sleep(5);
      }
    }
  }

  private void watchUnwrapped() {
    for (String backend : List.of("one", "two")) {
      fixture.backend(backend).unwrapped = arrays::add;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"per-object", "epoch"})
  void whatIsWrittenLeavesNone(String mode) throws Exception {
    try (SeveralKeysFixture made = fixture(mode)) {
      for (String backend : List.of("one", "two")) {
        made.backend(backend).wrapping = arrays::add;
      }
      made.seal("orders", PLAIN);
      if (mode.equals("per-object")) {
        assertZero(expression.equals("one") ? 1 : 2);
      } else if (isAllOf()) {
        assertZero(2); // the shares; the epoch key itself lives on
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"per-object", "epoch"})
  void whatIsOpenedLeavesNone(String mode) throws Exception {
    try (SeveralKeysFixture writer = fixture(mode)) {
      byte[] object = writer.seal("orders", PLAIN);
      try (SeveralKeysFixture reader =
          writer.elsewhere(
              folder, "key.orders = " + expression, "key.orders.data-keys = " + mode)) {
        fixture = reader;
        watchUnwrapped();
        assertArrayEquals(PLAIN, reader.open("orders", object));
        assertZero(isAllOf() ? 2 : 1);
      }
    }
  }

  /** The keys open their wraps, and then the MAC of the header is wrong. */
  @ParameterizedTest
  @ValueSource(strings = {"per-object", "epoch"})
  void whatDoesNotOpenLeavesNone(String mode) throws Exception {
    try (SeveralKeysFixture writer = fixture(mode)) {
      byte[] object = writer.seal("orders", PLAIN);
      object[SeveralKeysFixture.headerOf(object).length - 1] ^= 1;
      try (SeveralKeysFixture reader =
          writer.elsewhere(
              folder, "key.orders = " + expression, "key.orders.data-keys = " + mode)) {
        fixture = reader;
        watchUnwrapped();
        assertThrows(AEADBadTagException.class, () -> reader.open("orders", object));
        assertEquals(expression.equals("one") ? 1 : 2, arrays.size());
        assertZero(1);
      }
    }
  }
}
