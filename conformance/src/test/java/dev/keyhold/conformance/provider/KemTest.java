package dev.keyhold.conformance.provider;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.Kem;
import dev.keyhold.conformance.KeyholdFixture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ML-KEM by the JDK's API, with private keys that stay in the software backend. */
@ResourceLock("java.security.Security")
class KemTest {
  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

  @TempDir Path folder;
  private KeyholdFixture keyhold;

  @BeforeEach
  void open() {
    keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder);
    Security.addProvider(keyhold.provider());
  }

  @AfterEach
  void close() {
    Security.removeProvider("Keyhold");
    keyhold.close();
  }

  private KeyPair pair(String alias, String algorithm) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, keyhold.provider());
    generator.initialize(new KeyholdGenParameterSpec.Builder(alias).build());
    return generator.generateKeyPair();
  }

  /** As a peer would: from the encoding of the public key, by another implementation. */
  private static Kem.Encapsulated encapsulated(String algorithm, PublicKey key) throws Exception {
    PublicKey read =
        KeyFactory.getInstance(algorithm, BOUNCY_CASTLE)
            .generatePublic(new X509EncodedKeySpec(key.getEncoded()));
    return Kem.of(algorithm, BOUNCY_CASTLE).encapsulate(read);
  }

  /** Keyhold last and first in the list: either way the handle finds it. */
  @ParameterizedTest
  @CsvSource({
    "ML-KEM-512, 768, 0",
    "ML-KEM-768, 1088, 0",
    "ML-KEM-1024, 1568, 0",
    "ML-KEM-768, 1088, 1"
  })
  void aHandleOpensWhatWasEncapsulatedToIt(String algorithm, int size, int position)
      throws Exception {
    if (position > 0) {
      Security.removeProvider("Keyhold");
      Security.insertProviderAt(keyhold.provider(), position);
    }
    KeyPair pair = pair("inbox", algorithm);
    assertNull(pair.getPrivate().getEncoded());
    Kem.Encapsulated made = encapsulated(algorithm, pair.getPublic());
    for (String name : new String[] {"ML-KEM", algorithm}) {
      Kem.Decapsulator decapsulator = Kem.of(name).decapsulator(pair.getPrivate());
      assertEquals("Keyhold", decapsulator.provider());
      assertEquals(32, decapsulator.secretSize());
      assertEquals(size, decapsulator.encapsulationSize());
      assertEquals(size, made.encapsulation().length);
      byte[] secret = made.key().getEncoded();
      assertArrayEquals(secret, decapsulator.open(made.encapsulation()).getEncoded());
      Key part = decapsulator.open(made.encapsulation(), 0, 16, "AES");
      assertEquals("AES", part.getAlgorithm());
      assertArrayEquals(Arrays.copyOf(secret, 16), part.getEncoded());
    }
  }

  @Test
  void whatWasChangedGivesAnotherSecretAndAWrongLengthIsRefused() throws Exception {
    KeyPair pair = pair("inbox", "ML-KEM");
    Kem.Encapsulated made = encapsulated("ML-KEM-768", pair.getPublic());
    Kem.Decapsulator decapsulator = Kem.of("ML-KEM").decapsulator(pair.getPrivate());
    byte[] changed = made.encapsulation().clone();
    changed[7] ^= 1;
    byte[] other = decapsulator.open(changed).getEncoded();
    assertFalse(Arrays.equals(made.key().getEncoded(), other));
    assertArrayEquals(other, decapsulator.open(changed).getEncoded());
    byte[] cut = Arrays.copyOf(changed, changed.length - 1);
    Exception refused = assertThrows(GeneralSecurityException.class, () -> decapsulator.open(cut));
    assertEquals("javax.crypto.DecapsulateException", refused.getClass().getName());
  }

  @Test
  void aHandleIsFoundAgain() throws Exception {
    KeyPair pair = pair("inbox", "ML-KEM-768");
    KeyStore keys = KeyStore.getInstance("Keyhold", keyhold.provider());
    keys.load(null, null);
    assertEquals(pair.getPrivate(), keys.getKey("inbox", null));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(pair.getPrivate());
    }
    PrivateKey read;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      read = (PrivateKey) in.readObject();
    }
    assertEquals(pair.getPrivate(), read);
    Kem.Encapsulated made = encapsulated("ML-KEM-768", pair.getPublic());
    assertArrayEquals(
        made.key().getEncoded(),
        Kem.of("ML-KEM").decapsulator(read).open(made.encapsulation()).getEncoded());
  }

  @Test
  void aKeyIsForItsOwnUseAndSetOnly() throws Exception {
    PrivateKey key = pair("inbox", "ML-KEM-768").getPrivate();
    for (String name : new String[] {"ML-KEM-512", "ML-KEM-1024"}) {
      Kem named = Kem.of(name, keyhold.provider());
      assertThrows(InvalidKeyException.class, () -> named.decapsulator(key));
    }
    PrivateKey signer = pair("signer", "ML-DSA-44").getPrivate();
    Kem kem = Kem.of("ML-KEM", keyhold.provider());
    assertThrows(InvalidKeyException.class, () -> kem.decapsulator(signer));
    Signature signature = Signature.getInstance("ML-DSA", keyhold.provider());
    assertThrows(InvalidKeyException.class, () -> signature.initSign(key));
  }

  /** The named SPI passes foreign keys on, and all encapsulation. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void foreignKeysAreTheNextProviders(boolean named) throws Exception {
    Kem kem = named ? Kem.of("ML-KEM-768", keyhold.provider()) : Kem.of("ML-KEM-768");
    KeyPairGenerator generator = KeyPairGenerator.getInstance("ML-KEM-768", BOUNCY_CASTLE);
    generator.initialize(new NamedParameterSpec("ML-KEM-768"));
    KeyPair foreign = generator.generateKeyPair();
    boolean jdkHasIt = Security.getProvider("SunJCE").getService("KEM", "ML-KEM-768") != null;
    if (!jdkHasIt) {
      assertThrows(InvalidKeyException.class, () -> kem.encapsulate(foreign.getPublic()));
    }
    if (!jdkHasIt) {
      Security.addProvider(BOUNCY_CASTLE);
    }
    try {
      Kem again = named ? kem : Kem.of("ML-KEM-768");
      Kem.Encapsulated made = again.encapsulate(foreign.getPublic());
      Kem own = Kem.of("ML-KEM-768", BOUNCY_CASTLE);
      assertEquals(made.key(), own.decapsulator(foreign.getPrivate()).open(made.encapsulation()));
      KeyPair pair = pair("inbox", "ML-KEM-768");
      Kem.Encapsulated toHandle = again.encapsulate(pair.getPublic());
      assertArrayEquals(
          toHandle.key().getEncoded(),
          again.decapsulator(pair.getPrivate()).open(toHandle.encapsulation()).getEncoded());
      assertNotEquals(made.key(), toHandle.key());
      assertTrue(toHandle.encapsulation().length == 1088);
    } finally {
      if (!jdkHasIt) {
        Security.removeProvider("BC");
      }
    }
  }
}
