package dev.keyhold.keystore.custodian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.BackendSource;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.keystore.Keeper;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client's certificate, the CAs it trusts, and its options. */
class CustodianTlsTest extends CustodianTestBase {
  @Test
  void aRenewedCertificateIsUsedWithoutARestart() throws Exception {
    Backend backend = backend();
    backend.list();
    pki.rsaClient("spiffe://acme/renewed")
        .write(folder.resolve("client.pem"), folder.resolve("key.pem"));
    long end = System.nanoTime() + 60_000_000_000L;
    while (!lastClient().equals("spiffe://acme/renewed") && System.nanoTime() < end) {
      backend.list();
      Thread.sleep(50);
    }
    assertEquals("spiffe://acme/renewed", lastClient());
  }

  private String lastClient() {
    return custodian.received().get(custodian.received().size() - 1).client();
  }

  @Test
  void aCertificateWithoutItsKeyDoesNotReplaceOneThatWorks() throws Exception {
    Backend backend = backend();
    backend.list();
    TestPki.Certified renewed = pki.client("spiffe://acme/renewed");
    byte[] key = Files.readAllBytes(folder.resolve("key.pem"));
    renewed.write(folder.resolve("client.pem"), folder.resolve("key.pem"));
    Files.write(folder.resolve("key.pem"), key);
    Thread.sleep(1_100);
    backend.list();
    assertEquals("spiffe://acme/api", lastClient());
    BackendException refused = assertFails(Reason.MISCONFIGURED, () -> backend().list());
    assertTrue(refused.getMessage().contains("client-key"), refused.getMessage());
  }

  @Test
  void aCustodianOfAnotherCaIsNotTrusted() throws Exception {
    new TestPki().writeCa(folder.resolve("ca.pem"));
    BackendException refused = assertFails(Reason.MISCONFIGURED, () -> backend().list());
    assertTrue(refused.getMessage().contains("option ca"), refused.getMessage());
    assertTrue(custodian.received().isEmpty());
  }

  @Test
  void aCustodianOfAnotherNameIsNotTrusted() {
    Map<String, String> options = options();
    options.put("url", custodian.url().replace("127.0.0.1", "localhost"));
    assertFails(Reason.MISCONFIGURED, () -> backend(options).list());
    assertTrue(custodian.received().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"client.pem", "key.pem", "ca.pem"})
  void aFileOfAnotherContentIsNamedAndNotShown(String file) throws Exception {
    Files.writeString(folder.resolve(file), "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n");
    BackendException refused = assertFails(Reason.MISCONFIGURED, () -> backend().list());
    assertTrue(refused.getMessage().matches("(client-certificate|client-key|ca) .*"));
    assertTrue(!refused.toString().contains("c2VjcmV0"));
  }

  @Test
  void afterItsEndItIsUnavailable() throws Exception {
    Backend backend = backend();
    backend.list();
    backend.close();
    backend.close();
    assertFails(Reason.UNAVAILABLE, backend::list);
    assertFails(Reason.UNAVAILABLE, () -> backend.describe("orders"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "url | http://127.0.0.1:1 | https://host:port",
        "url | https://a:1/path | https://host:port",
        "url | https://u@a:1 | https://host:port",
        "url | https://a:1, | https://host:port",
        "url | https://a:1,https://a:1 | https://host:port",
        "fronts | custodian | type of the backend behind",
        "ca | none.pem | does not exist",
        "client-certificate | none.pem | does not exist"
      })
  void aBadOptionSaysWhatWouldBeRight(String option, String value, String said) {
    Map<String, String> options = options();
    options.put(option, value);
    ConfigurationException refused =
        assertThrows(ConfigurationException.class, () -> backend(options));
    assertTrue(refused.getMessage().contains("backend.hsm." + option), refused.getMessage());
    assertTrue(refused.getMessage().contains(said), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"pkcs11, OWN_MODULE", "aws-kms, CLOUD", "google-kms, CLOUD", "software, OTHER"})
  void headersNameTheBackendBehind(String fronts, Keeper keeper) {
    Map<String, String> options = options();
    options.put("fronts", fronts);
    BackendSource source =
        new CustodianBackendFactory().configure(new TestOptions(folder, options));
    assertEquals(Optional.of(fronts), source.headerType());
    assertEquals(Optional.of(keeper), source.keeper());
  }
}
