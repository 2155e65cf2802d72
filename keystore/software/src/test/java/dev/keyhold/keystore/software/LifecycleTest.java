package dev.keyhold.keystore.software;

import static dev.keyhold.keystore.software.Fixture.CONTEXT;
import static dev.keyhold.keystore.software.Fixture.assertFails;
import static dev.keyhold.keystore.software.Fixture.kek;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrappedKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys out of use, and keys that go. */
class LifecycleTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final byte[] MESSAGE = {1, 2, 3};

  /** A clock that is set by hand. */
  private static final class SetClock extends Clock {
    private volatile Instant now = Instant.parse("2030-01-01T00:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @TempDir Path folder;
  private final SetClock clock = new SetClock();
  private final Tuning tuning = new Tuning(1_000, System::nanoTime, clock);
  private SoftwareBackend backend;

  @BeforeEach
  void open() throws Exception {
    backend = Fixture.backend(folder.resolve("keys"), Fixture.PASSWORD, tuning);
    backend.create(kek("k"));
    backend.create(new KeyRequest("ed", KeySpec.ED25519, Set.of(Purpose.SIGN)));
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private byte[] sign() throws Exception {
    return backend.sign("ed", SignatureAlgorithm.ED25519, MESSAGE);
  }

  @Test
  void aDisabledKeyNeitherProtectsNorOpens() throws Exception {
    WrappedKey wrapped = backend.wrap("k", CONTEXT, MESSAGE);
    byte[] signature = sign();
    for (String key : List.of("k", "ed")) {
      assertEquals(KeyState.SUSPENDED, backend.disable(key).state());
      assertEquals(KeyState.SUSPENDED, backend.disable(key).state());
    }
    assertFails(Reason.DENIED, "SUSPENDED", () -> backend.wrap("k", CONTEXT, MESSAGE));
    assertFails(Reason.DENIED, "SUSPENDED", () -> backend.unwrap("k", wrapped, CONTEXT));
    assertFails(Reason.DENIED, "SUSPENDED", this::sign);
    backend.enable("k");
    backend.enable("ed");
    assertArrayEquals(MESSAGE, backend.unwrap("k", wrapped, CONTEXT));
    assertArrayEquals(signature, sign());
  }

  @Test
  void aScheduledKeyIsOfNoUseAndCanBeSaved() throws Exception {
    byte[] signature = sign();
    KeyMetadata doomed = backend.scheduleDestruction("ed", DAY);
    assertEquals(KeyState.DESTROYED, doomed.state());
    assertEquals(Optional.of(clock.now.plus(DAY)), doomed.attributes().destruction());
    assertFails(Reason.DENIED, "DESTROYED", this::sign);
    assertFails(Reason.DENIED, "cancel", () -> backend.enable("ed"));
    assertFails(Reason.DENIED, "already", () -> backend.scheduleDestruction("ed", DAY));
    clock.now = clock.now.plus(DAY).minusMillis(1);
    assertEquals(KeyState.SUSPENDED, backend.cancelDestruction("ed").state());
    assertFails(Reason.DENIED, "not scheduled", () -> backend.cancelDestruction("ed"));
    clock.now = clock.now.plus(DAY);
    backend.enable("ed");
    assertArrayEquals(signature, sign());
  }

  @Test
  void onceItsTimeHasComeAKeyIsGoneFromMemoryAndFile() throws Exception {
    backend.scheduleDestruction("ed", DAY);
    long before = Files.size(folder.resolve("keys"));
    clock.now = clock.now.plus(DAY);
    assertFails(Reason.NOT_FOUND, "no key named ed", this::sign);
    assertFails(Reason.NOT_FOUND, "ed", () -> backend.cancelDestruction("ed"));
    assertEquals(1, backend.list().size());
    assertEquals(true, Files.size(folder.resolve("keys")) < before, "it is in the file still");
    clock.now = clock.now.minus(DAY); // the clock going back does not bring it back
    try (SoftwareBackend other =
        Fixture.backend(folder.resolve("keys"), Fixture.PASSWORD, tuning)) {
      assertEquals(List.of("k"), other.list().stream().map(KeyMetadata::name).toList());
    }
  }

  @Test
  void aFileThatIsOpenedLaterIsPurgedThen() throws Exception {
    backend.scheduleDestruction("k", DAY);
    backend.close();
    long before = Files.size(folder.resolve("keys"));
    clock.now = clock.now.plus(DAY);
    backend = Fixture.backend(folder.resolve("keys"), Fixture.PASSWORD, tuning);
    assertEquals(1, backend.list().size());
    assertEquals(true, Files.size(folder.resolve("keys")) < before, "it is in the file still");
    assertEquals(64, sign().length);
  }

  @Test
  void aWaitOutOfBoundsIsRefused() {
    for (Duration wait :
        List.of(Duration.ofSeconds(59), Duration.ZERO, Duration.ofDays(-1), Duration.ofDays(366))) {
      assertFails(Reason.UNSUPPORTED, "365", () -> backend.scheduleDestruction("k", wait));
    }
  }
}
