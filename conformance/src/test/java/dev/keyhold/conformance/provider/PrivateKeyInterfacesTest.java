package dev.keyhold.conformance.provider;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdFixture;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.XECPrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.XECPrivateKeySpec;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The interfaces of handles of private keys, which libraries cast to and providers look at. */
@ResourceLock("java.security.Security.providers")
class PrivateKeyInterfacesTest {
  private static final byte[] DATA = new byte[100];

  @TempDir Path folder;
  private KeyholdFixture keyhold;

  @BeforeEach
  void open() {
    keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder);
  }

  @AfterEach
  void close() {
    Security.removeProvider("Keyhold");
    keyhold.close();
  }

  private KeyPair pair(String algorithm) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, keyhold.provider());
    generator.initialize(new KeyholdGenParameterSpec.Builder("k-" + algorithm).build());
    return generator.generateKeyPair();
  }

  @Test
  void edwardsAndMontgomeryKeysAreOfTheJdksInterfaces() throws Exception {
    assertTrue(((EdECPrivateKey) pair("Ed25519").getPrivate()).getBytes().isEmpty());
    assertTrue(((XECPrivateKey) pair("X25519").getPrivate()).getScalar().isEmpty());
    // whose exponent the JDK's providers use without a look
    assertFalse(pair("RSA").getPrivate() instanceof RSAPrivateKey);
    assertFalse(pair("EC").getPrivate() instanceof ECPrivateKey);
  }

  /** By an InvalidKeyException, after which the JCA asks the next provider. */
  @ParameterizedTest
  @ValueSource(strings = {"Ed25519", "X25519", "RSA", "EC"})
  void noProviderOfTheJdkTakesThem(String algorithm) throws Exception {
    PrivateKey key = pair(algorithm).getPrivate();
    int asked = 0;
    for (Provider provider : Security.getProviders()) {
      for (Provider.Service service : provider.getServices()) {
        String name = service.getAlgorithm();
        switch (service.getType()) {
          case "Signature" -> {
            Signature signature = Signature.getInstance(name, provider);
            assertThrows(InvalidKeyException.class, () -> signature.initSign(key), name);
            asked++;
          }
          case "KeyAgreement" -> {
            KeyAgreement agreement = KeyAgreement.getInstance(name, provider);
            assertThrows(InvalidKeyException.class, () -> agreement.init(key), name);
            asked++;
          }
          case "Cipher" -> {
            if (name.startsWith("RSA")) {
              Cipher cipher = Cipher.getInstance(name, provider);
              assertThrows(
                  InvalidKeyException.class, () -> cipher.init(Cipher.DECRYPT_MODE, key), name);
              asked++;
            }
          }
          default -> {}
        }
      }
    }
    assertTrue(asked > 40, asked + " services");
  }

  @Test
  void noKeyFactoryReadsThem() throws Exception {
    PrivateKey signs = pair("Ed25519").getPrivate();
    KeyFactory edwards = KeyFactory.getInstance("Ed25519", "SunEC");
    assertThrows(InvalidKeyException.class, () -> edwards.translateKey(signs));
    assertThrows(
        InvalidKeySpecException.class, () -> edwards.getKeySpec(signs, EdECPrivateKeySpec.class));
    PrivateKey agrees = pair("X25519").getPrivate();
    KeyFactory montgomery = KeyFactory.getInstance("X25519", "SunEC");
    assertThrows(InvalidKeyException.class, () -> montgomery.translateKey(agrees));
    assertThrows(
        InvalidKeySpecException.class,
        () -> montgomery.getKeySpec(agrees, XECPrivateKeySpec.class));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, Integer.MAX_VALUE})
  void theirOperationsComeToKeyhold(int position) throws Exception {
    KeyPair signing = pair("Ed25519");
    KeyPair agreeing = pair("X25519");
    Security.insertProviderAt(
        keyhold.provider(), Math.min(position, Security.getProviders().length + 1));
    for (String name : new String[] {"Ed25519", "EdDSA"}) {
      Signature signer = Signature.getInstance(name);
      signer.initSign(signing.getPrivate());
      assertEquals(keyhold.provider(), signer.getProvider());
      signer.update(DATA);
      Signature verifier = Signature.getInstance(name, "SunEC");
      verifier.initVerify(signing.getPublic());
      verifier.update(DATA);
      assertTrue(verifier.verify(signer.sign()));
    }
    KeyPair other = KeyPairGenerator.getInstance("X25519", "SunEC").generateKeyPair();
    for (String name : new String[] {"X25519", "XDH"}) {
      KeyAgreement ours = KeyAgreement.getInstance(name);
      ours.init(agreeing.getPrivate());
      ours.doPhase(other.getPublic(), true);
      KeyAgreement theirs = KeyAgreement.getInstance(name, "SunEC");
      theirs.init(other.getPrivate());
      theirs.doPhase(agreeing.getPublic(), true);
      assertArrayEquals(theirs.generateSecret(), ours.generateSecret());
    }
  }
}
