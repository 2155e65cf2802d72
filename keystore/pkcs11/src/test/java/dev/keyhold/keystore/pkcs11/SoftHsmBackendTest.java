package dev.keyhold.keystore.pkcs11;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Backend;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The backend on a real token. */
@Tag("token")
class SoftHsmBackendTest {
  private static final WrapContext CONTEXT = new WrapContext(Map.of("alias", "orders"));
  private static final WrapContext OTHER = new WrapContext(Map.of("alias", "payments"));

  private static SoftHsm hsm;
  private static Backend gcm;
  private static Backend derive;

  @BeforeAll
  static void open() throws Exception {
    hsm = SoftHsm.create().withToken("other").withToken("tok 1").withToken("third");
    gcm = hsm.backend("tok 1", "wrap", "aes-gcm");
    derive = hsm.backend("tok 1", "wrap", "hmac-derive");
  }

  @AfterAll
  static void close() {
    if (hsm != null) {
      gcm.close();
      derive.close();
    }
  }

  @Test
  void createsFindsAndLists() throws Exception {
    KeyMetadata made = gcm.require(KeyMaking.class).create(kek("lists"));
    assertEquals("lists", made.name());
    assertEquals("pkcs11:token=tok%201;object=lists", made.uri().toString());
    assertEquals("pkcs11:object=lists", made.identity());
    assertEquals(made.identity(), gcm.identity("lists"));
    assertEquals(KeySpec.AES_256, made.spec());
    assertEquals(Set.of(Purpose.ENCRYPT), made.purposes());
    assertEquals("1", made.currentVersion().orElseThrow().id());
    assertEquals("lists", gcm.nameOf(made.uri()).orElseThrow());
    assertEquals(made, gcm.describe("lists"));
    assertTrue(derive.list().contains(made));
    Expect.failure(Reason.NOT_FOUND, () -> gcm.describe("nothing"));
    Expect.failure(
        Reason.NOT_FOUND, () -> gcm.require(Keks.class).wrap("nothing", CONTEXT, new byte[32]));
    Expect.failure(Reason.DENIED, () -> gcm.require(KeyMaking.class).create(kek("lists")));
    Expect.failure(Reason.DENIED, () -> derive.require(KeyMaking.class).create(kek("lists")));
  }

  @Test
  void computesHmacSoThatAutoMakesAnHmacKek() throws Exception {
    try (Backend auto = hsm.backend("tok 1")) {
      assertEquals(
          KeySpec.hmac("HmacSHA256"), auto.require(KeyMaking.class).create(kek("auto")).spec());
      // and a close leaves the login of the others alone
    }
    assertEquals(
        WrapMechanism.HMAC_DERIVE,
        gcm.require(Keks.class).wrap("auto", CONTEXT, new byte[32]).mechanism());
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 192, 256})
  void wrapsWithAesOfEachSize(int bits) throws Exception {
    String name = "aes" + bits;
    KeySpec spec = new KeySpec("AES", bits);
    assertEquals(
        spec,
        gcm.require(KeyMaking.class)
            .create(new KeyRequest(name, spec, Set.of(Purpose.ENCRYPT)))
            .spec());
    wrapsAndUnwraps(gcm, name, WrapMechanism.AES_GCM);
  }

  @Test
  void wrapsByHmacDerive() throws Exception {
    KeyMetadata made = derive.require(KeyMaking.class).create(kek("derive"));
    assertEquals(KeySpec.hmac("HmacSHA256"), made.spec());
    assertEquals(Set.of(Purpose.ENCRYPT), made.purposes());
    wrapsAndUnwraps(derive, "derive", WrapMechanism.HMAC_DERIVE);
    // whoever has the key can use it, however it would make its own
    wrapsAndUnwraps(gcm, "derive", WrapMechanism.HMAC_DERIVE);
  }

  private static void wrapsAndUnwraps(Backend backend, String key, WrapMechanism mechanism)
      throws Exception {
    for (int length : new int[] {1, 16, 32, 64}) {
      byte[] dataKey = new byte[length];
      Arrays.fill(dataKey, (byte) length);
      WrappedKey wrapped = backend.require(Keks.class).wrap(key, CONTEXT, dataKey);
      assertEquals(mechanism, wrapped.mechanism());
      assertArrayEquals(dataKey, backend.require(Keks.class).unwrap(key, wrapped, CONTEXT));
      assertFalse(
          Arrays.equals(
              wrapped.bytes(), backend.require(Keks.class).wrap(key, CONTEXT, dataKey).bytes()),
          "random IV");
    }
  }

  @ParameterizedTest
  @CsvSource({"AES_GCM, aes-gcm", "HMAC_DERIVE, hmac-derive"})
  void refusesWhateverWasChanged(WrapMechanism mechanism, String wrap) throws Exception {
    try (Backend backend = hsm.backend("tok 1", "wrap", wrap)) {
      String name = "tamper-" + wrap;
      backend.require(KeyMaking.class).create(kek(name));
      WrappedKey wrapped = backend.require(Keks.class).wrap(name, CONTEXT, new byte[32]);
      Expect.failure(
          Reason.BAD_CIPHERTEXT, () -> backend.require(Keks.class).unwrap(name, wrapped, OTHER));
      for (int i = 0; i < wrapped.bytes().length; i++) {
        byte[] changed = wrapped.bytes().clone();
        changed[i] ^= 1;
        refuses(backend, name, new WrappedKey("", "1", mechanism, changed));
      }
      for (int length = 0; length < wrapped.bytes().length; length++) {
        byte[] cut = Arrays.copyOf(wrapped.bytes(), length);
        refuses(backend, name, new WrappedKey("", "1", mechanism, cut));
      }
      WrapMechanism another =
          mechanism == WrapMechanism.AES_GCM ? WrapMechanism.HMAC_DERIVE : WrapMechanism.AES_GCM;
      refuses(backend, name, new WrappedKey("", "1", another, wrapped.bytes()));
      Expect.failure(
          Reason.NOT_FOUND,
          () ->
              backend
                  .require(Keks.class)
                  .unwrap(name, new WrappedKey("", "9", mechanism, wrapped.bytes()), CONTEXT));
      assertArrayEquals(new byte[32], backend.require(Keks.class).unwrap(name, wrapped, CONTEXT));
    }
  }

  private static void refuses(Backend backend, String key, WrappedKey wrapped) {
    Expect.failure(
        Reason.BAD_CIPHERTEXT, () -> backend.require(Keks.class).unwrap(key, wrapped, CONTEXT));
  }

  @Test
  void rotatesAndStillOpensOlderVersions() throws Exception {
    gcm.require(KeyMaking.class).create(kek("rotates"));
    WrappedKey old = gcm.require(Keks.class).wrap("rotates", CONTEXT, new byte[32]);
    KeyMetadata rotated = gcm.require(Rotation.class).rotate("rotates");
    assertEquals(
        List.of(KeyState.DEACTIVATED, KeyState.ACTIVE),
        rotated.versions().stream().map(v -> v.state()).toList());
    WrappedKey current = gcm.require(Keks.class).wrap("rotates", CONTEXT, new byte[32]);
    assertEquals("2", current.version());
    assertArrayEquals(new byte[32], gcm.require(Keks.class).unwrap("rotates", old, CONTEXT));
    assertArrayEquals(new byte[32], gcm.require(Keks.class).unwrap("rotates", current, CONTEXT));
    WrappedKey confused = new WrappedKey(old.identity(), "2", old.mechanism(), old.bytes());
    Expect.failure(
        Reason.BAD_CIPHERTEXT, () -> gcm.require(Keks.class).unwrap("rotates", confused, CONTEXT));
    Expect.failure(Reason.NOT_FOUND, () -> gcm.require(Rotation.class).rotate("nothing"));
  }

  @Test
  void opensByAnImportedKeyWhatTheJdkSealed() throws Exception {
    byte[] material = bytes(32, 7);
    gcm.require(KeyImport.class).importKey(kek("imported"), material);
    byte[] iv = bytes(12, 3);
    Cipher jdk = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    jdk.init(
        Cipher.ENCRYPT_MODE, new SecretKeySpec(material, "AES"), new GCMParameterSpec(128, iv));
    jdk.updateAAD(CONTEXT.toBytes());
    byte[] sealed = jdk.doFinal(bytes(32, 9));
    byte[] wrapped = Arrays.copyOf(iv, iv.length + sealed.length);
    System.arraycopy(sealed, 0, wrapped, iv.length, sealed.length);
    assertArrayEquals(
        bytes(32, 9),
        gcm.require(Keks.class)
            .unwrap("imported", new WrappedKey("", "1", WrapMechanism.AES_GCM, wrapped), CONTEXT));
  }

  @ParameterizedTest
  @CsvSource({
    "HmacSHA256, 256",
    "HmacSHA384, 384",
    "HmacSHA512, 512",
    "HmacSHA256, 520",
    "HmacSHA256, 512"
  })
  void computesTheSameMacAsTheJdk(String algorithm, int bits) throws Exception {
    String name = "mac-" + algorithm + bits;
    byte[] material = bytes(bits / 8, 5);
    KeySpec spec = new KeySpec(algorithm, bits);
    KeyMetadata made =
        gcm.require(KeyImport.class)
            .importKey(new KeyRequest(name, spec, Set.of(Purpose.MAC)), material);
    assertEquals(spec, made.spec());
    Mac jdk = Mac.getInstance(algorithm, "SunJCE");
    jdk.init(new SecretKeySpec(material, algorithm));
    for (int length : new int[] {0, 1, 100, 70_000}) {
      byte[] message = bytes(length, 1);
      assertArrayEquals(
          jdk.doFinal(message), gcm.require(Macs.class).mac(name, algorithm, message));
    }
    Expect.failure(Reason.UNSUPPORTED, () -> gcm.require(Rotation.class).rotate(name));
    Expect.failure(
        Reason.UNSUPPORTED, () -> gcm.require(Keks.class).wrap(name, CONTEXT, new byte[32]));
  }

  @Test
  void refusesToImportAMacKeyThatTheTokenWouldNotUse() {
    KeyRequest request =
        new KeyRequest("short", new KeySpec("HmacSHA512", 256), Set.of(Purpose.MAC));
    Expect.failure(
        Reason.UNSUPPORTED, () -> gcm.require(KeyImport.class).importKey(request, new byte[32]));
    Expect.failure(Reason.NOT_FOUND, () -> gcm.describe("short"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"HmacSHA256", "HmacSHA384", "HmacSHA512"})
  void generatesMacKeys(String algorithm) throws Exception {
    String name = "gen-" + algorithm;
    KeyRequest request = new KeyRequest(name, KeySpec.hmac(algorithm), Set.of(Purpose.MAC));
    assertEquals(KeySpec.hmac(algorithm), gcm.require(KeyMaking.class).create(request).spec());
    byte[] mac = gcm.require(Macs.class).mac(name, algorithm, new byte[3]);
    assertEquals(KeySpec.hmac(algorithm).bits(), 8 * mac.length);
    assertArrayEquals(mac, gcm.require(Macs.class).mac(name, algorithm, new byte[3]));
  }

  @Test
  void renamesAKeyWithAllItsVersions() throws Exception {
    gcm.require(KeyMaking.class).create(kek("before"));
    WrappedKey first = gcm.require(Keks.class).wrap("before", CONTEXT, new byte[32]);
    gcm.require(Rotation.class).rotate("before");
    gcm.require(KeyMaking.class).create(kek("taken"));
    Expect.failure(Reason.DENIED, () -> gcm.require(Naming.class).rename("before", "taken"));
    KeyMetadata renamed = gcm.require(Naming.class).rename("before", "after");
    assertEquals(2, renamed.versions().size());
    assertArrayEquals(new byte[32], gcm.require(Keks.class).unwrap("after", first, CONTEXT));
    Expect.failure(Reason.NOT_FOUND, () -> gcm.describe("before"));
    // another instance, which knew the key by its old name
    assertArrayEquals(new byte[32], derive.require(Keks.class).unwrap("after", first, CONTEXT));
  }

  @Test
  void takesTheNameOffAndKeepsTheKey() throws Exception {
    gcm.require(KeyMaking.class).create(kek("gone"));
    WrappedKey wrapped = gcm.require(Keks.class).wrap("gone", CONTEXT, new byte[32]);
    KeyUri uri = gcm.require(Naming.class).unname("gone");
    Expect.failure(
        Reason.NOT_FOUND, () -> gcm.require(Keks.class).wrap("gone", CONTEXT, new byte[32]));
    String name = gcm.nameOf(uri).orElseThrow();
    assertTrue(name.startsWith("gone~removed-"), name);
    assertArrayEquals(new byte[32], gcm.require(Keks.class).unwrap(name, wrapped, CONTEXT));
    gcm.require(KeyMaking.class).create(kek("gone"));
    Expect.failure(
        Reason.BAD_CIPHERTEXT, () -> gcm.require(Keks.class).unwrap("gone", wrapped, CONTEXT));
    KeyMetadata listed =
        derive.list().stream().filter(key -> key.uri().equals(uri)).findFirst().orElseThrow();
    assertEquals("", listed.name());
    assertEquals("returned", derive.require(Naming.class).rename(name, "returned").name());
    assertArrayEquals(new byte[32], gcm.require(Keks.class).unwrap("returned", wrapped, CONTEXT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"HmacSHA256", "HmacSHA384", "HmacSHA512"})
  void renamesAMacKeyThatItJustMade(String algorithm) throws Exception {
    gcm.require(KeyMaking.class).create(mac("provisional-" + algorithm, algorithm));
    byte[] before = gcm.require(Macs.class).mac("provisional-" + algorithm, algorithm, new byte[3]);
    String name = "final-" + algorithm;
    assertEquals(
        KeySpec.hmac(algorithm),
        gcm.require(Naming.class).rename("provisional-" + algorithm, name).spec());
    assertArrayEquals(before, gcm.require(Macs.class).mac(name, algorithm, new byte[3]));
    assertArrayEquals(before, derive.require(Macs.class).mac(name, algorithm, new byte[3]));
    Expect.failure(Reason.NOT_FOUND, () -> gcm.describe("provisional-" + algorithm));
    // and once more, and off
    gcm.require(Naming.class).rename(name, name + "-again");
    String unnamed = gcm.nameOf(gcm.require(Naming.class).unname(name + "-again")).orElseThrow();
    assertArrayEquals(before, gcm.require(Macs.class).mac(unnamed, algorithm, new byte[3]));
    assertEquals(
        "Access:     sensitive, always sensitive, never extractable, local",
        lineAfter(unnamed + "#1", 2));
  }

  @Test
  void renamesAllVersionsOfAnHmacKekThatItJustMade() throws Exception {
    derive.require(KeyMaking.class).create(kek("hmac-before"));
    WrappedKey first = derive.require(Keks.class).wrap("hmac-before", CONTEXT, new byte[32]);
    derive.require(Rotation.class).rotate("hmac-before");
    WrappedKey second = derive.require(Keks.class).wrap("hmac-before", CONTEXT, new byte[16]);
    assertEquals(
        2, derive.require(Naming.class).rename("hmac-before", "hmac-after").versions().size());
    assertArrayEquals(
        new byte[32], derive.require(Keks.class).unwrap("hmac-after", first, CONTEXT));
    assertArrayEquals(new byte[16], gcm.require(Keks.class).unwrap("hmac-after", second, CONTEXT));
    Expect.failure(Reason.NOT_FOUND, () -> gcm.describe("hmac-before"));
  }

  @Test
  @EnabledForJreRange(max = JRE.JAVA_17)
  void renamesAMacKeyThatOthersMade() throws Exception {
    gcm.require(KeyMaking.class).create(mac("theirs", "HmacSHA256"));
    byte[] before = gcm.require(Macs.class).mac("theirs", "HmacSHA256", new byte[3]);
    derive.require(Naming.class).rename("theirs", "ours");
    assertArrayEquals(before, gcm.require(Macs.class).mac("ours", "HmacSHA256", new byte[3]));
    Expect.failure(Reason.NOT_FOUND, () -> gcm.describe("theirs"));
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_25)
  void saysWhatToDoWhereTheJdkCannotRenameAMacKeyThatOthersMade() throws Exception {
    gcm.require(KeyMaking.class).create(mac("stays", "HmacSHA256"));
    byte[] before = gcm.require(Macs.class).mac("stays", "HmacSHA256", new byte[3]);
    BackendException e =
        Expect.failure(
            Reason.UNSUPPORTED, () -> derive.require(Naming.class).rename("stays", "goes"));
    assertTrue(e.getMessage().contains("'stays#1' keeps its label"), e.getMessage());
    assertTrue(e.getMessage().contains("on JDK 17"), e.getMessage());
    assertArrayEquals(before, derive.require(Macs.class).mac("stays", "HmacSHA256", new byte[3]));
    Expect.failure(Reason.NOT_FOUND, () -> derive.describe("goes"));
  }

  @Test
  void renamesTheKeyThatIsThereAndNotItsPredecessor() throws Exception {
    gcm.require(KeyMaking.class).create(mac("replaced", "HmacSHA256"));
    hsm.pkcs11Tool("tok 1", "--delete-object", "--type", "secrkey", "--label", "replaced#1");
    derive.require(KeyMaking.class).create(mac("replaced", "HmacSHA256"));
    byte[] before = derive.require(Macs.class).mac("replaced", "HmacSHA256", new byte[3]);
    String name = "replaced";
    try {
      gcm.require(Naming.class).rename("replaced", "replaced-renamed");
      name = "replaced-renamed";
    } catch (BackendException e) {
      assertEquals(Reason.UNSUPPORTED, e.reason()); // on JDK 25: others made it
    }
    assertArrayEquals(before, gcm.require(Macs.class).mac(name, "HmacSHA256", new byte[3]));
  }

  @Test
  void givesRandomBytes() throws Exception {
    assertEquals(0, gcm.require(RandomSource.class).random(0).length);
    byte[] bytes = gcm.require(RandomSource.class).random(1000);
    assertEquals(1000, bytes.length);
    assertNotEquals(
        Arrays.toString(bytes), Arrays.toString(gcm.require(RandomSource.class).random(1000)));
  }

  @Test
  void servesManyThreads() throws Exception {
    gcm.require(KeyMaking.class).create(kek("threads-gcm"));
    derive.require(KeyMaking.class).create(kek("threads-hmac"));
    ExecutorService pool = Executors.newFixedThreadPool(32);
    try {
      List<Future<?>> results = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        String key = i % 2 == 0 ? "threads-gcm" : "threads-hmac";
        byte[] dataKey = bytes(32, i);
        results.add(
            pool.submit(
                () -> {
                  for (int n = 0; n < 50; n++) {
                    WrappedKey wrapped = gcm.require(Keks.class).wrap(key, CONTEXT, dataKey);
                    assertArrayEquals(
                        dataKey, gcm.require(Keks.class).unwrap(key, wrapped, CONTEXT));
                  }
                  return null;
                }));
      }
      for (Future<?> result : results) {
        result.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void makesKeysThatMayDoNoMoreThanTheyNeed() throws Exception {
    gcm.require(KeyMaking.class).create(kek("attributes"));
    derive.require(KeyMaking.class).create(kek("attributes-h"));
    gcm.require(KeyImport.class).importKey(kek("attributes-i"), bytes(32, 2));
    gcm.require(Naming.class).rename("attributes", "attributes-r");
    String objects = hsm.pkcs11Tool("tok 1", "--list-objects", "--type", "secrkey");
    assertAttributes(
        objects,
        "attributes-r#1",
        "encrypt, decrypt",
        "sensitive, always sensitive, never extractable, local");
    assertAttributes(
        objects,
        "attributes-h#1:kek",
        "verify",
        "sensitive, always sensitive, never extractable, local");
    assertAttributes(objects, "attributes-i#1", "encrypt, decrypt", "sensitive");
    assertEquals(
        objects.split("label:", -1).length,
        objects.split("Secret Key Object", -1).length,
        "an unlabelled key remained");
  }

  private static String lineAfter(String label, int lines) throws Exception {
    String objects = hsm.pkcs11Tool("tok 1", "--list-objects", "--type", "secrkey");
    List<String> all = objects.lines().map(String::strip).toList();
    return all.get(all.indexOf("label:      " + label) + lines);
  }

  private static void assertAttributes(String objects, String label, String usage, String access) {
    List<String> lines = objects.lines().map(String::strip).toList();
    int at = lines.indexOf("label:      " + label);
    assertTrue(at >= 0, objects);
    assertEquals("Usage:      " + usage, lines.get(at + 1));
    assertEquals("Access:     " + access, lines.get(at + 2));
  }

  @Test
  void usesAKeyThatAnAdministratorMade() throws Exception {
    hsm.pkcs11Tool("tok 1", "--keygen", "--key-type", "aes:32", "--label", "admin", "--sensitive");
    WrappedKey wrapped = gcm.require(Keks.class).wrap("admin", CONTEXT, new byte[32]);
    assertEquals("0", wrapped.version());
    assertEquals(
        "1", gcm.require(Rotation.class).rotate("admin").currentVersion().orElseThrow().id());
    assertArrayEquals(new byte[32], gcm.require(Keks.class).unwrap("admin", wrapped, CONTEXT));
  }

  private static KeyRequest kek(String name) {
    return new KeyRequest(name, KeySpec.AES_256, Set.of(Purpose.ENCRYPT));
  }

  private static KeyRequest mac(String name, String algorithm) {
    return new KeyRequest(name, KeySpec.hmac(algorithm), Set.of(Purpose.MAC));
  }

  private static byte[] bytes(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
