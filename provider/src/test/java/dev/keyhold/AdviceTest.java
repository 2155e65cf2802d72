package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.jca.KeyholdService;
import dev.keyhold.keystore.SignatureAlgorithm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way to sign that a refusal advises works as it stands there. */
@ResourceLock("java.security.Security")
class AdviceTest {
  private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern ADVISED =
      Pattern.compile("It signs, by Signature (.+?)(?: and [0-9]+ more)?(?:\\. .*)?");
  private static final Pattern PSS =
      Pattern.compile(
          "RSASSA-PSS with (SHA[-0-9/]+)(?: and MGF1 (SHA[-0-9/]+))?(?: and a salt of ([0-9]+) bytes)?");

  @TempDir Path folder;
  private PairFixture fixture;

  @BeforeEach
  void install() {
    fixture = new PairFixture(folder, true);
  }

  @AfterEach
  void remove() {
    fixture.close();
  }

  private List<String> refusedSignatures() {
    List<String> names = new ArrayList<>();
    for (Provider.Service service : fixture.provider().getServices()) {
      if (service.getType().equals("Signature") && ((KeyholdService) service).isRefusing()) {
        names.add(service.getAlgorithm());
      }
    }
    assertFalse(names.isEmpty());
    return names;
  }

  private List<String> advised(String refused, PrivateKey key) throws Exception {
    Signature signer = Signature.getInstance(refused, fixture.provider());
    String message =
        assertThrows(InvalidKeyException.class, () -> signer.initSign(key)).getMessage();
    Matcher advice = ADVISED.matcher(message.substring(message.indexOf("It signs, ")));
    assertTrue(advice.matches(), message);
    return List.of(advice.group(1).split(", ", -1));
  }

  private void signs(String way, PrivateKey key, PublicKey publicKey) throws Exception {
    Matcher pss = PSS.matcher(way);
    boolean isPss = pss.matches();
    String name = isPss ? "RSASSA-PSS" : way;
    Signature signer = Signature.getInstance(name);
    signer.initSign(key);
    Signature verifier = Signature.getInstance(name);
    verifier.initVerify(publicKey);
    assertNotEquals(fixture.provider(), verifier.getProvider());
    if (isPss) {
      String mask = pss.group(2) == null ? pss.group(1) : pss.group(2);
      int salt = pss.group(3) == null ? 20 : Integer.parseInt(pss.group(3));
      PSSParameterSpec parameters =
          new PSSParameterSpec(pss.group(1), "MGF1", new MGF1ParameterSpec(mask), salt, 1);
      signer.setParameter(parameters);
      verifier.setParameter(parameters);
    }
    signer.update(MESSAGE);
    verifier.update(MESSAGE);
    assertTrue(verifier.verify(signer.sign()), way);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void whatIsAdvisedInPlaceOfARefusedSignatureSigns(String algorithm) throws Exception {
    KeyPair pair = fixture.pair("k", algorithm, null);
    for (String refused : refusedSignatures()) {
      for (String way : advised(refused, pair.getPrivate())) {
        signs(way, pair.getPrivate(), pair.getPublic());
      }
    }
  }

  @Test
  void theParametersOfAKeyHeldToOnePssAreAdvisedInFull() throws Exception {
    for (SignatureAlgorithm only :
        List.of(
            SignatureAlgorithm.pss("SHA-256", "SHA-256", 32),
            SignatureAlgorithm.pss("SHA-512", "SHA-512", 20),
            SignatureAlgorithm.pss("SHA-384", "SHA-1", 48),
            SignatureAlgorithm.pss("SHA-256", "SHA-256", SignatureAlgorithm.ANY_SALT))) {
      KeyPair pair = fixture.pair("k" + only.hashCode(), "RSA", null);
      String alias = "k" + only.hashCode();
      fixture.backend().pairs.computeIfPresent(alias, (name, made) -> made.withSignatures(only));
      PrivateKey key = fixture.key(alias);
      for (String refused : List.of("SHA1withRSA", "MD5withRSA")) {
        assertEquals(List.of(only.toString()), advised(refused, key));
      }
      signs(only.toString(), key, pair.getPublic());
    }
  }
}
