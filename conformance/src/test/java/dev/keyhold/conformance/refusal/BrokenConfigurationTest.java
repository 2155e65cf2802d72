package dev.keyhold.conformance.refusal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.KeyholdConfig;
import java.nio.file.Path;
import java.security.KeyManagementException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A configuration that cannot be used is no reason to vanish: each use of a key says what is wrong.
 */
@ResourceLock("java.security.Security.providers")
class BrokenConfigurationTest {
  private static final Logger LOG = Logger.getLogger("dev.keyhold");

  @TempDir Path folder;
  private KeyholdProvider provider;

  @BeforeEach
  void install() {
    LOG.setLevel(Level.OFF);
    provider = KeyholdConfig.in(folder).line("backend.b.typ = software").provider();
    Security.insertProviderAt(provider, 1);
  }

  @AfterEach
  void uninstall() {
    Security.removeProvider("Keyhold");
    provider.close();
    LOG.setLevel(null);
  }

  @Test
  void everyGeneratorRefusesForGood() throws Exception {
    for (Provider.Service service : provider.getServices()) {
      if (service.getType().equals("KeyGenerator")) {
        KeyGenerator named = KeyGenerator.getInstance(service.getAlgorithm());
        named.init(new KeyholdGenParameterSpec.Builder("orders").build());
        assertSaysWhere(assertThrows(KeyManagementException.class, named::generateKey));
        // "generate" may have stood in it: a local key would be the wrong one
        KeyGenerator plain = KeyGenerator.getInstance(service.getAlgorithm());
        assertSaysWhere(assertThrows(KeyManagementException.class, plain::generateKey));
      }
    }
  }

  @Test
  void theKeyStoreRefuses() throws Exception {
    KeyStore keyStore = KeyStore.getInstance("Keyhold");
    keyStore.load(null, null);
    assertSaysWhere(assertThrows(ProviderException.class, keyStore::aliases));
  }

  @Test
  void foreignKeysAreServedAsEver() throws Exception {
    SecretKey raw = new SecretKeySpec(new byte[32], "AES");
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    assertEquals(16, cipher.getBlockSize());
    cipher.init(Cipher.ENCRYPT_MODE, raw);
    assertEquals(16, cipher.doFinal(new byte[0]).length);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(raw);
    assertEquals("SunJCE", mac.getProvider().getName());
  }

  private static void assertSaysWhere(Exception error) {
    assertTrue(
        error.getMessage().contains("keyhold.properties, line 1: backend.b.typ"),
        error.getMessage());
  }
}
