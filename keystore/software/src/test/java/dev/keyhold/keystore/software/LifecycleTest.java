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
import dev.keyhold.keystore.encoding.PasswordDerivation;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Purging;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.keystore.facet.Suspension;
import dev.keyhold.keystore.software.file.Tuning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

  @TempDir Path folder;
  private final SetClock clock = new SetClock();
  private final Tuning tuning =
      new Tuning(PasswordDerivation.pbkdf2(1_000), System::nanoTime, clock);
  private SoftwareBackend backend;

  @BeforeEach
  void open() throws Exception {
    backend = Fixture.backend(folder.resolve("keys"), Fixture.PASSWORD, tuning);
    backend.require(KeyMaking.class).create(kek("k"));
    backend
        .require(KeyMaking.class)
        .create(new KeyRequest("ed", KeySpec.ED25519, Set.of(Purpose.SIGN)));
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private byte[] sign() throws Exception {
    return backend.require(Signatures.class).sign("ed", SignatureAlgorithm.ED25519, MESSAGE);
  }

  @Test
  void aDisabledKeyNeitherProtectsNorOpens() throws Exception {
    WrappedKey wrapped = backend.require(Keks.class).wrap("k", CONTEXT, MESSAGE);
    byte[] signature = sign();
    for (String key : List.of("k", "ed")) {
      assertEquals(KeyState.SUSPENDED, backend.require(Suspension.class).disable(key).state());
      assertEquals(KeyState.SUSPENDED, backend.require(Suspension.class).disable(key).state());
    }
    assertFails(
        Reason.DENIED, "SUSPENDED", () -> backend.require(Keks.class).wrap("k", CONTEXT, MESSAGE));
    assertFails(
        Reason.DENIED,
        "SUSPENDED",
        () -> backend.require(Keks.class).unwrap("k", wrapped, CONTEXT));
    assertFails(Reason.DENIED, "SUSPENDED", this::sign);
    backend.require(Suspension.class).enable("k");
    backend.require(Suspension.class).enable("ed");
    assertArrayEquals(MESSAGE, backend.require(Keks.class).unwrap("k", wrapped, CONTEXT));
    assertArrayEquals(signature, sign());
  }

  @Test
  void aScheduledKeyIsOfNoUseAndCanBeSaved() throws Exception {
    byte[] signature = sign();
    KeyMetadata doomed = backend.require(Destruction.class).scheduleDestruction("ed", DAY);
    assertEquals(KeyState.DESTROYED, doomed.state());
    assertEquals(Optional.of(clock.now.plus(DAY)), doomed.attributes().destruction());
    assertFails(Reason.DENIED, "DESTROYED", this::sign);
    assertFails(Reason.DENIED, "cancel", () -> backend.require(Suspension.class).enable("ed"));
    assertFails(
        Reason.DENIED,
        "already",
        () -> backend.require(Destruction.class).scheduleDestruction("ed", DAY));
    clock.now = clock.now.plus(DAY).minusMillis(1);
    assertEquals(
        KeyState.SUSPENDED, backend.require(Destruction.class).cancelDestruction("ed").state());
    assertFails(
        Reason.DENIED,
        "not scheduled",
        () -> backend.require(Destruction.class).cancelDestruction("ed"));
    clock.now = clock.now.plus(DAY);
    backend.require(Suspension.class).enable("ed");
    assertArrayEquals(signature, sign());
  }

  private Path file() {
    return folder.resolve("keys");
  }

  @Test
  void noReaderDestroysAKeyHoweverFarItsClockIsAhead() throws Exception {
    byte[] signature = sign();
    backend.require(Destruction.class).scheduleDestruction("ed", DAY);
    backend.close();
    byte[] before = Files.readAllBytes(file());
    clock.now = clock.now.plus(Duration.ofDays(400));
    backend = Fixture.backend(file(), Fixture.PASSWORD, tuning);
    assertEquals(2, backend.list().size());
    assertEquals(KeyState.DESTROYED, backend.describe("ed").state());
    assertFails(Reason.DENIED, "DESTROYED", this::sign);
    backend.require(Keks.class).wrap("k", CONTEXT, MESSAGE);
    backend.require(KeyMaking.class).create(kek("other"));
    assertEquals(3, backend.list().size());
    clock.now = clock.now.minus(Duration.ofDays(400));
    backend.require(Destruction.class).cancelDestruction("ed");
    backend.require(Suspension.class).enable("ed");
    assertArrayEquals(signature, sign());
    backend.close();
    Files.write(file(), before);
    backend = Fixture.backend(file(), Fixture.PASSWORD, tuning);
    assertEquals(KeyState.DESTROYED, backend.describe("ed").state());
  }

  @Test
  void onceItsTimeHasComeAKeyIsPurgedFromMemoryAndFile() throws Exception {
    backend.require(Destruction.class).scheduleDestruction("ed", DAY);
    long before = Files.size(file());
    assertFails(
        Reason.DENIED, "not scheduled", () -> backend.require(Purging.class).purge("k", true));
    assertFails(
        Reason.DENIED, "destroyed at", () -> backend.require(Purging.class).purge("ed", true));
    clock.now = clock.now.plus(DAY);
    backend.require(Purging.class).purge("ed", false);
    assertFails(Reason.NOT_FOUND, "no key named ed", this::sign);
    assertFails(
        Reason.NOT_FOUND, "ed", () -> backend.require(Destruction.class).cancelDestruction("ed"));
    assertEquals(true, Files.size(file()) < before, "it is in the file still");
    clock.now = clock.now.minus(DAY); // the clock going back does not bring it back
    try (SoftwareBackend other = Fixture.backend(file(), Fixture.PASSWORD, tuning)) {
      assertEquals(List.of("k"), other.list().stream().map(KeyMetadata::name).toList());
    }
  }

  @Test
  void theNameOfAKeyThatIsToGoIsTaken() throws Exception {
    backend.require(Destruction.class).scheduleDestruction("k", DAY);
    assertFails(
        Reason.DENIED,
        "destruction is scheduled",
        () -> backend.require(KeyMaking.class).create(kek("k")));
  }

  @Test
  void aWaitOutOfBoundsIsRefused() {
    for (Duration wait :
        List.of(Duration.ofSeconds(59), Duration.ZERO, Duration.ofDays(-1), Duration.ofDays(366))) {
      assertFails(
          Reason.UNSUPPORTED,
          "365",
          () -> backend.require(Destruction.class).scheduleDestruction("k", wait));
    }
  }
}
