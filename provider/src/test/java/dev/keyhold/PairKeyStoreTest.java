package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Purpose;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyManagementException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Private keys and their certificates in the key store. */
@ResourceLock("java.security.Security")
class PairKeyStoreTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path folder;
  private PairFixture fixture;

  @AfterEach
  void remove() {
    fixture.close();
  }

  @Test
  void thePlaceholderIsTheSameWhereverItIsRead() throws Exception {
    fixture = new PairFixture(folder, true);
    fixture.pair("pair", "EC", null, Purpose.SIGN);
    assertEquals(
        fixture.live().getCertificate("pair"),
        fixture.live().getCertificate("pair"),
        "an ECDSA signature is another each time");
  }

  @Test
  void entriesAreSetWithoutProtection() throws Exception {
    fixture = new PairFixture(folder, true);
    KeyPair pair = fixture.pair("pair", "EC", null, Purpose.SIGN);
    Certificate[] chain = fixture.live().getCertificateChain("pair");
    KeyStore file = KeyStore.getInstance("Keyhold", fixture.live().getProvider());
    KeyStore source = fixture.live();
    source.setEntry("pair", new KeyStore.PrivateKeyEntry(pair.getPrivate(), chain), null);
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    source.store(stored, PASSWORD);
    file.load(new ByteArrayInputStream(stored.toByteArray()), PASSWORD);
    KeyStore.PrivateKeyEntry entry =
        assertInstanceOf(KeyStore.PrivateKeyEntry.class, file.getEntry("pair", null));
    assertArrayEquals(chain, entry.getCertificateChain());
    file.setEntry("other", entry, null);
    assertTrue(file.entryInstanceOf("other", KeyStore.PrivateKeyEntry.class));
  }

  @ParameterizedTest
  @CsvSource({"RSA,SIGN", "RSA,DECRYPT", "EC,SIGN", "EC,AGREE", "Ed25519,SIGN", "X25519,AGREE"})
  void aKeyWithoutCertificatesHasAPlaceholder(String algorithm, Purpose purpose) throws Exception {
    fixture = new PairFixture(folder, true);
    AlgorithmParameterSpec size =
        algorithm.equals("RSA")
            ? new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4)
            : null;
    KeyPair pair = fixture.pair("my key, \u00e4", algorithm, size, purpose);
    KeyStore store = fixture.live();
    KeyStore.PrivateKeyEntry entry =
        assertInstanceOf(KeyStore.PrivateKeyEntry.class, store.getEntry("my key, \u00e4", null));
    X509Certificate certificate = (X509Certificate) entry.getCertificate();
    assertEquals(pair.getPublic(), certificate.getPublicKey());
    assertEquals("CN=\"my key, \u00e4\"", certificate.getSubjectX500Principal().toString());
    certificate.checkValidity();
    if (purpose == Purpose.SIGN) {
      certificate.verify(pair.getPublic());
    }
    assertEquals(certificate, store.getCertificate("my key, \u00e4"), "it is made once");
    assertEquals("my key, \u00e4", store.getCertificateAlias(certificate));
    assertTrue(store.isKeyEntry("my key, \u00e4"));
    assertFalse(store.isCertificateEntry("my key, \u00e4"));
    assertTrue(store.entryInstanceOf("my key, \u00e4", KeyStore.PrivateKeyEntry.class));
  }

  @Test
  void aBackendKeepsTheChain() throws Exception {
    fixture = new PairFixture(folder, true);
    KeyPair pair = fixture.pair("k", "EC", null);
    fixture.pair("ca", "EC", null);
    KeyStore store = fixture.live();
    Certificate own = store.getCertificate("k");
    Certificate other = store.getCertificate("ca");
    store.setKeyEntry("k", pair.getPrivate(), null, new Certificate[] {own, other});
    store.store(null, null);
    assertArrayEquals(new Certificate[] {own, other}, fixture.live().getCertificateChain("k"));
    assertThrows(
        KeyStoreException.class,
        () -> store.setKeyEntry("k", pair.getPrivate(), null, new Certificate[] {other}));
  }

  @Test
  void aChainThatNothingKeepsIsRefused() throws Exception {
    fixture = new PairFixture(folder, true);
    fixture.backend().keepsCertificates = false;
    KeyPair pair = fixture.pair("k", "EC", null);
    KeyStore store = fixture.live();
    Certificate own = store.getCertificate("k");
    store.setKeyEntry("k", pair.getPrivate(), null, new Certificate[] {own});
    store.store(null, null);
    store.setKeyEntry("k", pair.getPrivate(), null, new Certificate[] {own, own});
    IOException e = assertThrows(IOException.class, () -> store.store(null, null));
    assertTrue(e.getMessage().contains("key.k.certificates"), e.getMessage());
  }

  @Test
  void aFileKeepsChainsAndTrustedCertificates() throws Exception {
    fixture = new PairFixture(folder, true);
    fixture.backend().keepsCertificates = false;
    KeyPair pair = fixture.pair("k", "EC", null);
    Certificate own = fixture.live().getCertificate("k");
    KeyStore store = KeyStore.getInstance("Keyhold", fixture.provider());
    store.load(null, PASSWORD);
    store.setCertificateEntry("root", own);
    assertTrue(Collections.list(store.aliases()).contains("root"));
    assertThrows(IOException.class, () -> store.store(null, PASSWORD));
    store.setKeyEntry("k", pair.getPrivate(), null, new Certificate[] {own});
    KeyStore again = stored(store);
    assertEquals(List.of("root", "k"), Collections.list(again.aliases()));
    assertTrue(again.isCertificateEntry("root"));
    assertInstanceOf(KeyStore.TrustedCertificateEntry.class, again.getEntry("root", null));
    again.setKeyEntry("k", again.getKey("k", null), null, new Certificate[] {own, own});
    KeyStore third = stored(again);
    assertEquals(2, third.getCertificateChain("k").length);
    PrivateKey key = (PrivateKey) third.getKey("k", null);
    assertEquals(pair.getPrivate(), key);
    assertInstanceOf(KeyStore.PrivateKeyEntry.class, third.getEntry("k", null));
    third.deleteEntry("root");
    assertNull(third.getCertificate("root"));
  }

  private KeyStore stored(KeyStore store) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    store.store(bytes, PASSWORD);
    KeyStore again = KeyStore.getInstance("Keyhold", fixture.provider());
    again.load(new ByteArrayInputStream(bytes.toByteArray()), PASSWORD);
    return again;
  }

  @Test
  void theConfigurationNamesAChain() throws Exception {
    Path pem = folder.resolve("chain.pem");
    Files.writeString(pem, "not yet\n");
    fixture = new PairFixture(folder, true, "key.k = b", "key.k.certificates = chain.pem");
    KeyPair pair = fixture.pair("k", "EC", null);
    KeyPair other = fixture.pair("other", "EC", new ECGenParameterSpec("secp384r1"));
    Certificate own = TestCertificates.selfSigned(pair, "CN=configured");
    Files.writeString(pem, pem(own) + pem(fixture.live().getCertificate("other")));
    assertEquals(own, fixture.live().getCertificateChain("k")[0]);
    assertEquals(2, fixture.live().getCertificateChain("k").length);
    KeyStore same = fixture.live();
    same.setKeyEntry("k", pair.getPrivate(), null, same.getCertificateChain("k"));
    same.store(null, null);
    KeyStore another = fixture.live();
    another.setKeyEntry("k", pair.getPrivate(), null, new Certificate[] {own});
    assertThrows(IOException.class, () -> another.store(null, null));
    Files.writeString(pem, pem(TestCertificates.selfSigned(other, "CN=other")));
    assertThrows(RuntimeException.class, () -> fixture.live().getCertificateChain("k"));
  }

  private static String pem(Certificate certificate) throws Exception {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }

  @Test
  void anUnnamedPairIsMadeWhereTheConfigurationSays() throws Exception {
    fixture = new PairFixture(folder, true, "generate = b");
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    assertNull(generator.generateKeyPair().getPrivate().getEncoded());
    generator.initialize(new ECGenParameterSpec("secp384r1"));
    KeyPair pair = generator.generateKeyPair();
    assertNull(pair.getPrivate().getEncoded());
    fixture
        .live()
        .setKeyEntry(
            "mine",
            pair.getPrivate(),
            null,
            new Certificate[] {TestCertificates.selfSigned(pair, "CN=mine")});
    assertEquals(pair.getPublic(), fixture.live().getCertificate("mine").getPublicKey());
  }

  @Test
  void noFailureOfAChosenBackendEndsInALocalKey() throws Exception {
    fixture = new PairFixture(folder, true, "generate = b");
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(512);
    assertThrows(KeyManagementException.class, generator::generateKeyPair);
    generator.initialize(2048);
    fixture.backend().fault =
        () -> {
          throw new IllegalStateException("broken");
        };
    assertThrows(KeyManagementException.class, generator::generateKeyPair);
  }

  @Test
  void withoutGenerateTheJdkMakesIt() throws Exception {
    fixture = new PairFixture(folder, true);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    assertEquals("PKCS#8", generator.generateKeyPair().getPrivate().getFormat());
  }
}
