package dev.keyhold.conformance.wycheproof;

import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.spec.MGF1ParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.opentest4j.TestAbortedException;

/** RSA decryption, OAEP and PKCS#1 v1.5, through {@code Cipher}. */
final class RsaDecryptCheck implements Check {
  private final Provider provider;
  private final PairKeys keys;

  /** Why the backend does none of the file's vectors. */
  private TestAbortedException unable;

  RsaDecryptCheck(Provider provider, PairKeys keys) {
    this.provider = provider;
    this.keys = keys;
  }

  @Override
  public void run(Vector vector) throws Exception {
    if (unable != null) {
      throw unable;
    }
    PrivateKey key = keys.key(VectorPairs.rsa(vector), Certified.DECRYPT);
    boolean oaep = vector.text("type").contains("Oaep");
    Cipher cipher =
        Cipher.getInstance("RSA/ECB/" + (oaep ? "OAEPPadding" : "PKCS1Padding"), provider);
    try {
      if (oaep) {
        cipher.init(Cipher.DECRYPT_MODE, key, parameters(vector));
      } else {
        cipher.init(Cipher.DECRYPT_MODE, key);
      }
    } catch (InvalidKeyException e) {
      if (key.getEncoded() == null) {
        unable = new TestAbortedException("the backend has no such padding", e);
        throw unable;
      }
      throw e;
    }
    Outcome.require(vector, vector.bytes("msg"), () -> cipher.doFinal(vector.bytes("ct")));
  }

  private static OAEPParameterSpec parameters(Vector vector) {
    return new OAEPParameterSpec(
        vector.text("sha"),
        vector.text("mgf"),
        new MGF1ParameterSpec(vector.text("mgfSha")),
        new PSource.PSpecified(vector.bytes("label")));
  }
}
