package dev.keyhold.keystore.software;

import static dev.keyhold.keystore.software.Fixture.assertFails;
import static dev.keyhold.keystore.software.Fixture.kek;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.encoding.PasswordDerivation;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.PasswordProtected;
import dev.keyhold.keystore.facet.Purging;
import dev.keyhold.keystore.software.file.Tuning;
import dev.keyhold.keystore.software.ring.KeyRing;
import dev.keyhold.keystore.software.ring.LifecycleRules;
import dev.keyhold.keystore.software.ring.RingCodec;
import dev.keyhold.keystore.software.ring.StoredKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which clocks a key is destroyed by. */
class PurgeClockTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration WAIT = Duration.ofDays(30);
  private static final Duration YEARS = Duration.ofDays(3650);

  @TempDir Path folder;
  private final SetClock clock = new SetClock();
  private final Tuning tuning =
      new Tuning(PasswordDerivation.pbkdf2(1_000), System::nanoTime, clock);
  private SoftwareBackend backend;
  private int written;

  @BeforeEach
  void open() throws Exception {
    backend = Fixture.backend(folder.resolve("keys"), Fixture.PASSWORD, tuning);
    backend.require(KeyMaking.class).create(kek("doomed"));
    backend.require(KeyMaking.class).create(kek("k"));
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private void write() throws Exception {
    backend.require(KeyMaking.class).create(kek("other" + ++written));
  }

  private void writeEachDay(long days) throws Exception {
    for (long day = 0; day < days; day++) {
      clock.move(DAY);
      write();
    }
  }

  private void assertAsks() throws Exception {
    assertFails(
        Reason.DENIED, "--today", () -> backend.require(Purging.class).purge("doomed", false));
    assertEquals(true, has("doomed"));
  }

  private boolean has(String name) throws Exception {
    return backend.list().stream().map(KeyMetadata::name).anyMatch(name::equals);
  }

  private void assertGoesUnasked() throws Exception {
    backend.require(Purging.class).purge("doomed", false);
    assertEquals(false, has("doomed"));
  }

  @Test
  void inAFileThatIsWrittenAsTimePassesAKeyGoesUnasked() throws Exception {
    backend.require(Destruction.class).scheduleDestruction("doomed", WAIT);
    writeEachDay(WAIT.toDays());
    assertGoesUnasked();
  }

  @Test
  void aWeekWithoutAWriteIsNoReasonToAsk() throws Exception {
    backend.require(Destruction.class).scheduleDestruction("doomed", WAIT);
    for (int week = 0; week < 4; week++) {
      clock.move(Duration.ofDays(7));
      write();
    }
    clock.move(Duration.ofDays(7));
    assertGoesUnasked();
  }

  @Test
  void anIdleFileAsks() throws Exception {
    backend.require(Destruction.class).scheduleDestruction("doomed", WAIT);
    clock.move(WAIT);
    assertAsks();
    backend.require(Purging.class).purge("doomed", true);
    assertEquals(false, has("doomed"));
  }

  @Test
  void aWriteUnderAClockYearsAheadDestroysNothingEarly() throws Exception {
    backend.require(Destruction.class).scheduleDestruction("doomed", WAIT);
    clock.move(YEARS);
    assertAsks();
    write();
    assertAsks();
    writeEachDay(3);
    assertAsks();
  }

  @Test
  void aClockThatWasSetBackAfterAWriteIsAskedForFromThenOn() throws Exception {
    backend.require(Destruction.class).scheduleDestruction("doomed", WAIT);
    clock.move(YEARS);
    write();
    clock.move(YEARS.negated());
    assertFails(
        Reason.DENIED, "destroyed at", () -> backend.require(Purging.class).purge("doomed", true));
    writeEachDay(WAIT.toDays());
    assertAsks();
  }

  @Test
  void aClockThatIsSetBackIsAskedFor() throws Exception {
    backend.require(Destruction.class).scheduleDestruction("doomed", Duration.ofDays(2));
    writeEachDay(3);
    clock.move(Duration.ofHours(-1));
    assertAsks();
    write();
    clock.move(Duration.ofHours(1));
    assertAsks();
  }

  @Test
  void clocksOfHostsMayDifferBySomeMinutes() throws Exception {
    backend.require(Destruction.class).scheduleDestruction("doomed", Duration.ofDays(2));
    for (int i = 0; i < 20; i++) {
      clock.move(Duration.ofMinutes(-4));
      write();
      clock.move(Duration.ofMinutes(4));
      write();
    }
    writeEachDay(2);
    clock.move(Duration.ofMinutes(-4));
    assertFails(
        Reason.DENIED, "destroyed at", () -> backend.require(Purging.class).purge("doomed", false));
    clock.move(Duration.ofMinutes(4));
    assertGoesUnasked();
  }

  /** Or a slow walk back would go unnoticed. */
  @Test
  void manySmallStepsBackAreOneLargeOne() throws Exception {
    backend.require(Destruction.class).scheduleDestruction("doomed", Duration.ofMinutes(1));
    for (int i = 0; i < 3; i++) {
      clock.move(Duration.ofMinutes(-2));
      write();
    }
    clock.move(Duration.ofMinutes(7));
    assertAsks();
  }

  @Test
  void whatElseIsWrittenIsNotedAsWell() throws Exception {
    backend.require(Destruction.class).scheduleDestruction("doomed", WAIT);
    clock.move(YEARS);
    backend
        .require(PasswordProtected.class)
        .protectAnew(Optional.of("another long password".toCharArray()));
    clock.move(YEARS.negated());
    writeEachDay(WAIT.toDays());
    assertAsks();
  }

  @Test
  void theFileSystemsTimeOfTheFileChangesNothing() throws Exception {
    backend.require(Destruction.class).scheduleDestruction("doomed", WAIT);
    clock.move(YEARS);
    Path file = folder.resolve("keys");
    Files.setLastModifiedTime(file, FileTime.from(clock.now));
    assertAsks();
    clock.move(YEARS.negated());
    writeEachDay(WAIT.toDays());
    Files.setLastModifiedTime(file, FileTime.from(clock.now.minus(YEARS)));
    assertGoesUnasked();
  }

  @Test
  void aDestructionIsNotScheduledBehindTheFileSystem() throws Exception {
    Files.setLastModifiedTime(folder.resolve("keys"), FileTime.from(clock.now.plus(YEARS)));
    assertFails(
        Reason.DENIED,
        "set the clock",
        () -> backend.require(Destruction.class).scheduleDestruction("doomed", WAIT));
  }

  @Test
  void whatWasScheduledByAClockBehindTheFilesOwnTimesIsAskedFor() throws Exception {
    clock.move(Duration.ofHours(-20));
    backend.require(Destruction.class).scheduleDestruction("doomed", DAY);
    clock.move(DAY);
    assertAsks();
  }

  @Test
  void savingTheKeyAndSchedulingItAgainForgetsTheJump() throws Exception {
    backend.require(Destruction.class).scheduleDestruction("doomed", WAIT);
    clock.move(YEARS);
    write();
    backend.require(Destruction.class).cancelDestruction("doomed");
    backend.require(Destruction.class).scheduleDestruction("doomed", DAY);
    clock.move(DAY);
    assertGoesUnasked();
  }

  @Test
  void eachKeyIsAskedForByItself() throws Exception {
    backend.require(Destruction.class).scheduleDestruction("doomed", WAIT);
    clock.move(WAIT);
    backend.require(Destruction.class).scheduleDestruction("k", DAY);
    clock.move(DAY);
    assertAsks();
    backend.require(Purging.class).purge("k", false);
    assertEquals(false, has("k"));
  }

  @Test
  void theNoteIsInTheFileAndInNoListing() throws Exception {
    Map<String, String> labels = new HashMap<>();
    for (int i = 0; i < 64; i++) {
      labels.put("label" + i, "v");
    }
    backend
        .require(KeyMaking.class)
        .create(new KeyRequest("full", KeySpec.AES_256, Set.of(Purpose.ENCRYPT), labels));
    backend.require(Destruction.class).scheduleDestruction("full", DAY);
    backend.require(Destruction.class).scheduleDestruction("doomed", DAY);
    backend.close();
    backend = Fixture.backend(folder.resolve("keys"), Fixture.PASSWORD, tuning);
    assertEquals(labels, backend.describe("full").attributes().labels());
    assertEquals(Map.of(), backend.describe("doomed").attributes().labels());
    clock.move(DAY);
    backend.require(Purging.class).purge("full", false);
    assertGoesUnasked();
    KeyRequest forged =
        new KeyRequest(
            "forged",
            KeySpec.AES_256,
            Set.of(Purpose.ENCRYPT),
            Map.of("keyhold-last-write", Long.toString(clock.now.toEpochMilli())));
    assertFails(
        Reason.UNSUPPORTED,
        "keyhold-last-write",
        () -> backend.require(KeyMaking.class).create(forged));
  }

  /** As an earlier release wrote it, or one that keeps other notes. */
  @ParameterizedTest
  @ValueSource(strings = {"", "jumped", "-1", "99999999999999999999"})
  void aFileWithoutTheTimeAsksAndGoesOnAsking(String note) throws Exception {
    Instant time = clock.now.plus(DAY);
    KeyRing ring = new KeyRing(List.of(Rings.doomed("doomed", time, clock.now)));
    byte[] payload = Rings.withLastWrite(RingCodec.encode(ring), clock.now, note);
    KeyRing read = RingCodec.decode(payload).orElseThrow();
    StoredKey key = read.find("doomed").orElseThrow();
    assertEquals(Optional.empty(), key.extras().destruction().orElseThrow().lastWrite());
    assertEquals(Map.of(), key.extras().labels());
    StoredKey later = read.writtenAt(clock.now).find("doomed").orElseThrow();
    assertFails(Reason.DENIED, "--today", () -> LifecycleRules.checkDue(later, time, false));
    LifecycleRules.checkDue(later, time, true);
    byte[] again = RingCodec.encode(read);
    assertArrayEquals(again, RingCodec.encode(RingCodec.decode(again).orElseThrow()));
  }
}
