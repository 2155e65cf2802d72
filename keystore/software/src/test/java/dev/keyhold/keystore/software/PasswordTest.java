package dev.keyhold.keystore.software;

import static dev.keyhold.keystore.software.Fixture.CONTEXT;
import static dev.keyhold.keystore.software.Fixture.PASSWORD;
import static dev.keyhold.keystore.software.Fixture.assertFails;
import static dev.keyhold.keystore.software.Fixture.kek;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.PasswordProtection;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.encoding.PasswordDerivation;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.PasswordProtected;
import dev.keyhold.keystore.software.file.Tuning;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a password protects the file, how strong it must be, and how both are changed. */
class PasswordTest {
  private static final byte[] DATA_KEY = new byte[32];
  private static final String NEW = "another good password";

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void choose() {
    file = folder.resolve("keys.keyhold");
  }

  private SoftwareBackend current(String password) {
    return Fixture.backend(file, password, Tuning.DEFAULT);
  }

  private SoftwareBackend old(int iterations) {
    return Fixture.backend(
        file,
        PASSWORD,
        new Tuning(PasswordDerivation.pbkdf2(iterations), System::nanoTime, Clock.systemUTC()));
  }

  /**
   * The tag of RFC 9106, section 5.3, needs a secret and data: this one is of the reference code.
   */
  @Test
  void argon2idIsThatOfTheReferenceImplementation() throws Exception {
    byte[] derived =
        PasswordDerivation.argon2id(1, 2, 1)
            .derive("password".toCharArray(), "somesalt".getBytes(StandardCharsets.US_ASCII), 32);
    assertEquals(32, derived.length);
    assertFalse(Arrays.equals(new byte[32], derived));
    // argon2 somesalt -id -t 2 -k 65536 -p 1 -l 32 (reference implementation's test.c)
    assertEquals(
        "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7",
        HexFormat.of()
            .formatHex(
                PasswordDerivation.argon2id(64, 2, 1)
                    .derive(
                        "password".toCharArray(),
                        "somesalt".getBytes(StandardCharsets.US_ASCII),
                        32)));
  }

  @Test
  void aNewFileIsOfArgon2id() throws Exception {
    try (SoftwareBackend backend = current(PASSWORD)) {
      assertEquals(Optional.empty(), backend.require(PasswordProtected.class).passwordProtection());
      backend.require(KeyMaking.class).create(kek("k"));
      PasswordProtection found =
          backend.require(PasswordProtected.class).passwordProtection().orElseThrow();
      assertTrue(found.derivation().startsWith("Argon2id, 19 MiB"), found.derivation());
      assertTrue(found.isCurrent());
      assertFalse(found.isWeak());
    }
    byte[] content = Files.readAllBytes(file);
    assertEquals("0202010013", HexFormat.of().formatHex(content, 6, 11));
    try (SoftwareBackend backend = current("wrong password")) {
      assertFails(Reason.MISCONFIGURED, "wrong password", backend::list);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "secret", "aaaaaaaaaaaaaaaa", "1212121212"})
  void aNewPasswordThatCanBeGuessedIsRefused(String weak) throws Exception {
    try (SoftwareBackend backend = current(weak)) {
      assertFails(
          Reason.MISCONFIGURED,
          "--generate",
          () -> backend.require(KeyMaking.class).create(kek("k")));
    }
    assertFalse(Files.exists(file));
    try (SoftwareBackend backend = current(PASSWORD)) {
      backend.require(KeyMaking.class).create(kek("k"));
      byte[] before = Files.readAllBytes(file);
      assertFails(
          Reason.MISCONFIGURED,
          "--generate",
          () ->
              backend
                  .require(PasswordProtected.class)
                  .protectAnew(Optional.of(weak.toCharArray())));
      assertArrayEquals(before, Files.readAllBytes(file));
    }
  }

  @Test
  void anOldFileStaysAsItIsUntilItIsUpgraded() throws Exception {
    WrappedKey wrapped;
    try (SoftwareBackend backend = old(1_000)) {
      backend.require(KeyMaking.class).create(kek("k"));
      wrapped = backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
    }
    try (SoftwareBackend backend = current(PASSWORD);
        SoftwareBackend other = old(1_000)) {
      assertEquals(1, other.list().size());
      backend.require(KeyMaking.class).create(kek("second"));
      PasswordProtection found =
          backend.require(PasswordProtected.class).passwordProtection().orElseThrow();
      assertEquals("PBKDF2-HMAC-SHA512, 1,000 iterations", found.derivation());
      assertTrue(found.isWeak());
      assertFalse(found.isCurrent());
      byte[] before = Files.readAllBytes(file);
      Path backup = Path.of(backend.require(PasswordProtected.class).protectAnew(Optional.empty()));
      assertArrayEquals(before, Files.readAllBytes(backup));
      assertEquals("rw-------", permissions(backup));
      assertTrue(
          backend.require(PasswordProtected.class).passwordProtection().orElseThrow().isCurrent());
      assertArrayEquals(DATA_KEY, backend.require(Keks.class).unwrap("k", wrapped, CONTEXT));
      assertEquals(2, other.list().size()); // another process goes on
      backend.require(KeyMaking.class).create(kek("third"));
      assertEquals(3, other.list().size());
    }
  }

  private static String permissions(Path path) throws Exception {
    return java.nio.file.attribute.PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path));
  }

  @Test
  void aPasswordIsChangedAndTheBackupOpensWithTheFormerOne() throws Exception {
    Path backup;
    try (SoftwareBackend backend = current(PASSWORD)) {
      backend.require(KeyMaking.class).create(kek("k"));
      backup =
          Path.of(
              backend.require(PasswordProtected.class).protectAnew(Optional.of(NEW.toCharArray())));
      assertEquals(1, backend.list().size());
      backend.require(KeyMaking.class).create(kek("second"));
    }
    try (SoftwareBackend backend = current(PASSWORD)) {
      assertFails(Reason.MISCONFIGURED, "wrong password", backend::list);
    }
    try (SoftwareBackend backend = current(NEW)) {
      assertEquals(2, backend.list().size());
    }
    file = backup;
    try (SoftwareBackend backend = current(PASSWORD)) {
      assertEquals(1, backend.list().size());
    }
  }

  @Test
  void whoDoesNotKnowThePasswordChangesNothing() throws Exception {
    try (SoftwareBackend backend = current(PASSWORD)) {
      assertFails(
          Reason.MISCONFIGURED,
          "does not exist",
          () -> backend.require(PasswordProtected.class).protectAnew(Optional.empty()));
      backend.require(KeyMaking.class).create(kek("k"));
    }
    byte[] before = Files.readAllBytes(file);
    try (SoftwareBackend backend = current("not the password")) {
      assertFails(
          Reason.MISCONFIGURED,
          "wrong password",
          () ->
              backend.require(PasswordProtected.class).protectAnew(Optional.of(NEW.toCharArray())));
    }
    assertArrayEquals(before, Files.readAllBytes(file));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 999, 'PBKDF2 with 999 iterations, out of bounds (1000 to 2000000)'",
    "1, 2000001, 'PBKDF2 with 2000001 iterations, out of bounds (1000 to 2000000)'",
    "1, -1, 'PBKDF2 with 4294967295 iterations, out of bounds (1000 to 2000000)'",
    "2, 0, 'Argon2id with 0 MiB of memory, out of bounds (1 to 64)'",
    "2, 65, 'Argon2id with 65 MiB of memory, out of bounds (1 to 64)'",
    "2, 16842817, 'Argon2id with 65 MiB of memory, out of bounds (1 to 64)'",
    "2, 65555, 'Argon2id with 0 passes, out of bounds (1 to 8)'",
    "2, 151060499, 'Argon2id with 9 passes, out of bounds (1 to 8)'",
    "2, -16711661, 'Argon2id with 255 passes, out of bounds (1 to 8)'",
    "2, 17104915, 'Argon2id with 5 lanes, out of bounds (1 to 4)'",
    "2, 16777235, 'Argon2id with 0 lanes, out of bounds (1 to 4)'"
  })
  void parametersOutOfBoundsAreRefused(int id, int parameters, String told) throws Exception {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new PasswordDerivation(id, parameters));
    assertTrue(refused.getMessage().contains(told), refused.getMessage());
    try (SoftwareBackend backend = current(PASSWORD)) {
      backend.require(KeyMaking.class).create(kek("k"));
    }
    byte[] content = Files.readAllBytes(file);
    content[6] = (byte) id;
    java.nio.ByteBuffer.wrap(content).putInt(7, parameters);
    Files.write(file, content);
    try (SoftwareBackend backend = current(PASSWORD)) {
      assertFails(Reason.MISCONFIGURED, told, backend::list);
    }
  }

  @Test
  void aNameThatLeavesNoRoomForItsLockIsRefusedInWords() throws Exception {
    file = folder.resolve("k".repeat(240));
    try (SoftwareBackend backend = current(PASSWORD)) {
      assertFails(
          Reason.MISCONFIGURED, "shorter", () -> backend.require(KeyMaking.class).create(kek("k")));
    }
    file = folder.resolve("k".repeat(231));
    try (SoftwareBackend backend = current(PASSWORD)) {
      backend.require(KeyMaking.class).create(kek("k"));
      backend.require(PasswordProtected.class).protectAnew(Optional.empty());
      assertEquals(1, backend.list().size());
    }
  }
}
