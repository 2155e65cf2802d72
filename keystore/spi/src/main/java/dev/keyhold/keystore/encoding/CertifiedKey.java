package dev.keyhold.keystore.encoding;

import java.security.InvalidKeyException;
import java.util.Arrays;

/**
 * The public key in an X.509 certificate (RFC 5280, section 4.1), as it stands there: a JDK that
 * does not know the key's algorithm would add parameters to it.
 */
public final class CertifiedKey {
  private CertifiedKey() {}

  /**
   * Returns whether a certificate is of a public key; false too if either can't be read.
   *
   * @param certificate in DER
   * @param publicKey a SubjectPublicKeyInfo, in DER
   */
  public static boolean isOf(byte[] certificate, byte[] publicKey) {
    try {
      DerReader body = DerReader.of(certificate).enter(Der.SEQUENCE).enter(Der.SEQUENCE);
      if (body.isNext(DerReader.CONSTRUCTED_0)) {
        body.enter(DerReader.CONSTRUCTED_0); // the version
      }
      body.enter(Der.INTEGER); // the serial number
      body.enter(Der.SEQUENCE); // the algorithm of its signature
      body.enter(Der.SEQUENCE); // who issued it
      body.enter(Der.SEQUENCE); // when it is valid
      body.enter(Der.SEQUENCE); // the subject
      byte[] certified = body.take(Der.SEQUENCE);
      return Arrays.equals(certified, DerReader.of(publicKey).take(Der.SEQUENCE));
    } catch (InvalidKeyException e) {
      return false;
    }
  }
}
