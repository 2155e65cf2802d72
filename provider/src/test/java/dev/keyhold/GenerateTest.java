package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.KeyPairGenerator;
import java.security.Security;
import java.security.interfaces.ECPublicKey;
import java.security.spec.NamedParameterSpec;
import javax.crypto.KeyGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Once a backend is chosen for unnamed keys, nothing may end in a local key. */
@ResourceLock("java.security.Security")
class GenerateTest {
  @TempDir Path folder;
  private KeyholdProvider provider;

  private void first(String configuration) throws IOException {
    Path file = folder.resolve("keyhold.properties");
    Files.writeString(file, configuration);
    provider = new KeyholdProvider().configure(file.toString());
    Security.insertProviderAt(provider, 1);
  }

  @AfterEach
  void remove() {
    Security.removeProvider("Keyhold");
    provider.close();
  }

  @Test
  void anUnnamedKeyIsMadeWhereTheConfigurationSays() throws IOException, GeneralSecurityException {
    first("backend.local.type = fake\ngenerate = local\n");
    KeyGenerator generator = KeyGenerator.getInstance("AES");
    generator.init(256);
    assertNull(generator.generateKey().getEncoded());
  }

  /** keytool -groupname passes a bare NamedParameterSpec for a curve. */
  @ParameterizedTest
  @CsvSource({"secp256r1,256", "secp384r1,384"})
  void aCurveMayBeNamedAsKeytoolNamesIt(String curve, int bits)
      throws IOException, GeneralSecurityException {
    first("backend.local.type = fake\ngenerate = local\n");
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new NamedParameterSpec(curve));
    ECPublicKey made = (ECPublicKey) generator.generateKeyPair().getPublic();
    assertEquals(bits, made.getParams().getCurve().getField().getFieldSize());
  }

  @Test
  void withoutGenerateTheJdkMakesIt() throws IOException, GeneralSecurityException {
    first("backend.local.type = fake\n");
    assertNotNull(KeyGenerator.getInstance("AES").generateKey().getEncoded());
  }

  @ParameterizedTest
  @CsvSource({"HmacSHA256,2048", "HmacSHA256,64", "HmacSHA512,1032", "AES,512"})
  void aSizeThatNoBackendHasIsRefused(String algorithm, int bits)
      throws IOException, GeneralSecurityException {
    first("backend.local.type = fake\ngenerate = local\n");
    KeyGenerator generator = KeyGenerator.getInstance(algorithm);
    generator.init(bits);
    KeyManagementException e = assertThrows(KeyManagementException.class, generator::generateKey);
    assertEquals(algorithm + " has no keys of " + bits + " bits", e.getMessage());
  }

  @Test
  void aConfigurationThatCannotBeReadMakesNoLocalKey()
      throws IOException, GeneralSecurityException {
    first("generate = nowhere\n");
    KeyGenerator generator = KeyGenerator.getInstance("AES");
    generator.init(256);
    assertThrows(KeyManagementException.class, generator::generateKey);
  }
}
