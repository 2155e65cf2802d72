package dev.keyhold;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.security.KeyPair;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.security.auth.x500.X500Principal;

/** Certificates for tests, of EC keys. Written apart from Keyhold's own. */
final class TestCertificates {
  private static final byte[] SHA256_WITH_ECDSA =
      HexFormat.of().parseHex("300a06082a8648ce3d040302");

  private TestCertificates() {}

  static X509Certificate selfSigned(KeyPair pair, String name) throws Exception {
    byte[] subject = new X500Principal(name).getEncoded();
    byte[] body =
        sequence(
            HexFormat.of().parseHex("a003020102"),
            HexFormat.of().parseHex("020107"),
            SHA256_WITH_ECDSA,
            subject,
            sequence(time("200101000000Z"), time("491231235959Z")),
            subject,
            pair.getPublic().getEncoded());
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(pair.getPrivate());
    signer.update(body);
    ByteArrayOutputStream bits = new ByteArrayOutputStream();
    byte[] signature = signer.sign();
    bits.write(3);
    bits.write(signature.length + 1);
    bits.write(0);
    bits.writeBytes(signature);
    byte[] whole = sequence(body, SHA256_WITH_ECDSA, bits.toByteArray());
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(whole));
  }

  private static byte[] time(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(23);
    out.write(text.length());
    out.writeBytes(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  private static byte[] sequence(byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x30);
    int length = content.size();
    if (length > 255) {
      out.write(0x82);
      out.write(length >> 8);
    } else if (length > 127) {
      out.write(0x81);
    }
    out.write(length);
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }
}
