package dev.keyhold.conformance.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.Jvm;
import dev.keyhold.conformance.KeyholdConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The JDK's keytool on Keyhold's key store. */
@ParameterizedClass
// with Google Cloud KMS, keytool can take no name off a key, and Keyhold's jars are in two folders
@EnumSource(value = BackendKind.class, mode = EnumSource.Mode.EXCLUDE, names = "GOOGLE_KMS")
class KeytoolTest {
  @TempDir Path folder;
  @Parameter BackendKind backend;

  private Path configuration;
  private String jars;

  @BeforeEach
  void configure() throws IOException {
    jars = Jvm.jars(Jvm.distribution());
    configuration = KeyholdConfig.of(backend, folder).line("generate = b").write();
  }

  @Test
  void makesListsAndDeletesKeysOfTheBackend() throws Exception {
    String store = "-keystore NONE -storetype Keyhold -storepass ignored";
    first("-genseckey -alias orders -keyalg AES -keysize 256 " + store).successful();
    assertTrue(list(store).contains("orders, "), "it is not listed");
    Key made = inTheBackend("orders");
    assertNotNull(made, "it is not in the backend");
    assertNull(made.getEncoded(), "it is no handle");
    Jvm.Result again = first("-genseckey -alias orders -keyalg AES -keysize 256 " + store);
    assertFalse(again.exitCode() == 0, again.output());
    assertEquals(made.toString(), inTheBackend("orders").toString(), "another key took its place");
    first("-genseckey -alias macs -keyalg HmacSHA256 -keysize 256 " + store).successful();
    assertEquals("HmacSHA256", inTheBackend("macs").getAlgorithm());
    Jvm.Result deleted = first("-delete -alias orders " + store);
    if (backend == BackendKind.PKCS11 && Runtime.version().feature() > 17) {
      // SunPKCS11 copies no stored HMAC key there: the refusal says so and changes nothing
      assertTrue(deleted.output().contains("rename the key on JDK 17"), deleted.output());
      assertEquals(made.toString(), inTheBackend("orders").toString());
      return;
    }
    deleted.successful();
    assertNull(inTheBackend("orders"));
    assertFalse(list(store).contains("orders, "), "it is still listed");
  }

  @Test
  void keepsAliasesInAFile() throws Exception {
    Path file = folder.resolve("aliases.khks");
    String store = "-keystore " + file + " -storetype Keyhold -storepass changeit";
    first("-genseckey -alias orders -keyalg AES -keysize 256 " + store).successful();
    first("-genseckey -alias returns -keyalg AES -keysize 256 " + store).successful();
    String listed = list(store);
    assertTrue(listed.contains("orders, ") && listed.contains("returns, "), listed);
    first("-delete -alias orders " + store).successful();
    assertFalse(list(store).contains("orders, "), "it is still listed");
    Jvm.Result wrongPassword = first("-list " + store.replace("changeit", "wrongly"));
    assertFalse(wrongPassword.exitCode() == 0, wrongPassword.output());
  }

  /** By the options that keytool has for providers; enough for all but the making of keys. */
  private String list(String store) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-providerpath", jars));
    arguments.addAll(List.of("-providerclass", "dev.keyhold.KeyholdProvider"));
    arguments.addAll(List.of("-providerarg", configuration.toString()));
    arguments.addAll(Arrays.asList(("-list " + store).split(" ", -1)));
    return Jvm.run("keytool", arguments.toArray(String[]::new)).successful();
  }

  /** With Keyhold first among the providers: keytool makes keys with the first. */
  private Jvm.Result first(String command) throws IOException, InterruptedException {
    Path security = Jvm.javaSecurity(folder, 1, configuration);
    List<String> arguments = new ArrayList<>();
    arguments.add("-J-Djava.security.properties=" + security);
    arguments.add("-J--class-path=" + jars);
    arguments.addAll(Arrays.asList(command.split(" ", -1)));
    if (command.startsWith("-genseckey")) {
      arguments.addAll(List.of("-keypass", "ignored")); // else keytool asks for it
    }
    return Jvm.run("keytool", arguments.toArray(String[]::new));
  }

  private Key inTheBackend(String alias) throws Exception {
    try (KeyholdProvider provider = new KeyholdProvider().configure(configuration.toString())) {
      KeyStore keyStore = KeyStore.getInstance("Keyhold", provider);
      keyStore.load(null, null);
      return keyStore.getKey(alias, null);
    }
  }
}
