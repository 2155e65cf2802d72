package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.SignatureAlgorithm;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SealedObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The names and aliases of the JDK's providers: each is served, or refuses keys of Keyhold in
 * words, or is left to the JDK for a reason.
 */
@ResourceLock("java.security.Security")
class NamesOfTheJdkTest {
  /** What is left to the JDK, by type and name, and why. */
  private static final Map<String, String> LEFT =
      Map.ofEntries(
          Map.entry(
              "Cipher"
                  + " (DES|DESede|TripleDES|DESedeWrap|Blowfish|RC2|RC4|ARCFOUR|.*1\\.2\\.840\\.113549\\.3\\..*)",
              "no key of Keyhold is of such an algorithm"),
          Map.entry(
              "Cipher (PBE.*|(OID\\.)?1\\.2\\.840\\.113549\\.1\\.(5|12)\\..*)",
              "its keys are passwords"),
          Map.entry("Mac (HmacPBE.*|PBEWith.*)", "its keys are passwords"),
          Map.entry("Mac SslMac.*", "of SSL 3.0, for JSSE alone"),
          Map.entry(
              "KeyGenerator (?!AES|HmacSHA(256|384|512)$).*", "makes keys that no backend has"),
          Map.entry(
              "KeyPairGenerator"
                  + " (DiffieHellman|DH|DSA|Ed448|X448|HSS/LMS|.*1\\.2\\.840\\.10040.*|(OID\\.)?1\\.2\\.840\\.113549\\.1\\.3\\.1|(OID\\.)?1\\.3\\.101\\.11[13]|(OID\\.)?1\\.3\\.14\\.3\\.2\\.12)",
              "makes keys that no backend has"),
          Map.entry(
              "KeyPairGenerator (RSASSA-PSS|PSS|(OID\\.)?1\\.2\\.840\\.113549\\.1\\.1\\.10)",
              "a key of Keyhold is an RSA key, and signs RSASSA-PSS"),
          Map.entry(
              "KeyAgreement (DiffieHellman|DH|(OID\\.)?1\\.2\\.840\\.113549\\.1\\.3\\.1)",
              "no key of Keyhold is of such an algorithm"),
          Map.entry(
              "Signature"
                  + " (.*withDSA.*|DSA|DSS|DSAWith.*|RawDSA|SHA/DSA|SHA-?1/DSA|DSAWithSHA1|HSS/LMS|(OID\\.)?1\\.2\\.840\\.10040\\..*|(OID\\.)?1\\.3\\.14\\.3\\.2\\.(13|27)|(OID\\.)?2\\.16\\.840\\.1\\.101\\.3\\.4\\.3\\.[1-8]|(OID\\.)?1\\.2\\.840\\.113549\\.1\\.9\\.16\\.3\\.17)",
              "no key of Keyhold is of such an algorithm"),
          Map.entry(
              "AlgorithmParameters (?!GCM$|AES$|OAEP$|RSASSA-PSS$).*",
              "not of what Keyhold's keys do; by object identifier, the JDK's"),
          Map.entry(
              "(AlgorithmParameterGenerator|KeyFactory|SecretKeyFactory|KDF) .*",
              "makes no use of a key of Keyhold"),
          Map.entry(
              "(KeyStore|MessageDigest|SecureRandom|Certificate.*|CertPath.*|CertStore|Configuration|Policy|GssApiMechanism|SSLContext|.*ManagerFactory)"
                  + " .*",
              "needs no key, or is a type of its own"));

  @TempDir Path folder;
  private PairFixture fixture;

  @BeforeEach
  void install() {
    fixture = new PairFixture(folder, false);
  }

  @AfterEach
  void remove() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SunJCE", "SunRsaSign", "SunEC", "SUN"})
  void everyNameIsServedRefusedOrLeftForAReason(String name) {
    Provider jdk = Security.getProvider(name);
    TreeSet<String> missing = new TreeSet<>();
    int known = 0;
    for (String entry : names(jdk)) {
      int space = entry.indexOf(' ');
      String type = entry.substring(0, space);
      String algorithm = entry.substring(space + 1);
      Provider.Service theirs = jdk.getService(type, algorithm);
      Provider.Service ours = fixture.provider().getService(type, algorithm);
      if (ours != null) {
        known++;
        assertEquals(standard(theirs), standard(ours), entry);
      } else if (LEFT.keySet().stream().noneMatch(entry::matches)
          && !(type.equals("KEM") && !kemsAreThere())) {
        missing.add(entry);
      }
    }
    assertEquals(new TreeSet<>(), missing);
    assertTrue(known > 0 || name.equals("SUN"), name);
  }

  /** An alias leads to what it leads to in the JDK. */
  private static String standard(Provider.Service service) {
    return service.getAlgorithm().toUpperCase(Locale.ROOT);
  }

  private static boolean kemsAreThere() {
    try {
      Class.forName("javax.crypto.KEM");
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static List<String> names(Provider provider) {
    List<String> names = new ArrayList<>();
    for (Provider.Service service : provider.getServices()) {
      names.add(service.getType() + " " + service.getAlgorithm());
    }
    for (Object entry : provider.keySet()) {
      String text = entry.toString();
      if (text.startsWith("Alg.Alias.")) {
        names.add(text.substring("Alg.Alias.".length()).replaceFirst("\\.", " "));
      }
    }
    return names;
  }

  private Key kek() throws Exception {
    KeyGenerator generator = KeyGenerator.getInstance("AES", fixture.provider());
    generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
    return generator.generateKey();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AES_256/GCM/NoPadding",
        "aes_256/gcm/nopadding",
        "2.16.840.1.101.3.4.1.46",
        "OID.2.16.840.1.101.3.4.1.46"
      })
  void aKekEncryptsByTheNamesThatSayItsSize(String name) throws Exception {
    Key key = kek();
    Cipher encrypting = Cipher.getInstance(name);
    encrypting.init(Cipher.ENCRYPT_MODE, key);
    byte[] object = encrypting.doFinal(new byte[10]);
    Cipher decrypting = Cipher.getInstance("AES/GCM/NoPadding");
    decrypting.init(Cipher.DECRYPT_MODE, key, encrypting.getParameters());
    assertArrayEquals(new byte[10], decrypting.doFinal(object));
  }

  @Test
  void aSealedObjectOpensByTheNameOfTheProvider() throws Exception {
    Key key = kek();
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, key);
    SealedObject sealed = new SealedObject("content", cipher);
    assertEquals("content", sealed.getObject(key, "Keyhold"));
    assertEquals("content", sealed.getObject(key));
  }

  @ParameterizedTest
  @CsvSource({
    "RSA,1.2.840.113549.1.1.11,SHA256withRSA",
    "RSA,OID.1.2.840.113549.1.1.13,SHA512withRSA",
    "EC,1.2.840.10045.4.3.3,SHA384withECDSA",
    "Ed25519,1.3.101.112,Ed25519",
    "RSA,SHA3-224withRSA,SHA3-224withRSA",
    "RSA,SHA3-256withRSA,2.16.840.1.101.3.4.3.14",
    "RSA,SHA3-384withRSA,SHA3-384withRSA",
    "RSA,2.16.840.1.101.3.4.3.16,SHA3-512withRSA",
    "EC,SHA3-256withECDSA,SHA3-256withECDSA",
    "EC,SHA3-384withECDSA,SHA3-384withECDSA",
    "EC,SHA3-512withECDSA,2.16.840.1.101.3.4.3.12",
    "EC,SHA3-256withECDSAinP1363Format,SHA3-256withECDSAinP1363Format",
  })
  void aKeySignsByOidsAndWithSha3(String algorithm, String signs, String verifies)
      throws Exception {
    KeyPair pair = fixture.pair("k", algorithm, null);
    if (signs.contains("SHA3") || verifies.contains("SHA3")) {
      SignatureAlgorithm raw =
          algorithm.equals("RSA")
              ? SignatureAlgorithm.pkcs1(SignatureAlgorithm.NO_DIGEST)
              : SignatureAlgorithm.ecdsa(SignatureAlgorithm.NO_DIGEST);
      fixture.backend().pairs.computeIfPresent("k", (name, key) -> key.withSignatures(raw));
    }
    Signature signing = Signature.getInstance(signs);
    signing.initSign(fixture.key("k"));
    signing.update(new byte[100]);
    byte[] signature = signing.sign();
    assertEquals("Keyhold", signing.getProvider().getName());
    Signature verifying =
        Signature.getInstance(verifies, algorithm.equals("RSA") ? "SunRsaSign" : "SunEC");
    verifying.initVerify(pair.getPublic());
    verifying.update(new byte[100]);
    assertTrue(verifying.verify(signature));
  }

  @Test
  void aBareRsaDecryptsAsPkcs1() throws Exception {
    KeyPair pair = fixture.pair("d", "RSA", null, Purpose.DECRYPT);
    Cipher encrypting = Cipher.getInstance("RSA", "SunJCE");
    encrypting.init(Cipher.ENCRYPT_MODE, pair.getPublic());
    byte[] encrypted = encrypting.doFinal(new byte[] {1, 2});
    PrivateKey key = pair.getPrivate();
    for (String name : List.of("RSA", "RSA/ECB/PKCS1Padding")) {
      Cipher decrypting = Cipher.getInstance(name);
      decrypting.init(Cipher.DECRYPT_MODE, key);
      assertArrayEquals(new byte[] {1, 2}, decrypting.doFinal(encrypted));
    }
  }
}
