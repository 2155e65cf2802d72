package dev.keyhold.keystore.pkcs11.pairs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.SignatureAlgorithm;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's engine verifies what is encoded here, for moduli of every length in bits. */
class RsaEncodingTest {
  @ParameterizedTest
  @ValueSource(ints = {1024, 1025, 1026, 1027, 1028, 1029, 1030, 1031, 1032})
  void encodesForPss(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
    generator.initialize(bits);
    KeyPair pair = generator.generateKeyPair();
    RSAPrivateKey key = (RSAPrivateKey) pair.getPrivate();
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(new byte[5]);
    for (int salt : new int[] {0, 1, 32, RsaEncoding.longestSalt(bits, hash.length)}) {
      for (String mgfDigest : new String[] {"SHA-1", "SHA-512"}) {
        byte[] block =
            RsaEncoding.pss(SignatureAlgorithm.pss("SHA-256", mgfDigest, salt), hash, bits);
        assertEquals((bits + 7) / 8, block.length);
        byte[] signature =
            toBytes(
                new BigInteger(1, block).modPow(key.getPrivateExponent(), key.getModulus()),
                block.length);
        Signature verifier = Signature.getInstance("RSASSA-PSS", "SunRsaSign");
        verifier.setParameter(
            new PSSParameterSpec("SHA-256", "MGF1", new MGF1ParameterSpec(mgfDigest), salt, 1));
        verifier.initVerify(pair.getPublic());
        verifier.update(new byte[5]);
        assertTrue(verifier.verify(signature), bits + " bits, salt " + salt);
      }
    }
  }

  private static byte[] toBytes(BigInteger number, int length) {
    byte[] bytes = number.toByteArray();
    byte[] result = new byte[length];
    int used = Math.min(bytes.length, length);
    System.arraycopy(bytes, bytes.length - used, result, length - used, used);
    return result;
  }
}
