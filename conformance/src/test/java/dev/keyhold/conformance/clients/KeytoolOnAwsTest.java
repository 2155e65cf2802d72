package dev.keyhold.conformance.clients;

import static dev.keyhold.conformance.clients.JdkTools.store;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.AwsEmulator;
import dev.keyhold.conformance.BackendFixture;
import dev.keyhold.conformance.Jvm;
import dev.keyhold.conformance.KeyholdConfig;
import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.KeyMetadata;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The KMS aliases that keytool leaves: those that were asked for, and no other. */
class KeytoolOnAwsTest {
  private static final String AES = "-keyalg AES -keysize 256 -keypass changeit";
  private static final String EC =
      "-keyalg EC -groupname secp256r1 -sigalg SHA256withECDSA -keypass changeit -dname CN=web";

  @TempDir Path folder;
  private Map<String, String> options;
  private JdkTools tools;

  @BeforeEach
  void configure() throws Exception {
    options = AwsEmulator.MOTO.empty();
    tools = new JdkTools(folder, KeyholdConfig.ofAws(folder, options).line("generate = b").write());
  }

  /** Each alias of the service with its key, and keys without one under an empty name. */
  private List<KeyMetadata> keys() throws Exception {
    try (Backend backend = BackendFixture.create("aws-kms", folder, options)) {
      return backend.list();
    }
  }

  private List<String> names() throws Exception {
    return keys().stream().map(KeyMetadata::name).sorted().toList();
  }

  @Test
  void aNewKeyHasItsAliasAlone() throws Exception {
    tools.keytool("-genseckey -alias orders " + AES + store("NONE"));
    assertEquals(List.of("orders"), names());
    tools.keytool("-genkeypair -alias web " + EC + store("NONE"));
    assertEquals(List.of("orders", "web"), names());
  }

  @Test
  void aKeyWhoseAliasChangesKeepsNone() throws Exception {
    tools.keytool("-genseckey -alias orders " + AES + store("NONE"));
    List<KeyMetadata> before = keys();
    tools.keytool("-changealias -alias orders -destalias returns" + store("NONE"));
    assertEquals(List.of("returns"), names());
    assertEquals(before.get(0).uri(), keys().get(0).uri());
  }

  @Test
  void anAliasThatIsTakenOffLeavesTheKey() throws Exception {
    tools.keytool("-genseckey -alias orders " + AES + store("NONE"));
    List<KeyMetadata> before = keys();
    tools.keytool("-delete -alias orders" + store("NONE"));
    assertEquals(List.of(""), names());
    assertEquals(before.get(0).uri(), keys().get(0).uri());
  }

  @Test
  void anAliasThatTheServiceDoesNotTakeIsRefusedAndReplacesNone() throws Exception {
    String tooLong = "n".repeat(251);
    tools.keytool("-genseckey -alias orders " + AES + store("NONE"));
    List<KeyMetadata> before = keys();
    Jvm.Result refused =
        tools.run("keytool", "-changealias -alias orders -destalias " + tooLong + store("NONE"));
    assertFalse(refused.exitCode() == 0, refused.output());
    assertTrue(refused.output().contains("1 to 250"), refused.output());
    assertEquals(before, keys());
  }

  /** keytool makes the key before it says the alias: where it is, is said. */
  @Test
  void aNewKeyWhoseAliasIsRefusedIsNotLost() throws Exception {
    Jvm.Result refused =
        tools.run("keytool", "-genseckey -alias " + "n".repeat(251) + " " + AES + store("NONE"));
    assertFalse(refused.exitCode() == 0, refused.output());
    assertTrue(refused.output().contains("1 to 250"), refused.output());
    List<KeyMetadata> left = keys();
    assertEquals(1, left.size());
    String remains = "the key remains as " + left.get(0).uri() + ", without an alias";
    assertTrue(refused.output().contains(remains), refused.output());
  }
}
