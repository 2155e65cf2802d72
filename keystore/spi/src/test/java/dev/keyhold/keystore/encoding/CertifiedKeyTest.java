package dev.keyhold.keystore.encoding;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** With certificates of versions 1 and 3, made here: nothing verifies their signatures. */
class CertifiedKeyTest {
  private static final byte[] NAME =
      Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.utf8("someone"))));
  private static final byte[] ALGORITHM = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));

  private static byte[] certificate(byte[] version, byte[] publicKey) {
    byte[] validity =
        Der.sequence(Der.utcTime("200101000000Z"), Der.generalizedTime("99991231235959Z"));
    byte[] serial = Der.integer(BigInteger.TEN);
    byte[] body =
        version.length == 0
            ? Der.sequence(serial, ALGORITHM, NAME, validity, NAME, publicKey)
            : Der.sequence(version, serial, ALGORITHM, NAME, validity, NAME, publicKey);
    return Der.sequence(body, ALGORITHM, Der.bitString(new byte[8]));
  }

  private static byte[] key() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    PublicKey key = generator.generateKeyPair().getPublic();
    return key.getEncoded();
  }

  @Test
  void aCertificateIsOfItsKeyAndOfNoOther() throws Exception {
    byte[] key = key();
    byte[] versionThree = Der.explicit(0, Der.integer(BigInteger.TWO));
    for (byte[] version : new byte[][] {new byte[0], versionThree}) {
      byte[] certificate = certificate(version, key);
      assertTrue(CertifiedKey.isOf(certificate, key));
      assertFalse(CertifiedKey.isOf(certificate, key()));
    }
  }

  @Test
  void whatIsCutShortIsOfNoKey() throws Exception {
    byte[] key = key();
    byte[] whole = certificate(new byte[0], key);
    for (int length = 0; length < whole.length; length++) {
      assertFalse(CertifiedKey.isOf(Arrays.copyOf(whole, length), key));
    }
    for (int length = 0; length < key.length; length++) {
      assertFalse(CertifiedKey.isOf(whole, Arrays.copyOf(key, length)));
    }
  }
}
