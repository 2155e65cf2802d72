package dev.keyhold.keystore.software;

import static dev.keyhold.keystore.software.Fixture.CONTEXT;
import static dev.keyhold.keystore.software.Fixture.assertFails;
import static dev.keyhold.keystore.software.Fixture.backend;
import static dev.keyhold.keystore.software.Fixture.kek;
import static dev.keyhold.keystore.software.Fixture.mac;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyImport;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.RandomSource;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.software.file.KeyFile;
import dev.keyhold.keystore.software.file.Passwords;
import dev.keyhold.keystore.software.file.RingStore;
import dev.keyhold.keystore.software.file.Tuning;
import dev.keyhold.keystore.software.ring.KeyRing;
import dev.keyhold.keystore.software.ring.StoredKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SoftwareBackendTest {
  private static final byte[] DATA_KEY = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);

  @TempDir Path folder;
  private Path file;
  private SoftwareBackend backend;

  @BeforeEach
  void open() {
    file = folder.resolve("keys.keyhold");
    backend = backend(file);
  }

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void createdKeyIsFoundByNameByIdAndByAnotherBackend() throws Exception {
    KeyMetadata made = backend.require(KeyMaking.class).create(kek("orders"));
    assertEquals("software:" + backend.nameOf(made.uri()).orElseThrow(), made.identity());
    assertEquals(made, backend.describe("orders"));
    assertEquals(made, backend.describe(made.uri().path()));
    assertEquals(KeyState.ACTIVE, made.state());
    assertEquals("1", made.currentVersion().orElseThrow().id());
    try (SoftwareBackend other = backend(file)) {
      assertEquals(made, other.describe("orders"));
      assertEquals(made.identity(), other.identity("orders"));
    }
  }

  @Test
  void listIsInTheOrderOfNames() throws Exception {
    for (String name : List.of("b", "c", "a")) {
      backend.require(KeyMaking.class).create(kek(name));
    }
    assertEquals(List.of("a", "b", "c"), backend.list().stream().map(KeyMetadata::name).toList());
  }

  @Test
  void onlyItsOwnUrisLeadToNames() {
    String id = "0123456789abcdef0123456789abcdef";
    assertEquals(Optional.of(id), backend.nameOf(KeyUri.parse("software:" + id)));
    assertEquals(Optional.empty(), backend.nameOf(KeyUri.parse("software:orders")));
    assertEquals(Optional.empty(), backend.nameOf(KeyUri.parse("pkcs11:" + id)));
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 192, 256})
  void aesKeyUnwrapsWhatItWrapped(int bits) throws Exception {
    backend
        .require(KeyMaking.class)
        .create(new KeyRequest("k", new KeySpec("AES", bits), Set.of(Purpose.ENCRYPT)));
    WrappedKey wrapped = backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
    assertEquals(WrapMechanism.HMAC_DERIVE, wrapped.mechanism());
    assertEquals("1", wrapped.version());
    assertEquals(32 + DATA_KEY.length + 16, wrapped.bytes().length);
    try (SoftwareBackend other = backend(file)) {
      assertArrayEquals(DATA_KEY, other.require(Keks.class).unwrap("k", wrapped, CONTEXT));
    }
  }

  @Test
  void wrappingAndUnwrappingLeaveTheFileAsItIs() throws Exception {
    backend.require(KeyMaking.class).create(kek("k"));
    byte[] before = Files.readAllBytes(file);
    FileTime changed = Files.getLastModifiedTime(file);
    for (int i = 0; i < 1_000; i++) {
      WrappedKey wrapped = backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
      assertArrayEquals(DATA_KEY, backend.require(Keks.class).unwrap("k", wrapped, CONTEXT));
    }
    assertArrayEquals(before, Files.readAllBytes(file));
    assertEquals(changed, Files.getLastModifiedTime(file));
  }

  @Test
  void hmacKekDerivesAKeyForEachWrap() throws Exception {
    backend
        .require(KeyMaking.class)
        .create(new KeyRequest("k", KeySpec.hmac("HmacSHA256"), Set.of(Purpose.ENCRYPT)));
    WrappedKey wrapped = backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
    assertEquals(WrapMechanism.HMAC_DERIVE, wrapped.mechanism());
    assertArrayEquals(DATA_KEY, backend.require(Keks.class).unwrap("k", wrapped, CONTEXT));
    assertEquals(
        "2", backend.require(Rotation.class).rotate("k").currentVersion().orElseThrow().id());
    assertArrayEquals(DATA_KEY, backend.require(Keks.class).unwrap("k", wrapped, CONTEXT));
    assertFails(
        Reason.UNSUPPORTED,
        "makes no",
        () -> backend.require(Macs.class).mac("k", "HmacSHA256", DATA_KEY));
  }

  @Test
  void anyChangeOfAWrappedKeyIsBadCiphertext() throws Exception {
    backend.require(KeyMaking.class).create(kek("k"));
    String other = backend.require(KeyMaking.class).create(kek("other")).identity();
    WrappedKey good = backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
    List<WrappedKey> bad = new ArrayList<>();
    for (int i = 0; i < good.bytes().length; i++) {
      byte[] flipped = good.bytes().clone();
      flipped[i] ^= 1;
      bad.add(with(good, flipped));
      bad.add(with(good, Arrays.copyOf(good.bytes(), i)));
    }
    bad.add(new WrappedKey(other, good.version(), good.mechanism(), good.bytes()));
    for (WrapMechanism mechanism : WrapMechanism.values()) {
      if (mechanism != good.mechanism()) {
        bad.add(new WrappedKey(good.identity(), "1", mechanism, good.bytes()));
      }
    }
    for (WrappedKey wrapped : bad) {
      assertFails(
          Reason.BAD_CIPHERTEXT,
          "",
          () -> backend.require(Keks.class).unwrap("k", wrapped, CONTEXT));
    }
    WrapContext another = new WrapContext(Map.of("alias", "pay"));
    assertFails(
        Reason.BAD_CIPHERTEXT,
        "context",
        () -> backend.require(Keks.class).unwrap("k", good, another));
  }

  private static WrappedKey with(WrappedKey wrapped, byte[] bytes) {
    return new WrappedKey(wrapped.identity(), wrapped.version(), wrapped.mechanism(), bytes);
  }

  @Test
  void rotatedKeyWrapsWithTheNewVersionAndOpensWithTheOld() throws Exception {
    backend.require(KeyMaking.class).create(kek("k"));
    WrappedKey old = backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
    KeyMetadata rotated = backend.require(Rotation.class).rotate("k");
    assertEquals(KeyState.DEACTIVATED, rotated.versions().get(0).state());
    WrappedKey young = backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
    assertEquals("2", young.version());
    assertArrayEquals(DATA_KEY, backend.require(Keks.class).unwrap("k", old, CONTEXT));
    assertArrayEquals(DATA_KEY, backend.require(Keks.class).unwrap("k", young, CONTEXT));
    WrappedKey unknown = new WrappedKey(old.identity(), "3", old.mechanism(), old.bytes());
    assertFails(
        Reason.NOT_FOUND,
        "no version 3",
        () -> backend.require(Keks.class).unwrap("k", unknown, CONTEXT));
    // the material is another one
    WrappedKey moved = new WrappedKey(old.identity(), "2", old.mechanism(), old.bytes());
    assertFails(
        Reason.BAD_CIPHERTEXT,
        "check",
        () -> backend.require(Keks.class).unwrap("k", moved, CONTEXT));
  }

  @Test
  void dataKeysHaveOneTo64Bytes() throws Exception {
    backend.require(KeyMaking.class).create(kek("k"));
    for (int length : new int[] {1, 64}) {
      byte[] dataKey = new byte[length];
      WrappedKey wrapped = backend.require(Keks.class).wrap("k", CONTEXT, dataKey);
      assertArrayEquals(dataKey, backend.require(Keks.class).unwrap("k", wrapped, CONTEXT));
    }
    for (int length : new int[] {0, 65}) {
      assertFails(
          Reason.UNSUPPORTED,
          "1 to 64",
          () -> backend.require(Keks.class).wrap("k", CONTEXT, new byte[length]));
    }
  }

  @Test
  void importedHmacKeyGivesTheMacOfRfc4231() throws Exception {
    byte[] key = "Jefe".getBytes(UTF_8);
    byte[] message = "what do ya want for nothing?".getBytes(UTF_8);
    backend
        .require(KeyImport.class)
        .importKey(new KeyRequest("m", new KeySpec("HmacSHA256", 32), Set.of(Purpose.MAC)), key);
    assertEquals(
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        HexFormat.of().formatHex(backend.require(Macs.class).mac("m", "HmacSHA256", message)));
    assertEquals("Jefe", new String(key, UTF_8));
    assertFails(
        Reason.UNSUPPORTED,
        "no HmacSHA512",
        () -> backend.require(Macs.class).mac("m", "HmacSHA512", message));
    assertFails(
        Reason.UNSUPPORTED,
        "wraps no data keys",
        () -> backend.require(Keks.class).wrap("m", CONTEXT, DATA_KEY));
    assertFails(
        Reason.UNSUPPORTED, "can't be rotated", () -> backend.require(Rotation.class).rotate("m"));
    assertFails(
        Reason.UNSUPPORTED,
        "at most",
        () ->
            backend
                .require(Macs.class)
                .mac("m", "HmacSHA256", new byte[backend.require(Macs.class).maxMacMessage() + 1]));
  }

  @Test
  void importTakesOddHmacSizesAndCreateOnlySaneOnes() throws Exception {
    for (int bits : new int[] {8, 520, 8192}) {
      KeySpec spec = new KeySpec("HmacSHA512", bits);
      backend
          .require(KeyImport.class)
          .importKey(new KeyRequest("m" + bits, spec, Set.of(Purpose.MAC)), new byte[bits / 8]);
    }
    for (int bits : new int[] {8, 104, 1032}) {
      KeySpec spec = new KeySpec("HmacSHA256", bits);
      assertFails(
          Reason.UNSUPPORTED,
          "112 to 1024",
          () ->
              backend
                  .require(KeyMaking.class)
                  .create(new KeyRequest("x", spec, Set.of(Purpose.MAC))));
    }
    KeyMetadata made =
        backend
            .require(KeyMaking.class)
            .create(new KeyRequest("least", new KeySpec("HmacSHA384", 112), Set.of(Purpose.MAC)));
    assertEquals(48, backend.require(Macs.class).mac("least", "HmacSHA384", DATA_KEY).length);
    assertEquals(112, made.spec().bits());
  }

  @Test
  void whatItCannotHoldIsRefused() {
    assertEquals(Set.of(), backend.purposesOf(new KeySpec("RSA", 2047)));
    assertEquals(Set.of(), backend.purposesOf(new KeySpec("AES", 160)));
    assertEquals(Set.of(), backend.purposesOf(new KeySpec("HmacSHA256", 8200)));
    assertEquals(Set.of(Purpose.ENCRYPT, Purpose.KEY_WRAP), backend.purposesOf(KeySpec.AES_256));
    assertEquals(Set.of(Purpose.MAC), backend.purposesOf(KeySpec.hmac("HmacSHA512")));
    assertFails(
        Reason.UNSUPPORTED,
        "can't hold",
        () ->
            backend
                .require(KeyMaking.class)
                .create(new KeyRequest("k", new KeySpec("RSA", 2047), purposes("MAC"))));
    assertFails(
        Reason.UNSUPPORTED,
        "not [MAC]",
        () ->
            backend
                .require(KeyMaking.class)
                .create(new KeyRequest("k", KeySpec.AES_256, purposes("MAC"))));
    // a MAC of a seed would be the key that is derived from it
    assertFails(
        Reason.UNSUPPORTED,
        "one purpose",
        () ->
            backend
                .require(KeyMaking.class)
                .create(
                    new KeyRequest("k", KeySpec.hmac("HmacSHA256"), purposes("MAC", "ENCRYPT"))));
    assertFails(
        Reason.UNSUPPORTED,
        "31 bytes",
        () -> backend.require(KeyImport.class).importKey(kek("k"), new byte[31]));
    assertFalse(Files.exists(file));
  }

  private static Set<Purpose> purposes(String... names) {
    return Arrays.stream(names).map(Purpose::valueOf).collect(Collectors.toSet());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0123456789abcdef0123456789ABCDEF", "a\nb", "\u0000", "\u009f", "half \ud800"})
  void misleadingNamesAreRefused(String name) throws Exception {
    backend.require(KeyMaking.class).create(kek("k"));
    assertFails(
        Reason.UNSUPPORTED, "name", () -> backend.require(KeyMaking.class).create(kek(name)));
    assertFails(Reason.UNSUPPORTED, "name", () -> backend.require(Naming.class).rename("k", name));
  }

  @Test
  void namesHaveABoundAndMayBeAnyLanguage() throws Exception {
    assertEquals("Schlüssel 鍵", backend.require(KeyMaking.class).create(kek("Schlüssel 鍵")).name());
    backend.require(KeyMaking.class).create(kek("x".repeat(512)));
    assertFails(
        Reason.UNSUPPORTED,
        "at most",
        () -> backend.require(KeyMaking.class).create(kek("x".repeat(513))));
  }

  @Test
  void aNameIsTakenOnceAndCanMove() throws Exception {
    KeyMetadata made = backend.require(KeyMaking.class).create(kek("a"));
    backend.require(KeyMaking.class).create(kek("b"));
    assertFails(Reason.DENIED, "exists", () -> backend.require(KeyMaking.class).create(kek("a")));
    assertFails(Reason.DENIED, "exists", () -> backend.require(Naming.class).rename("a", "b"));
    KeyMetadata renamed = backend.require(Naming.class).rename("a", "c");
    assertEquals(made.identity(), renamed.identity());
    assertFails(Reason.NOT_FOUND, "named a", () -> backend.identity("a"));

    KeyUri uri = backend.require(Naming.class).unname("c");
    assertEquals(made.uri(), uri);
    String id = backend.nameOf(uri).orElseThrow();
    assertEquals("", backend.describe(id).name());
    assertEquals(uri, backend.require(Naming.class).unname(id));
    backend.require(KeyMaking.class).create(kek("c"));
    assertEquals("again", backend.require(Naming.class).rename(uri.toString(), "again").name());
    assertFails(
        Reason.UNSUPPORTED, "id", () -> backend.require(KeyMaking.class).create(kek("software:x")));
  }

  @Test
  void keysOutOfUseAreDenied() throws Exception {
    backend.require(KeyMaking.class).create(kek("k"));
    backend.require(KeyMaking.class).create(mac("m"));
    WrappedKey wrapped = backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
    for (KeyState state : KeyState.values()) {
      setState(state);
      try (SoftwareBackend reader = backend(file)) {
        assertEquals(state, reader.describe("k").state());
        if (state.opens()) {
          assertArrayEquals(DATA_KEY, reader.require(Keks.class).unwrap("k", wrapped, CONTEXT));
        } else {
          assertFails(
              Reason.DENIED,
              state.name(),
              () -> reader.require(Keks.class).unwrap("k", wrapped, CONTEXT));
        }
        if (!state.protects()) {
          assertFails(
              Reason.DENIED,
              state.name(),
              () -> reader.require(Keks.class).wrap("k", CONTEXT, DATA_KEY));
          assertFails(
              Reason.DENIED, state.name(), () -> reader.require(Rotation.class).rotate("k"));
          assertFails(
              Reason.DENIED,
              state.name(),
              () -> reader.require(Macs.class).mac("m", "HmacSHA256", DATA_KEY));
        }
      }
    }
  }

  private void setState(KeyState state) throws BackendException {
    Passwords passwords = new Passwords("p", Optional.of(Fixture.PASSWORD::toCharArray));
    try (RingStore store = new RingStore(new KeyFile(file), passwords, Tuning.DEFAULT)) {
      store.update(
          ring -> {
            KeyRing changed = ring;
            for (StoredKey key : ring.keys()) {
              changed =
                  changed.with(
                      new StoredKey(
                          key.id(), key.name(), key.spec(), key.purposes(), state, key.versions()));
            }
            return changed;
          });
    }
  }

  @Test
  void aSuspendedVersionOpensNothing() throws Exception {
    backend.require(KeyMaking.class).create(kek("k"));
    WrappedKey wrapped = backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
    Passwords passwords = new Passwords("p", Optional.of(Fixture.PASSWORD::toCharArray));
    try (RingStore store = new RingStore(new KeyFile(file), passwords, Tuning.DEFAULT)) {
      store.update(
          ring -> {
            StoredKey key = ring.find("k").orElseThrow();
            return ring.with(key.withVersion(key.versions().get(0).withState(KeyState.SUSPENDED)));
          });
    }
    try (SoftwareBackend reader = backend(file)) {
      assertFails(
          Reason.DENIED,
          "SUSPENDED",
          () -> reader.require(Keks.class).unwrap("k", wrapped, CONTEXT));
      assertFails(
          Reason.DENIED,
          "no active",
          () -> reader.require(Keks.class).wrap("k", CONTEXT, DATA_KEY));
    }
  }

  @Test
  void sixteenThreadsWrapAndUnwrapWhileOthersRotate() throws Exception {
    backend.require(KeyMaking.class).create(kek("k"));
    ExecutorService threads = Executors.newFixedThreadPool(17);
    try {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int t = 0; t < 16; t++) {
        byte[] dataKey = backend.require(RandomSource.class).random(32);
        results.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 500; i++) {
                    WrappedKey wrapped = backend.require(Keks.class).wrap("k", CONTEXT, dataKey);
                    assertArrayEquals(
                        dataKey, backend.require(Keks.class).unwrap("k", wrapped, CONTEXT));
                  }
                  return true;
                }));
      }
      results.add(
          threads.submit(
              () -> {
                for (int i = 0; i < 10; i++) {
                  backend.require(Rotation.class).rotate("k");
                  backend.list();
                }
                return true;
              }));
      for (Future<Boolean> result : results) {
        assertTrue(result.get());
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(11, backend.describe("k").versions().size());
  }

  @Test
  void closedBackendRefusesEverything() throws Exception {
    backend.require(KeyMaking.class).create(kek("k"));
    WrappedKey wrapped = backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY);
    backend.close();
    backend.close();
    backend.unlock("x".toCharArray());
    assertFails(Reason.UNAVAILABLE, "closed", backend::list);
    assertFails(Reason.UNAVAILABLE, "closed", () -> backend.describe("k"));
    assertFails(Reason.UNAVAILABLE, "closed", () -> backend.identity("k"));
    assertFails(
        Reason.UNAVAILABLE, "closed", () -> backend.require(KeyMaking.class).create(kek("x")));
    assertFails(Reason.UNAVAILABLE, "closed", () -> backend.require(Rotation.class).rotate("k"));
    assertFails(Reason.UNAVAILABLE, "closed", () -> backend.require(Naming.class).rename("k", "x"));
    assertFails(
        Reason.UNAVAILABLE,
        "closed",
        () -> backend.require(Keks.class).wrap("k", CONTEXT, DATA_KEY));
    assertFails(
        Reason.UNAVAILABLE,
        "closed",
        () -> backend.require(Keks.class).unwrap("k", wrapped, CONTEXT));
    assertFails(Reason.UNAVAILABLE, "closed", () -> backend.require(RandomSource.class).random(1));
  }

  @Test
  void randomBytesAreFresh() throws Exception {
    assertEquals(0, backend.require(RandomSource.class).random(0).length);
    assertFalse(
        Arrays.equals(
            backend.require(RandomSource.class).random(16),
            backend.require(RandomSource.class).random(16)));
  }
}
