package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.jca.KeyholdService;
import dev.keyhold.keystore.Purpose;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What Keyhold's keys don't do: they are refused in words, and keys of the JDK work by the same
 * names, whatever is asked of an object before its init.
 */
@ResourceLock("java.security.Security")
abstract class RefusedNamesChecks {
  /** Of the service {@code AES}, which stands for all modes and paddings of the next provider. */
  private static final List<String> MODES_OF_AES =
      List.of(
          "AES",
          "AES/ECB/PKCS5Padding",
          "AES/ECB/NoPadding",
          "AES/CBC/PKCS5Padding",
          "AES/CBC/NoPadding",
          "AES/CBC/ISO10126Padding",
          "aes/cbc/pkcs5padding",
          "AES/CTR/NoPadding",
          "AES/CFB/NoPadding",
          "AES/CFB8/NoPadding",
          "AES/OFB32/PKCS5Padding",
          "AES/PCBC/PKCS5Padding",
          "AES/CTS/NoPadding",
          "2.16.840.1.101.3.4.1");

  /** What a caller still reads, of every refusal. */
  static final int LONGEST_MESSAGE = 400;

  private static final byte[] PLAIN = new byte[64];
  private static final AlgorithmParameterSpec RSA =
      new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4);

  @TempDir Path folder;
  private final boolean first;
  private PairFixture fixture;

  RefusedNamesChecks(boolean first) {
    this.first = first;
  }

  @BeforeEach
  void install() {
    fixture = new PairFixture(folder, first);
  }

  @AfterEach
  void remove() {
    fixture.close();
  }

  /** What may be asked of an object before its init, which pins its provider. */
  enum Early {
    NOTHING,
    PROVIDER,
    SIZE,
    PARAMETERS,
    IV;

    void ask(Cipher cipher) {
      switch (this) {
        case NOTHING -> {}
        case PROVIDER -> cipher.getProvider();
        case SIZE -> cipher.getBlockSize();
        case PARAMETERS -> cipher.getParameters();
        case IV -> cipher.getIV();
      }
    }

    void ask(Mac mac) {
      switch (this) {
        case PROVIDER -> mac.getProvider();
        case SIZE -> mac.getMacLength();
        default -> {}
      }
    }

    void ask(Signature signature) {
      switch (this) {
        case PROVIDER -> signature.getProvider();
        case PARAMETERS -> signature.getParameters();
        default -> {}
      }
    }
  }

  private List<String> refused(String type) {
    List<String> names = new ArrayList<>();
    for (Provider.Service service : fixture.provider().getServices()) {
      if (service.getType().equals(type) && ((KeyholdService) service).isRefusing()) {
        names.add(service.getAlgorithm());
      }
    }
    assertFalse(names.isEmpty() && !type.equals("KEM"), type);
    return names;
  }

  private List<String> refusedCiphers() {
    List<String> names = refused("Cipher");
    assertTrue(names.remove("AES"));
    names.addAll(MODES_OF_AES);
    return names;
  }

  // ---- keys of the JDK

  @ParameterizedTest
  @EnumSource
  void aKeyOfTheJdkEncryptsByEveryRefusedName(Early early) throws Exception {
    for (String name : refusedCiphers()) {
      SecretKey key = secretKey(name);
      AlgorithmParameterSpec spec =
          name.equals("ChaCha20") ? new ChaCha20ParameterSpec(new byte[12], 1) : null;
      Cipher cipher = Cipher.getInstance(name);
      early.ask(cipher);
      cipher.init(Cipher.ENCRYPT_MODE, key, spec);
      assertEquals(Cipher.getInstance(name, "SunJCE").getBlockSize(), cipher.getBlockSize(), name);
      byte[] encrypted = encrypt(cipher);
      AlgorithmParameters parameters = cipher.getParameters();

      Cipher theirs = Cipher.getInstance(name, "SunJCE");
      Cipher ours = Cipher.getInstance(name);
      early.ask(ours);
      for (Cipher decrypting : List.of(theirs, ours)) {
        if (spec != null) {
          decrypting.init(Cipher.DECRYPT_MODE, key, spec);
        } else {
          decrypting.init(Cipher.DECRYPT_MODE, key, parameters);
        }
        assertArrayEquals(PLAIN, decrypting.doFinal(encrypted), name);
      }
      if (!name.startsWith("ChaCha20")) { // SunJCE wraps no keys by it
        wraps(name, early, key);
      }
    }
  }

  /** With an update, and into an array that was given. */
  private static byte[] encrypt(Cipher cipher) throws Exception {
    byte[] out = new byte[cipher.getOutputSize(PLAIN.length) + 16];
    int written = cipher.update(PLAIN, 0, 17, out, 0);
    written += cipher.doFinal(PLAIN, 17, PLAIN.length - 17, out, written);
    return Arrays.copyOf(out, written);
  }

  private static void wraps(String name, Early early, SecretKey key) throws Exception {
    SecretKey other = new SecretKeySpec(new byte[32], "AES");
    Cipher cipher = Cipher.getInstance(name);
    early.ask(cipher);
    cipher.init(Cipher.WRAP_MODE, key);
    byte[] wrapped = cipher.wrap(other);
    Cipher unwrapping = Cipher.getInstance(name);
    early.ask(unwrapping);
    unwrapping.init(Cipher.UNWRAP_MODE, key, cipher.getParameters());
    assertEquals(other, unwrapping.unwrap(wrapped, "AES", Cipher.SECRET_KEY), name);
  }

  private static SecretKey secretKey(String name) {
    int bytes = name.startsWith("AES_") ? Integer.parseInt(name.substring(4, 7)) / 8 : 32;
    return new SecretKeySpec(new byte[bytes], name.startsWith("ChaCha") ? "ChaCha20" : "AES");
  }

  @ParameterizedTest
  @EnumSource
  void aKeyOfTheJdkMakesMacsByEveryRefusedName(Early early) throws Exception {
    for (String name : refused("Mac")) {
      SecretKey key = new SecretKeySpec(new byte[40], name);
      Mac mac = Mac.getInstance(name);
      early.ask(mac);
      mac.init(key);
      Mac theirs = Mac.getInstance(name, "SunJCE");
      theirs.init(key);
      assertArrayEquals(theirs.doFinal(PLAIN), mac.doFinal(PLAIN), name);
      assertEquals(theirs.getMacLength(), mac.getMacLength(), name);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aKeyOfTheJdkSignsByEveryRefusedName(Early early) throws Exception {
    for (String name : refused("Signature")) {
      KeyPair pair = jdkPair(name);
      Signature signing = Signature.getInstance(name);
      early.ask(signing);
      signing.initSign(pair.getPrivate());
      signing.update(PLAIN);
      byte[] signature = signing.sign();
      Signature verifying = Signature.getInstance(name);
      early.ask(verifying);
      verifying.initVerify(pair.getPublic());
      verifying.update(PLAIN);
      assertTrue(verifying.verify(signature), name);
    }
  }

  private static KeyPair jdkPair(String signature) throws Exception {
    if (signature.equals("Ed448")) {
      return KeyPairGenerator.getInstance("Ed448", "SunEC").generateKeyPair();
    }
    boolean rsa = signature.endsWith("RSA");
    KeyPairGenerator generator =
        KeyPairGenerator.getInstance(rsa ? "RSA" : "EC", rsa ? "SunRsaSign" : "SunEC");
    generator.initialize(rsa ? RSA : new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  @Test
  void keysOfTheJdkAgreeByEveryRefusedName() throws Exception {
    for (String name : refused("KeyAgreement")) {
      KeyPair pair = KeyPairGenerator.getInstance(name, "SunEC").generateKeyPair();
      for (boolean asks : new boolean[] {false, true}) {
        KeyAgreement agreement = KeyAgreement.getInstance(name);
        if (asks) {
          agreement.getProvider();
        }
        agreement.init(pair.getPrivate());
        agreement.doPhase(pair.getPublic(), true);
        assertEquals(56, agreement.generateSecret().length);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aKeyOfTheJdkDecryptsByABareRsa(Early early) throws Exception {
    KeyPair pair = jdkPair("SHA1withRSA");
    for (String name :
        List.of(
            "RSA",
            "RSA/ECB/NoPadding",
            "RSA/ECB/PKCS1Padding",
            "RSA/ECB/OAEPPadding",
            "RSA/ECB/OAEPWithMD5AndMGF1Padding")) {
      Cipher encrypting = Cipher.getInstance(name);
      early.ask(encrypting);
      encrypting.init(Cipher.ENCRYPT_MODE, pair.getPublic());
      byte[] plain = name.contains("NoPadding") ? new byte[256] : PLAIN;
      byte[] encrypted = encrypting.doFinal(plain);
      Cipher decrypting = Cipher.getInstance(name);
      early.ask(decrypting);
      decrypting.init(Cipher.DECRYPT_MODE, pair.getPrivate());
      assertArrayEquals(plain, decrypting.doFinal(encrypted), name);
    }
  }

  @Test
  void aTransformationThatNobodyHasIsNoTransformation() {
    for (String name :
        List.of("AES/CBC/PKCS7Padding", "AES/XYZ/NoPadding", "AES/CFB7/NoPadding", "RSA/CBC/x")) {
      assertThrows(Exception.class, () -> Cipher.getInstance(name), name);
    }
  }

  // ---- keys of Keyhold

  private Map<String, Key> keys() throws Exception {
    Map<String, Key> keys = new TreeMap<>();
    KeyGenerator generator = KeyGenerator.getInstance("AES", fixture.provider());
    generator.init(new KeyholdGenParameterSpec.Builder("k-aes").build());
    keys.put("k-aes", generator.generateKey());
    keys.put("k-rsa", fixture.pair("k-rsa", "RSA", RSA, Purpose.SIGN).getPrivate());
    keys.put("k-dec", fixture.pair("k-dec", "RSA", RSA, Purpose.DECRYPT).getPrivate());
    keys.put("k-ec", fixture.pair("k-ec", "EC", null, Purpose.SIGN).getPrivate());
    keys.put("k-ecdh", fixture.pair("k-ecdh", "EC", null, Purpose.AGREE).getPrivate());
    keys.put("k-ed", fixture.pair("k-ed", "Ed25519", null, Purpose.SIGN).getPrivate());
    return keys;
  }

  /** What each key does, which its refusal must name. */
  private static final Map<String, String> USES =
      Map.of(
          "k-aes", "Cipher AES/GCM/NoPadding",
          "k-rsa", "Signature SHA256withRSA",
          "k-dec", "Cipher RSA/ECB/OAEP",
          "k-ec", "Signature SHA256withECDSA",
          "k-ecdh", "KeyAgreement ECDH",
          "k-ed", "Signature Ed25519");

  @Test
  void aKeyOfKeyholdIsRefusedInWordsByWhateverItDoesNot() throws Exception {
    Map<String, Key> keys = keys();
    int refusals = 0;
    for (Map.Entry<String, Key> named : keys.entrySet()) {
      for (Provider.Service service : fixture.provider().getServices()) {
        Key key = named.getValue();
        String type = service.getType();
        String name = service.getAlgorithm();
        if (!List.of("Cipher", "Mac", "Signature", "KeyAgreement").contains(type)
            || ((KeyholdService) service).serves(key)
            || ((type.equals("Signature") || type.equals("KeyAgreement"))
                && !(key instanceof PrivateKey))
            || (type.equals("Mac") && !(key instanceof SecretKey))) {
          continue;
        }
        if (!first && !isOursToRefuse(type, name, key)) {
          continue;
        }
        for (String each : name.equals("AES") ? MODES_OF_AES : List.of(name)) {
          Exception refusal = assertThrows(Exception.class, () -> use(type, each, key), each);
          assertRefused(refusal, type + " " + each, named.getKey());
          refusals++;
        }
      }
    }
    assertTrue(refusals > 200, () -> "only a few refusals");
  }

  /**
   * Whether the JDK's provider before Keyhold says nothing about the key: some of them look at it,
   * and theirs is then the exception that the JDK throws.
   */
  private static boolean isOursToRefuse(String type, String name, Key key) {
    for (Provider provider : Security.getProviders()) {
      Provider.Service service = provider.getService(type, name);
      if (service != null
          && !(service instanceof KeyholdService)
          && service.supportsParameter(key)) {
        return false;
      }
    }
    return true;
  }

  private static void use(String type, String name, Key key) throws Exception {
    switch (type) {
      case "Cipher" -> Cipher.getInstance(name).init(Cipher.DECRYPT_MODE, key);
      case "Mac" -> Mac.getInstance(name).init(key);
      case "Signature" -> Signature.getInstance(name).initSign((PrivateKey) key);
      default -> KeyAgreement.getInstance(name).init(key);
    }
  }

  private static void assertRefused(Exception refusal, String asked, String alias) {
    String message = refusal.getMessage();
    assertEquals(InvalidKeyException.class, refusal.getClass(), () -> asked + ": " + refusal);
    assertTrue(message.contains("key " + alias + " "), () -> asked + ": " + message);
    assertTrue(message.contains(USES.get(alias)), () -> asked + ": " + message);
    assertFalse(message.contains("No installed provider"), message);
    assertFalse(message.contains("format"), message);
    assertTrue(message.length() < LONGEST_MESSAGE, message);
  }
}
