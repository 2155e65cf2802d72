package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file that {@code key.<alias>.certificates} names, and what else people put there. */
@ResourceLock("java.security.Security")
class CertificateFileTest {
  @TempDir Path folder;
  private PairFixture fixture;
  private Path pem;
  private Certificate own;
  private String secret;

  @BeforeEach
  void makeAPair() throws Exception {
    pem = Files.writeString(folder.resolve("chain.pem"), "not yet\n");
    fixture = new PairFixture(folder, true, "key.web = b", "key.web.certificates = chain.pem");
    KeyPair pair = fixture.pair("web", "EC", null);
    own = TestCertificates.selfSigned(pair, "CN=web");
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
    generator.initialize(256);
    secret = base64(generator.generateKeyPair().getPrivate().getEncoded());
  }

  @AfterEach
  void remove() {
    fixture.close();
  }

  private static String base64(byte[] content) {
    return Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
  }

  private static String block(String type, String content) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(type, content);
  }

  private String certificate() throws Exception {
    return block("CERTIFICATE", base64(own.getEncoded()));
  }

  /** The text of an exception with its causes and traces. */
  private static String all(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
  void oneThatHoldsAPrivateKeyTooIsRefusedWithoutItsText(String type) throws Exception {
    String key = block(type, secret);
    for (String text : new String[] {key + certificate(), certificate() + key, key}) {
      Files.writeString(pem, text);
      KeyStore live = fixture.live();
      RuntimeException e =
          assertThrows(RuntimeException.class, () -> live.getCertificateChain("web"));
      String said = all(e);
      assertTrue(said.contains("chain.pem holds a private key (BEGIN " + type + ")"), said);
      assertTrue(said.contains("Keep the certificates alone in it"), said);
      for (String line : secret.split("\n", -1)) {
        assertFalse(said.contains(line), said);
      }
      Key handle = live.getKey("web", null);
      assertFalse(handle.toString().contains("PRIVATE"), "the key itself is used as before");
      assertEquals(null, handle.getEncoded());
    }
  }

  @Test
  void byteOrderMarksAndTextBetweenAreRead() throws Exception {
    for (String text : new String[] {certificate(), "\ufeff" + certificate()}) {
      Files.writeString(pem, text);
      assertEquals(own, fixture.live().getCertificateChain("web")[0]);
    }
    for (Charset charset : new Charset[] {StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE}) {
      Files.write(pem, ("\ufeff" + certificate()).getBytes(charset));
      String said =
          all(
              assertThrows(
                  RuntimeException.class, () -> fixture.live().getCertificateChain("web")));
      assertTrue(said.contains("is UTF-16: save it as ASCII or UTF-8"), said);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"CERTIFICATE REQUEST", "PUBLIC KEY", "X509 CRL", "EC PARAMETERS"})
  void otherThingsAreNamed(String type) throws Exception {
    Files.writeString(pem, certificate() + block(type, secret));
    String said =
        all(assertThrows(RuntimeException.class, () -> fixture.live().getCertificateChain("web")));
    assertTrue(said.contains("holds a " + type + ", where certificates are wanted"), said);
  }
}
