package dev.keyhold.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.BackendFixture;
import dev.keyhold.conformance.Pattern;
import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.KeyWrap;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.Kems;
import dev.keyhold.keystore.facet.KeyWraps;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.Signatures;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Keys of every kind in a file that was made before password derivation became memory-hard still do
 * what they did, after changes of the file too; so does the file of aliases that keytool made.
 */
class GoldenKeysTest {
  private static final byte[] MESSAGE = Pattern.bytes(48);
  private static final byte[] NO_LABEL = {};
  private static final Map<String, SignatureAlgorithm> SIGNERS =
      Map.of(
          "rsa-sign", SignatureAlgorithm.pkcs1("SHA-256"),
          "ec-521", SignatureAlgorithm.ecdsa("SHA-512"),
          "ed25519", SignatureAlgorithm.ED25519,
          "ml-dsa-44", SignatureAlgorithm.ML_DSA,
          "ml-dsa-65", SignatureAlgorithm.ML_DSA,
          "ml-dsa-87", SignatureAlgorithm.ML_DSA);

  @TempDir Path folder;
  private final Properties uses = new Properties();
  private Backend backend;

  @BeforeEach
  void copy() throws IOException {
    Path golden =
        GoldenFolder.all().stream()
            .map(GoldenFolder::path)
            .filter(path -> path.endsWith("v1-keys"))
            .findFirst()
            .orElseThrow();
    for (String name :
        List.of("keys.keyhold", "password.txt", "keyhold.properties", "aliases.khks")) {
      Files.copy(golden.resolve(name), folder.resolve(name));
    }
    try (Reader in = Files.newBufferedReader(golden.resolve("uses.properties"))) {
      uses.load(in);
    }
    open();
  }

  private void open() {
    backend =
        BackendFixture.create(
            "software", folder, Map.of("file", "keys.keyhold", "password", "file:password.txt"));
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private List<byte[]> recorded(String use) {
    return Arrays.stream(uses.getProperty(use).split(" ", -1))
        .map(HexFormat.of()::parseHex)
        .toList();
  }

  @Test
  void eachKeyDoesWhatItDid() throws Exception {
    assertAllWork();
  }

  @Test
  void eachKeyDoesWhatItDidAfterAChangeOfTheFile() throws Exception {
    backend.require(Naming.class).rename("labelled", "renamed");
    backend.require(Rotation.class).rotate("kek");
    backend.close();
    open();
    assertEquals(4, backend.describe("kek").versions().size());
    assertAllWork();
  }

  private void assertAllWork() throws Exception {
    for (int bits : new int[] {256, 384, 512}) {
      assertArrayEquals(
          recorded("mac.mac-" + bits).get(0),
          backend.require(Macs.class).mac("mac-" + bits, "HmacSHA" + bits, MESSAGE));
    }
    for (Map.Entry<String, SignatureAlgorithm> signer : SIGNERS.entrySet()) {
      assertSigns(signer.getKey(), signer.getValue());
    }
    assertArrayEquals(
        MESSAGE,
        backend
            .require(Decryptions.class)
            .decrypt(
                "rsa-decrypt",
                RsaPadding.oaep("SHA-256", "SHA-256"),
                NO_LABEL,
                recorded("oaep.rsa-decrypt").get(0)));
    for (String name : List.of("ec-384", "x25519")) {
      List<byte[]> agreed = recorded("agreed." + name);
      assertArrayEquals(
          agreed.get(1), backend.require(Agreements.class).agree(name, agreed.get(0)), name);
    }
    for (String name : List.of("ml-kem-512", "ml-kem-768", "ml-kem-1024")) {
      List<byte[]> made = recorded("encapsulated." + name);
      assertArrayEquals(
          made.get(1), backend.require(Kems.class).decapsulate(name, made.get(0)), name);
    }
    assertArrayEquals(
        MESSAGE,
        backend
            .require(KeyWraps.class)
            .unwrapKey("key-wrap", KeyWrap.KW, recorded("kw.key-wrap").get(0)));
    assertArrayEquals(
        MESSAGE,
        backend
            .require(KeyWraps.class)
            .unwrapKey("key-wrap", KeyWrap.KWP, recorded("kwp.key-wrap").get(0)));
  }

  private void assertSigns(String name, SignatureAlgorithm algorithm) throws Exception {
    byte[] half = recorded("public." + name).get(0);
    assertArrayEquals(half, backend.require(PublicKeys.class).publicKey(name), name);
    byte[] input =
        algorithm.signsDigest()
            ? MessageDigest.getInstance(algorithm.digest()).digest(MESSAGE)
            : MESSAGE;
    KeySpec spec = backend.describe(name).spec();
    String family = spec.algorithm().startsWith("ML-DSA") ? "ML-DSA" : spec.algorithm();
    Provider engine = new BouncyCastleProvider();
    Signature verifier =
        Signature.getInstance(
            switch (family) {
              case "RSA" -> "SHA256withRSA";
              case "EC" -> "SHA512withECDSA";
              default -> family;
            },
            engine);
    verifier.initVerify(
        KeyFactory.getInstance(family, engine).generatePublic(new X509EncodedKeySpec(half)));
    verifier.update(MESSAGE);
    assertTrue(
        verifier.verify(backend.require(Signatures.class).sign(name, algorithm, input)), name);
  }

  @Test
  void statesVersionsLabelsAndNamesAreAsTheyWere() throws Exception {
    assertEquals(3, backend.describe("kek").versions().size());
    assertEquals(2, backend.describe("derive").versions().size());
    assertEquals(KeyState.SUSPENDED, backend.describe("disabled").state());
    KeyMetadata scheduled = backend.describe("scheduled");
    assertEquals(KeyState.DESTROYED, scheduled.state());
    assertTrue(scheduled.attributes().destruction().isPresent());
    assertEquals(Map.of("team", "payments"), backend.describe("labelled").attributes().labels());
    String uri = uses.getProperty("unnamed");
    String id = backend.nameOf(KeyUri.parse(uri)).orElseThrow();
    assertEquals("", backend.describe(id).name());
    assertThrows(BackendException.class, () -> backend.describe("unnamed"));
  }

  @Test
  void keytoolsFileOfAliasesOpensAndItsKeysSign() throws Exception {
    char[] password = Files.readString(folder.resolve("password.txt")).strip().toCharArray();
    String configuration = folder.resolve("keyhold.properties").toString();
    try (KeyholdProvider provider = new KeyholdProvider().configure(configuration);
        InputStream in = Files.newInputStream(folder.resolve("aliases.khks"))) {
      KeyStore store = KeyStore.getInstance("Keyhold", provider);
      store.load(in, password);
      assertEquals(3, store.size());
      Key orders = store.getKey("orders", null);
      assertEquals("AES", orders.getAlgorithm());
      assertNull(orders.getEncoded());
      Signature signature = Signature.getInstance("SHA256withECDSA", provider);
      signature.initSign((PrivateKey) store.getKey("web", null));
      signature.update(MESSAGE);
      byte[] signed = signature.sign();
      X509Certificate certificate = (X509Certificate) store.getCertificate("web");
      assertEquals(certificate, store.getCertificate("anchor"));
      Signature verifier = Signature.getInstance("SHA256withECDSA");
      verifier.initVerify(certificate.getPublicKey());
      verifier.update(MESSAGE);
      assertTrue(verifier.verify(signed));
    }
  }
}
