package dev.keyhold.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.gate.FakeBackend;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.BackendOptions;
import dev.keyhold.keystore.BackendSource;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.keystore.Keeper;
import dev.keyhold.object.DataKeyMode;
import dev.keyhold.policy.EpochBounds;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
  private static final String BACKEND = "backend.local.type = fake\n";

  @TempDir Path folder;

  private Configuration read(String text, Map<String, String> environment) throws IOException {
    Path file = folder.resolve("keyhold.properties");
    Files.writeString(file, text);
    return Configuration.read(file, environment, Map.of("fake", new FakeBackend.Factory()));
  }

  private KeyRef route(String text, String alias) throws IOException {
    return read(BACKEND + text, Map.of()).routes().policy(alias).orElseThrow().soleKey();
  }

  private String error(String text) {
    return assertThrows(ConfigurationException.class, () -> read(text, Map.of())).getMessage();
  }

  @Test
  void aByteOrderMarkAndOtherLineEndsAreNoPartOfAName() throws IOException {
    Configuration read = read("\uFEFF" + BACKEND.strip() + "\r\nkey.* = local\r\n", Map.of());
    assertEquals(new KeyRef("local", "a"), read.routes().policy("a").orElseThrow().soleKey());
  }

  @Test
  void theMostSpecificPatternWins() throws IOException {
    String text =
        """
        backend.b.type = fake
        backend.c.type = fake
        key.* = local
        key.pay-* = b
        key.pay-1 = c:other
        """;
    assertEquals(new KeyRef("local", "orders"), route(text, "orders"));
    assertEquals(new KeyRef("b", "pay-2"), route(text, "pay-2"));
    assertEquals(new KeyRef("c", "other"), route(text, "pay-1"));
  }

  @Test
  void anAliasThatNothingMatchesHasNoPolicy() throws IOException {
    Configuration configuration = read(BACKEND + "key.pay-* = local\n", Map.of());
    assertTrue(configuration.routes().policy("orders").isEmpty());
  }

  @Test
  void formerKeysAndBindingBelongToTheAlias() throws IOException {
    String text =
        """
        key.orders = local
        key.orders.decrypt-with = local:old, local:older
        key.orders.binding = orders-2024
        """;
    Policy policy = read(BACKEND + text, Map.of()).routes().policy("orders").orElseThrow();
    assertEquals("orders-2024", policy.binding());
    List<KeyRef> former =
        policy.former().stream()
            .filter(shape -> shape.dataKeys() == DataKeyMode.EPOCH)
            .map(shape -> shape.keys().get(0))
            .toList();
    assertEquals(2 * former.size(), policy.former().size(), "in either mode");
    assertEquals(List.of(new KeyRef("local", "old"), new KeyRef("local", "older")), former);
  }

  /** An alias that goes over to a key for each object still reads what is under epoch keys. */
  @ParameterizedTest
  @CsvSource({
    "max-age, 60s, PT1M PT1M 1048576 1099511627776",
    "max-stale, 1h, PT5M PT1H 1048576 1099511627776",
    "max-objects, 7, PT5M PT5M 7 1099511627776",
    "max-bytes, 70, PT5M PT5M 1048576 70"
  })
  void boundsOfEpochKeysAreForAliasesThatMayReadThem(String option, String value, String bounds)
      throws IOException {
    String bound = "key.a = local\nkey.a.%s = %s\n".formatted(option, value);
    for (String reason : List.of("data-keys = epoch", "decrypt-with = local:old")) {
      String text = BACKEND + bound + "key.a." + reason + "\n";
      EpochBounds read = read(text, Map.of()).routes().policy("a").orElseThrow().epochs();
      String told =
          "%s %s %s %s"
              .formatted(read.maxAge(), read.maxStale(), read.maxObjects(), read.maxBytes());
      assertEquals(bounds, told, text);
    }
    for (String mode : List.of("", "key.a.data-keys = per-object\n")) {
      String said = error(BACKEND + bound + mode);
      assertTrue(said.contains("line 3: key.a." + option + " is about epoch keys"), said);
      assertTrue(said.contains("add key.a.data-keys = epoch"), said);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "any-of(local, b) | 1 |",
        "any-of(local, b) | 2 |",
        "any-of(local, b) | 0 | 1 to 2",
        "any-of(local, b) | 3 | 1 to 2",
        "any-of(local, b) | all | 1 to 2",
        "all-of(local, b) | 1 | is for any-of",
        "local | 1 | is for any-of"
      })
  void aWriteQuorumIsForAnyOf(String keys, String quorum, String wrong) throws IOException {
    String text =
        "%sbackend.b.type = fake\nkey.pay = %s\nkey.pay.write-quorum = %s\n"
            .formatted(BACKEND, keys, quorum);
    if (wrong != null) {
      assertTrue(error(text).contains(wrong), error(text));
      return;
    }
    try (KeyRouter router = new KeyRouter(read(text, Map.of()))) {
      assertEquals(Integer.parseInt(quorum), policyOf(router, "pay").writeQuorum());
    }
  }

  @Test
  void withoutAWriteQuorumAllKeysAreNeeded() throws IOException {
    String text = BACKEND + "backend.b.type = fake\nkey.pay-* = any-of(local, b)\n";
    try (KeyRouter router = new KeyRouter(read(text, Map.of()))) {
      assertEquals(2, policyOf(router, "pay-1").writeQuorum());
    }
  }

  private static Policy policyOf(KeyRouter router, String alias) {
    return router.configuration().routes().policy(alias).orElseThrow();
  }

  @Test
  void theRewrapQueueIsBesideTheFile() throws IOException {
    Configuration read = read(BACKEND + "rewrap-queue = some/queue\n", Map.of());
    assertEquals(Optional.of(read.path().resolveSibling("some/queue")), read.rewrapQueue());
    assertTrue(read(BACKEND, Map.of()).rewrapQueue().isEmpty());
    assertTrue(error(BACKEND + "backend.local.distance = far\n").contains("distance"));
  }

  @Test
  void anAliasWithDotsIsWrittenInQuotes() throws IOException {
    String text = "key.example = local\nkey.\"example.com\" = local:site\n";
    assertEquals(new KeyRef("local", "site"), route(text, "example.com"));
  }

  /** A backend of a type that says who keeps its keys. */
  private record Kept(String type, Keeper keeper) implements BackendFactory {
    @Override
    public BackendSource configure(BackendOptions options) {
      return () -> new FakeBackend(false, options.backend());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "own-hsm | hsm | ",
        "own-hsm | cloud | without an HSM of your own",
        "own-hsm | local | without an HSM of your own",
        "own-hsm | any-of(hsm, hsm2) | ",
        "own-hsm | any-of(hsm, cloud) | without an HSM of your own",
        "own-hsm | all-of(hsm, cloud) | ",
        "own-hsm | all-of(local, cloud) | without an HSM of your own",
        "both | all-of(hsm, cloud) | ",
        "both | all-of(hsm, hsm2) | all-of(...) with one of each",
        "both | any-of(hsm, cloud) | all-of(...) with one of each",
        "both | hsm | all-of(...) with one of each",
        "cloud-ok | cloud | ",
        "mine | hsm | must be cloud-ok (the default), own-hsm or both"
      })
  void aRouteKeepsTheCustodyThatIsAskedFor(String custody, String keys, String expected)
      throws IOException {
    Path file = folder.resolve("custody.properties");
    Files.writeString(
        file,
        """
        backend.hsm.type = own
        backend.hsm2.type = own
        backend.cloud.type = kms
        backend.local.type = file
        key.orders = %s
        key.orders.custody = %s
        """
            .formatted(keys, custody));
    Map<String, BackendFactory> factories =
        Map.of(
            "own", new Kept("own", Keeper.OWN_MODULE),
            "kms", new Kept("kms", Keeper.CLOUD),
            "file", new Kept("file", Keeper.OTHER));
    if (expected == null) {
      Configuration.read(file, Map.of(), factories);
      return;
    }
    String said =
        assertThrows(
                ConfigurationException.class, () -> Configuration.read(file, Map.of(), factories))
            .getMessage();
    assertTrue(said.contains("line 6: key.orders.custody = " + custody), said);
    assertTrue(said.contains(expected), said);
  }

  @Test
  void theEnvironmentOverridesAProperty() throws IOException {
    Configuration configuration =
        read(
            BACKEND + "backend.b.type = fake\nkey.orders = local\n",
            Map.of("KEYHOLD_KEY_ORDERS", "b:there", "KEYHOLD_BACKEND_B_DEADLINE", "250ms"));
    assertEquals(
        new KeyRef("b", "there"), configuration.routes().policy("orders").orElseThrow().soleKey());
    assertEquals(250, configuration.backends().get("b").deadline().toMillis());
  }

  @Test
  void anEmptyVariableIsAnError() {
    ConfigurationException e =
        assertThrows(
            ConfigurationException.class,
            () -> read(BACKEND + "key.a = local\n", Map.of("KEYHOLD_KEY_A", "")));
    assertTrue(e.getMessage().contains("KEYHOLD_KEY_A (key.a) is set, and empty"), e.getMessage());
  }

  @Test
  void aVariableThatOverridesNothingIsAnError() {
    ConfigurationException e =
        assertThrows(
            ConfigurationException.class,
            () -> read(BACKEND, Map.of("KEYHOLD_BACKEND_LOCAL_PNI", "env:PIN")));
    assertTrue(e.getMessage().contains("KEYHOLD_BACKEND_LOCAL_PNI"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          key.a = local~key.a = local                    | line 3: key.a is set in line 2 already
          key.a = nowhere                                | line 2: key.a names the backend 'nowhere'
          key.a = local:~key.b = local                   | must be <backend> or <backend>:<key>
          key.a.datakeys = local~key.a = local           | can be read two ways
          key.b.datakeys = local                         | can be read two ways
          key.a.decrypt-with = local                     | is an option of an alias that has no line
          key.a = local~key.a.data-keys = hourly         | must be per-object (the default) or epoch
          key.a = any-of(local)                          | combines 1 key;
          key.a = any-of(local, local)                   | names a key twice
          key.a = all-of(local, nowhere)                 | names the backend 'nowhere'
          key.a = any-of(local, all-of(local, local:b))  | must be <backend>
          key.a* = any-of(local, local:b)                | one key to many aliases
          key.*x = local                                 | or its beginning and one star
          key.p-* = local:one                            | one key to many aliases
          key.a =                                        | has no value
          keys.a = local                                 | is not a property of Keyhold
          generate = nowhere                             | generate names the backend 'nowhere'
          backend.local.pni = env:PIN                    | they have: breaker-failures, breaker-pause, calls-
          backend.local.pin = 1234                       | must be env:NAME or file:PATH
          backend.local.size = 11                        | a whole number from 1 to 10
          backend.local.deadline = 10                    | a duration from 10ms to 7d, such as 500ms
          backend.local.deadline = 9ms                   | from 10ms to 7d
          backend.local.calls-per-second = 0             | a whole number from 1
          backend.local.breaker-pause = soon             | a duration from 10ms to 7d, such as 500ms
          backend.local.import = yes                     | must be refuse (the default) or allow
          backend.other.pin = env:PIN                    | add backend.other.type
          backend.hsm.type = pkcs11                      | no such backend on the class path
          """)
  void whatIsWrongIsSaidWithItsLine(String text, String expected) {
    String message = error(BACKEND + text.strip().replace('~', '\n') + "\n");
    assertTrue(message.contains(expected.strip()), message);
    assertTrue(message.contains("keyhold.properties"), message);
  }

  @Test
  void continuedLinesAreOneProperty() throws IOException {
    assertEquals(new KeyRef("local", "there"), route("key.a = local:\\\n   there\n", "a"));
  }

  @Test
  void aMissingFileIsSaid() {
    Path missing = folder.resolve("none.properties");
    ConfigurationException e =
        assertThrows(
            ConfigurationException.class, () -> Configuration.read(missing, Map.of(), Map.of()));
    assertTrue(e.getMessage().contains(missing + " does not exist"), e.getMessage());
  }
}
