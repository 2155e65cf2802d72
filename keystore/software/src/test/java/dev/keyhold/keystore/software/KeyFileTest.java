package dev.keyhold.keystore.software;

import static dev.keyhold.keystore.software.Fixture.CONTEXT;
import static dev.keyhold.keystore.software.Fixture.PASSWORD;
import static dev.keyhold.keystore.software.Fixture.assertFails;
import static dev.keyhold.keystore.software.Fixture.backend;
import static dev.keyhold.keystore.software.Fixture.kek;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyWrap;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.encoding.PasswordDerivation;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.KeyWraps;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.software.file.FileStamp;
import dev.keyhold.keystore.software.file.KeyFile;
import dev.keyhold.keystore.software.file.Passwords;
import dev.keyhold.keystore.software.file.RingStore;
import dev.keyhold.keystore.software.file.Tuning;
import dev.keyhold.keystore.software.file.WriteLock;
import dev.keyhold.keystore.software.ring.KeyRing;
import dev.keyhold.keystore.software.ring.RingCodec;
import dev.keyhold.keystore.software.ring.StoredKey;
import dev.keyhold.keystore.software.ring.StoredVersion;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
  private static final byte[] DATA_KEY = new byte[32];

  @TempDir Path folder;
  private Path file;
  private final AtomicLong nanoTime = new AtomicLong();

  @BeforeEach
  void name() {
    file = folder.resolve("keys.keyhold");
  }

  @Test
  void readingAMissingFileFindsNothingAndMakesNothing() throws Exception {
    try (SoftwareBackend backend = backend(file)) {
      assertEquals(List.of(), backend.list());
      assertFails(Reason.NOT_FOUND, "keyhold keys create k", () -> backend.describe("k"));
      assertFails(Reason.NOT_FOUND, "keyhold keys create k", () -> backend.identity("k"));
    }
    try (Stream<Path> found = Files.list(folder)) {
      assertEquals(List.of(), found.toList());
    }
  }

  @Test
  void missingDirectoryIsSaid() {
    try (SoftwareBackend backend = backend(folder.resolve("none/keys"))) {
      assertFails(Reason.MISCONFIGURED, "directory that does not exist", backend::list);
      assertFails(
          Reason.MISCONFIGURED,
          "directory that does not exist",
          () -> backend.require(KeyMaking.class).create(kek("k")));
    }
  }

  @Test
  void somethingElseAtThePathIsSaid() throws Exception {
    try (SoftwareBackend backend = backend(folder)) {
      assertFails(Reason.MISCONFIGURED, "not a regular file", backend::list);
    }
    Files.createSymbolicLink(file, folder.resolve("gone"));
    try (SoftwareBackend backend = backend(file)) {
      assertFails(
          Reason.MISCONFIGURED,
          "symbolic link",
          () -> backend.require(KeyMaking.class).create(kek("k")));
    }
  }

  @Test
  void aSymbolicLinkStaysOne() throws Exception {
    Path real = Files.createDirectory(folder.resolve("volume")).resolve("real");
    make(real);
    Files.createSymbolicLink(file, real);
    try (SoftwareBackend backend = backend(file)) {
      backend.require(KeyMaking.class).create(kek("second"));
    }
    assertTrue(Files.isSymbolicLink(file));
    try (SoftwareBackend backend = backend(real)) {
      assertEquals(2, backend.list().size());
    }
  }

  @Test
  void fileIsForItsOwnerAloneAndKeepsWhatTheAdministratorSet() throws Exception {
    Assumptions.assumeTrue(
        FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    make(file);
    assertEquals("rw-------", permissions(file));
    assertEquals("rw-------", permissions(WriteLock.lockFile(file)));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    try (SoftwareBackend backend = backend(file)) {
      backend.require(KeyMaking.class).create(kek("second"));
    }
    assertEquals("rw-r-----", permissions(file));
  }

  private static String permissions(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void wrongPasswordIsToldFromDamage() throws Exception {
    byte[] content = make(file);
    try (SoftwareBackend backend = backend(file, "wrong", nanoTime)) {
      assertFails(Reason.MISCONFIGURED, "wrong password", backend::list);
      assertFails(
          Reason.MISCONFIGURED,
          "wrong password",
          () -> backend.require(KeyMaking.class).create(kek("x")));
    }
    assertArrayEquals(content, Files.readAllBytes(file));
    content[content.length - 1] ^= 1;
    Files.write(file, content);
    try (SoftwareBackend backend = backend(file)) {
      assertFails(Reason.MISCONFIGURED, "altered or damaged", backend::list);
    }
  }

  @Test
  void laterUnlockMendsAWrongOne() throws Exception {
    make(file);
    try (SoftwareBackend backend = unconfigured()) {
      assertFails(
          Reason.MISCONFIGURED, "backend.local.password = env:NAME or file:PATH", backend::list);
      backend.unlock("wrong".toCharArray());
      assertFails(Reason.MISCONFIGURED, "wrong password", backend::list);
      assertFails(Reason.MISCONFIGURED, "wrong password", backend::list);
      char[] right = PASSWORD.toCharArray();
      backend.unlock(right);
      assertEquals(PASSWORD, new String(right));
      Arrays.fill(right, 'x');
      assertEquals(1, backend.list().size());
    }
  }

  @Test
  void wrongUnlockShowsOnceAndDoesNotLockOutWhoIsIn() throws Exception {
    make(file);
    try (SoftwareBackend backend = unconfigured()) {
      backend.unlock(PASSWORD.toCharArray());
      backend.list();
      backend.unlock("wrong".toCharArray());
      assertFails(Reason.MISCONFIGURED, "wrong password", () -> backend.identity("k"));
      assertEquals(1, backend.list().size());
    }
  }

  @Test
  void configuredPasswordIsNotReplacedByAnUnlock() throws Exception {
    make(file);
    try (SoftwareBackend backend = backend(file)) {
      backend.unlock("wrong".toCharArray());
      assertEquals(1, backend.list().size());
    }
  }

  @Test
  void unlockingPasswordMakesTheFile() throws Exception {
    try (SoftwareBackend backend = unconfigured()) {
      assertFails(
          Reason.MISCONFIGURED,
          "needs a password",
          () -> backend.require(KeyMaking.class).create(kek("k")));
      backend.unlock(PASSWORD.toCharArray());
      backend.require(KeyMaking.class).create(kek("k"));
    }
    try (SoftwareBackend backend = backend(file)) {
      assertEquals(1, backend.list().size());
    }
    try (SoftwareBackend backend = backend(folder.resolve("other"), "", nanoTime)) {
      assertFails(
          Reason.MISCONFIGURED, "empty", () -> backend.require(KeyMaking.class).create(kek("k")));
    }
  }

  private SoftwareBackend unconfigured() {
    return new SoftwareBackend(
        new KeyFile(file),
        new Passwords("backend.local.password", Optional.empty()),
        new Tuning(PasswordDerivation.pbkdf2(1_000), nanoTime::get, Clock.systemUTC()));
  }

  @Test
  void fileCutAnywhereIsRefusedAndLeftAlone() throws Exception {
    byte[] whole = make(file);
    for (int length = 0; length < whole.length; length++) {
      assertRefused(Arrays.copyOf(whole, length));
    }
    assertRefused(Arrays.copyOf(whole, whole.length + 1));
    assertRefused("just some text in a file, long enough to be a header".repeat(3).getBytes(UTF_8));
  }

  @Test
  void fileWithAnyByteFlippedIsRefusedAndLeftAlone() throws Exception {
    byte[] whole = make(file);
    for (int i = 0; i < whole.length; i++) {
      byte[] flipped = whole.clone();
      flipped[i] ^= 1;
      assertRefused(flipped);
    }
  }

  private void assertRefused(byte[] content) throws Exception {
    Files.write(file, content);
    try (SoftwareBackend backend = backend(file)) {
      assertFails(Reason.MISCONFIGURED, file.toString(), backend::list);
      assertFails(
          Reason.MISCONFIGURED,
          file.toString(),
          () -> backend.require(KeyMaking.class).create(kek("x")));
    }
    assertArrayEquals(content, Files.readAllBytes(file));
  }

  @Test
  void eachDamageHasItsOwnMessage() throws Exception {
    byte[] whole = make(file);
    assertMessage("cut short", Arrays.copyOf(whole, whole.length - 1));
    assertMessage("cut short within its header", Arrays.copyOf(whole, 20));
    assertMessage("not a key file", new byte[0]);
    assertMessage("not a key file", new byte[200]);
    assertMessage("format version 2", with(whole, 4, 2));
    assertMessage("protection 2", with(whole, 5, 2));
    assertMessage("key derivation 9", with(whole, 6, 9));
    assertMessage("iterations", with(whole, 7, 0x7F));
    assertMessage("larger than any key file", new byte[KeyFile.MAX_SIZE + 1]);
  }

  private static byte[] with(byte[] content, int index, int value) {
    byte[] changed = content.clone();
    changed[index] = (byte) value;
    return changed;
  }

  private void assertMessage(String expected, byte[] content) throws Exception {
    Files.write(file, content);
    try (SoftwareBackend backend = backend(file)) {
      assertFails(Reason.MISCONFIGURED, expected, backend::list);
    }
  }

  @Test
  void anotherWritersKeyIsFoundAtOnceAndItsChangeWithinASecond() throws Exception {
    make(file);
    try (SoftwareBackend reader = backend(file, PASSWORD, nanoTime);
        SoftwareBackend writer = backend(file)) {
      WrappedKey old = reader.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
      writer.require(KeyMaking.class).create(kek("new"));
      assertEquals(writer.identity("new"), reader.identity("new"));
      writer.require(Rotation.class).rotate("k");
      assertEquals("1", reader.require(Keks.class).wrap("k", CONTEXT, DATA_KEY).version());
      // an unknown version is looked for at once
      WrappedKey young = writer.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
      assertArrayEquals(DATA_KEY, reader.require(Keks.class).unwrap("k", young, CONTEXT));
      writer.require(Rotation.class).rotate("k");
      assertEquals("2", reader.require(Keks.class).wrap("k", CONTEXT, DATA_KEY).version());
      nanoTime.addAndGet(RingStore.CHECK_INTERVAL);
      assertEquals("3", reader.require(Keks.class).wrap("k", CONTEXT, DATA_KEY).version());
      assertArrayEquals(DATA_KEY, reader.require(Keks.class).unwrap("k", old, CONTEXT));
    }
  }

  @Test
  void fileThatVanishesIsAnErrorAndIsNotMadeAnew() throws Exception {
    make(file);
    try (SoftwareBackend backend = backend(file, PASSWORD, nanoTime)) {
      backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
      Path away = folder.resolve("away");
      Files.move(file, away);
      nanoTime.addAndGet(RingStore.CHECK_INTERVAL);
      assertFails(
          Reason.UNAVAILABLE,
          "is gone",
          () -> backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY));
      assertFails(
          Reason.UNAVAILABLE, "is gone", () -> backend.require(KeyMaking.class).create(kek("x")));
      assertFalse(Files.exists(file));
      Files.move(away, file);
      backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
    }
  }

  @Test
  void fileThatBreaksUnderARunningBackendIsAnErrorUntilItIsMended() throws Exception {
    byte[] good = make(file);
    try (SoftwareBackend backend = backend(file, PASSWORD, nanoTime)) {
      backend.identity("k");
      Files.write(file, Arrays.copyOf(good, 100));
      nanoTime.addAndGet(RingStore.CHECK_INTERVAL);
      assertFails(Reason.MISCONFIGURED, "cut short", () -> backend.identity("k"));
      assertFails(Reason.MISCONFIGURED, "cut short", () -> backend.identity("k"));
      Files.write(file, good);
      backend.identity("k");
    }
  }

  @Test
  void inAnUnwritablePlaceKeysAreUsedAndNotChanged() throws Exception {
    make(file);
    WrappedKey wrapped;
    try (SoftwareBackend backend = backend(file)) {
      wrapped = backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
    }
    byte[] content = Files.readAllBytes(file);
    // also holds for root: the lock can't be opened
    Files.delete(WriteLock.lockFile(file));
    Files.createDirectory(WriteLock.lockFile(file));
    try (SoftwareBackend backend = backend(file)) {
      assertArrayEquals(DATA_KEY, backend.require(Keks.class).unwrap("k", wrapped, CONTEXT));
      WrappedKey another = backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
      assertArrayEquals(DATA_KEY, backend.require(Keks.class).unwrap("k", another, CONTEXT));
      assertFails(
          Reason.UNAVAILABLE,
          "change the key file",
          () -> backend.require(KeyMaking.class).create(kek("x")));
    }
    assertArrayEquals(content, Files.readAllBytes(file));
  }

  @Test
  void permissionsThatAreMissingAreSaid() throws Exception {
    make(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    Assumptions.assumeFalse(Files.isReadable(file), "root reads everything");
    try (SoftwareBackend backend = backend(file)) {
      assertFails(Reason.MISCONFIGURED, "permissions", backend::list);
    }
  }

  @Test
  void theDirectoryIsNamedWhereNothingCanBeMadeInIt() throws Exception {
    make(file);
    Files.delete(WriteLock.lockFile(file));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    try (SoftwareBackend backend = backend(file)) {
      Assumptions.assumeFalse(Files.isWritable(folder), "root writes everywhere");
      assertFails(
          Reason.MISCONFIGURED,
          "mend the permissions of " + folder.toRealPath(),
          () -> backend.require(KeyMaking.class).create(kek("x")));
      assertEquals(1, backend.list().size());
    } finally {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void aKeyThatWrapsKeysIsInASecondVersionAndStays() throws Exception {
    KeyRequest request = new KeyRequest("vault", KeySpec.AES_256, Set.of(Purpose.KEY_WRAP));
    byte[] plain = new byte[24];
    byte[] wrapped;
    try (SoftwareBackend backend = backend(file)) {
      backend.require(KeyMaking.class).create(kek("orders"));
      backend.require(KeyMaking.class).create(request);
      wrapped = backend.require(KeyWraps.class).wrapKey("vault", KeyWrap.KW, plain);
    }
    try (SoftwareBackend backend = backend(file)) {
      assertEquals(Set.of(Purpose.KEY_WRAP), backend.describe("vault").purposes());
      assertArrayEquals(
          plain, backend.require(KeyWraps.class).unwrapKey("vault", KeyWrap.KW, wrapped));
    }
    ErasableKey material = new ErasableKey("AES", new byte[32]);
    StoredVersion version = new StoredVersion(1, KeyState.ACTIVE, Instant.EPOCH, 0, material);
    KeyRing ring =
        new KeyRing(
            List.of(
                new StoredKey(
                    "0".repeat(32),
                    "vault",
                    KeySpec.AES_256,
                    Set.of(Purpose.KEY_WRAP),
                    KeyState.ACTIVE,
                    List.of(version))));
    byte[] payload = RingCodec.encode(ring);
    assertEquals(0x80000002, ByteBuffer.wrap(payload).getInt(), "a payload of the second version");
    int purpose = 8 + 16 + 2 + "vault".length() + 1 + 2;
    assertEquals(6, payload[purpose]);
    assertTrue(RingCodec.decode(payload).isPresent());
    payload[purpose] = 7;
    assertTrue(RingCodec.decode(payload).isEmpty(), "a purpose of a later release");
  }

  @Test
  void leftoversOfDeadWritersAreRemovedAndNothingElse() throws Exception {
    Path leftover =
        Files.createFile(folder.resolve(".keyhold-0123456789abcdef0123456789abcdef.part"));
    Path notOurs = Files.createFile(folder.resolve("keys.keyhold.backup.tmp"));
    Path another = Files.createFile(folder.resolve(".keyhold-0123456789abcdef.part"));
    make(file);
    assertFalse(Files.exists(leftover));
    assertTrue(Files.exists(notOurs));
    assertTrue(Files.exists(another));
  }

  @Test
  void anInterruptStopsAChangeBeforeItBeginsAndStaysSet() throws Exception {
    make(file);
    try (SoftwareBackend backend = backend(file)) {
      backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
      byte[] content = Files.readAllBytes(file);
      Thread.currentThread().interrupt();
      // needs no file
      backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
      BackendException e =
          assertThrows(
              BackendException.class, () -> backend.require(KeyMaking.class).create(kek("x")));
      assertTrue(Thread.interrupted());
      assertEquals(Reason.UNAVAILABLE, e.reason());
      assertArrayEquals(content, Files.readAllBytes(file));
      backend.require(KeyMaking.class).create(kek("x"));
    }
    try (Stream<Path> found = Files.list(folder)) {
      assertEquals(2, found.count(), "the file and its lock");
    }
  }

  @Test
  void aWriterThatIgnoresTheLockIsNotOverwritten() throws Exception {
    byte[] first = make(file);
    KeyFile keyFile = new KeyFile(file);
    Optional<FileStamp> stamp = keyFile.stamp();
    byte[] other = Arrays.copyOf(first, first.length + 1);
    Files.write(file, other);
    try (KeyFile.Held held = keyFile.lock()) {
      assertFails(Reason.UNAVAILABLE, "ignores the lock", () -> held.replace(first, stamp));
    }
    assertArrayEquals(other, Files.readAllBytes(file));
  }

  private static byte[] make(Path file) throws Exception {
    try (SoftwareBackend backend = backend(file)) {
      backend.require(KeyMaking.class).create(kek("k"));
    }
    return Files.readAllBytes(file);
  }
}
