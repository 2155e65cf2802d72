package dev.keyhold.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.KeyholdRewrap;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.DataKey;
import dev.keyhold.conformance.KeyholdFixture;
import dev.keyhold.conformance.Pattern;
import dev.keyhold.conformance.Python;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A decryptor that shares no code and no process with the provider opens what it made. */
class IndependentDecryptorTest {
  @TempDir Path folder;

  static Stream<GoldenFolder.Entry> objects() {
    return GoldenObjectsTest.objects();
  }

  @ParameterizedTest
  @MethodSource("objects")
  void opensGoldenObjectsByTheKeyFile(GoldenFolder.Entry object) throws Exception {
    Python.Result result =
        Python.decrypt(
            Map.of("GOLDEN_PASSWORD", object.folder().password()), "", keyFileArguments(object));
    assertEquals("", result.errors());
    assertArrayEquals(object.plain(), result.output());
  }

  @Test
  void refusesAWrongPasswordAndAnotherBinding() throws Exception {
    GoldenFolder.Entry object = objects().findFirst().orElseThrow();
    Python.Result wrong =
        Python.decrypt(Map.of("GOLDEN_PASSWORD", "no"), "", keyFileArguments(object));
    assertEquals(1, wrong.exitCode());
    assertTrue(wrong.errors().contains("password"), wrong.errors());
    List<String> otherBinding = new ArrayList<>(keyFileArguments(object));
    otherBinding.addAll(List.of("--binding", "other"));
    Python.Result other =
        Python.decrypt(Map.of("GOLDEN_PASSWORD", object.folder().password()), "", otherBinding);
    assertEquals(1, other.exitCode());
  }

  @ParameterizedTest
  @EnumSource(BackendKind.class)
  void opensFreshObjectsByTheDataKey(BackendKind kind) throws Exception {
    try (KeyholdFixture keyhold = KeyholdFixture.of(kind, folder)) {
      SecretKey key = keyhold.newKey("AES", "orders");
      for (int length : new int[] {0, 1, Pattern.CHUNK, 3 * Pattern.CHUNK + 5}) {
        byte[] object = keyhold.seal(key, Pattern.bytes(length), parameters());
        Python.Result result = decryptByDataKey(object, DataKey.of(key, object), "-");
        assertEquals("", result.errors());
        assertArrayEquals(Pattern.bytes(length), result.output());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"b", "any-of(b:orders, b:second)", "all-of(b:orders, b:second)"})
  void opensObjectsOfAnEpochAndOfSeveralKeysByTheKeyFile(String keys) throws Exception {
    String[] lines = {
      "key.second = b",
      "key.orders = " + keys,
      "key.orders.data-keys = epoch",
      "key.first = b:orders"
    };
    try (KeyholdFixture keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder, lines)) {
      keyhold.newKey("AES", "first");
      keyhold.newKey("AES", "second");
      byte[] object = keyhold.seal(keyhold.key("orders"), Pattern.bytes(40_000), parameters());
      Python.Result result = decryptByKeyFile(keyhold, object);
      assertEquals("", result.errors());
      assertArrayEquals(Pattern.bytes(40_000), result.output());
      assertArrayEquals(
          Pattern.bytes(40_000), keyhold.open(keyhold.key("orders"), object, parameters()));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "per-object; b:second",
        "epoch; b:second",
        "per-object; any-of(b:first, b:second)",
        "epoch; all-of(b:first, b:second)"
      })
  void opensRewrappedObjectsByTheKeyFile(String mode, String keys) throws Exception {
    String[] lines = {
      "key.second = b",
      "key.first = b",
      "key.first.binding = orders",
      "key.first.data-keys = " + mode,
      "key.orders = " + keys,
      "key.orders.data-keys = " + mode,
      "key.orders.decrypt-with = b:first"
    };
    try (KeyholdFixture keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder, lines)) {
      SecretKey first = keyhold.newKey("AES", "first");
      keyhold.newKey("AES", "second");
      byte[] object = keyhold.seal(first, Pattern.bytes(40_000), parameters());
      ByteArrayOutputStream rewrapped = new ByteArrayOutputStream();
      KeyholdRewrap.Outcome outcome =
          new KeyholdRewrap(keyhold.key("orders"))
              .stream(new ByteArrayInputStream(object), rewrapped);
      assertEquals(KeyholdRewrap.Outcome.REWRAPPED, outcome);
      Python.Result result = decryptByKeyFile(keyhold, rewrapped.toByteArray());
      assertEquals("", result.errors());
      assertArrayEquals(Pattern.bytes(40_000), result.output());
    }
  }

  private Python.Result decryptByKeyFile(KeyholdFixture keyhold, byte[] object)
      throws IOException, InterruptedException {
    Path file = Files.write(folder.resolve("object.khld"), object);
    Path aad = Files.write(folder.resolve("aad"), parameters().aad());
    String password = Files.readString(keyhold.folder().resolve("b.secret")).strip();
    List<String> arguments = new ArrayList<>(List.of(file.toString(), "--key-file"));
    arguments.add(keyhold.folder().resolve("b.keyhold").toString());
    arguments.addAll(List.of("--password-env", "PASSWORD", "--alias", "orders"));
    arguments.addAll(List.of("--iv-hex", HexFormat.of().formatHex(parameters().iv())));
    arguments.addAll(List.of("--aad-file", aad.toString()));
    return Python.decrypt(Map.of("PASSWORD", password), "", arguments);
  }

  @ParameterizedTest
  @EnumSource(BackendKind.class)
  void opensRewrappedObjectsOfEveryBackendAndWhatIsCurrentIsKnown(BackendKind kind)
      throws Exception {
    try (KeyholdFixture keyhold = KeyholdFixture.of(kind, folder)) {
      SecretKey key = keyhold.newKey("AES", "orders");
      byte[] object = keyhold.seal(key, Pattern.bytes(100), parameters());
      assertEquals(Optional.empty(), new KeyholdRewrap(key).header(object), "it is current");
      byte[] header =
          new KeyholdRewrap(key, KeyholdParameterSpec.NONE, true).header(object).orElseThrow();
      assertFalse(Arrays.equals(header, Arrays.copyOf(object, header.length)));
      System.arraycopy(header, 0, object, 0, header.length);
      Python.Result result = decryptByDataKey(object, DataKey.of(key, object), "-");
      assertEquals("", result.errors());
      assertArrayEquals(Pattern.bytes(100), result.output());
    }
  }

  /** In a key file of the second version, as it is once it holds a key pair. */
  @Test
  void opensATenantsObjectForThisTenantAlone() throws Exception {
    try (KeyholdFixture keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder)) {
      SecretKey key = keyhold.newKey("AES", "orders");
      KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC", keyhold.provider());
      pairs.initialize(new KeyholdGenParameterSpec.Builder("web").build());
      pairs.generateKeyPair();
      KeyholdParameterSpec acme = KeyholdParameterSpec.NONE.withTenant("acme");
      byte[] object = keyhold.seal(key, Pattern.bytes(100), acme);
      Path file = Files.write(folder.resolve("object.khld"), object);
      String password = Files.readString(keyhold.folder().resolve("b.secret")).strip();
      List<String> arguments = new ArrayList<>(List.of(file.toString(), "--key-file"));
      arguments.add(keyhold.folder().resolve("b.keyhold").toString());
      arguments.addAll(List.of("--password-env", "PASSWORD", "--alias", "orders"));
      assertEquals(1, Python.decrypt(Map.of("PASSWORD", password), "", arguments).exitCode());
      arguments.addAll(List.of("--tenant", "acme"));
      Python.Result result = Python.decrypt(Map.of("PASSWORD", password), "", arguments);
      assertEquals("", result.errors());
      assertArrayEquals(Pattern.bytes(100), result.output());
    }
  }

  @Test
  void writesNoFileForADamagedObject() throws Exception {
    try (KeyholdFixture keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder)) {
      SecretKey key = keyhold.newKey("AES", "orders");
      byte[] object = keyhold.seal(key, Pattern.bytes(2 * Pattern.CHUNK), parameters());
      byte[] dataKey = DataKey.of(key, object);
      byte[] cut = Arrays.copyOf(object, Pattern.chunkAt(object, 2));
      Path output = folder.resolve("plain");
      Python.Result result = decryptByDataKey(cut, dataKey, output.toString());
      assertEquals(1, result.exitCode());
      assertFalse(Files.exists(output));
      assertEquals(0, decryptByDataKey(object, dataKey, output.toString()).exitCode());
      assertArrayEquals(Pattern.bytes(2 * Pattern.CHUNK), Files.readAllBytes(output));
    }
  }

  @Test
  void inspectsWithoutAKey() throws Exception {
    GoldenFolder.Entry object = objects().findFirst().orElseThrow();
    Python.Result result =
        Python.decrypt(Map.of(), "", List.of(object.file().toString(), "--inspect"));
    String json = new String(result.output(), StandardCharsets.UTF_8);
    assertTrue(json.contains("\"kind\": \"software\"") && json.contains("\"AES-GCM\""), json);
  }

  private static KeyholdParameterSpec parameters() {
    return KeyholdParameterSpec.NONE.withIv(Pattern.bytes(12)).withAad(Pattern.bytes(7));
  }

  private Python.Result decryptByDataKey(byte[] object, byte[] dataKey, String output)
      throws IOException, InterruptedException {
    Path file = Files.write(folder.resolve("object.khld"), object);
    Path aad = Files.write(folder.resolve("aad"), parameters().aad());
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of(file.toString(), "--data-key-file", "-"));
    arguments.addAll(List.of("--iv-hex", HexFormat.of().formatHex(parameters().iv())));
    arguments.addAll(List.of("--aad-file", aad.toString()));
    if (!output.equals("-")) {
      arguments.addAll(List.of("-o", output));
    }
    return Python.decrypt(Map.of(), HexFormat.of().formatHex(dataKey) + "\n", arguments);
  }

  private List<String> keyFileArguments(GoldenFolder.Entry object) throws IOException {
    Path aad = Files.write(folder.resolve("aad"), object.parameters().aad());
    List<String> arguments = new ArrayList<>(List.of(object.file().toString(), "--key-file"));
    arguments.add(object.folder().keyFile().toString());
    arguments.addAll(List.of("--password-env", "GOLDEN_PASSWORD", "--alias", object.alias()));
    arguments.addAll(List.of("--iv-hex", HexFormat.of().formatHex(object.parameters().iv())));
    arguments.addAll(List.of("--aad-file", aad.toString()));
    object.tenant().ifPresent(tenant -> arguments.addAll(List.of("--tenant", tenant)));
    return arguments;
  }
}
