package dev.keyhold.conformance.wycheproof;

import dev.keyhold.conformance.wycheproof.Vector.Result;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.HashMap;
import java.util.Map;
import org.opentest4j.TestAbortedException;

/** Verification through Keyhold's {@code Signature}, which was named, with ordinary public keys. */
final class VerifyCheck implements Check {
  private final Provider provider;
  private final Map<String, PublicKey> keys = new HashMap<>();

  VerifyCheck(Provider provider) {
    this.provider = provider;
  }

  @Override
  public void run(Vector vector) throws Exception {
    SignatureKind kind = SignatureKind.of(vector);
    PublicKey key = key(kind, vector);
    boolean verified = verifies(kind.signature(provider), key, vector);
    if (vector.result() == Result.VALID && !verified) {
      if (!verifies(kind.signature(), key, vector)) {
        throw new TestAbortedException("good, but the JDK's engine, which does it, refuses it");
      }
      throw new AssertionError("a good signature was refused");
    }
    if (vector.result() == Result.INVALID && verified) {
      throw new AssertionError("a bad signature was accepted");
    }
  }

  private static boolean verifies(Signature signature, PublicKey key, Vector vector)
      throws GeneralSecurityException {
    try {
      signature.initVerify(key);
    } catch (GeneralSecurityException e) {
      throw new TestAbortedException("the JDK does not verify with such a key", e);
    }
    signature.update(vector.bytes("msg"));
    try {
      return signature.verify(vector.bytes("sig"));
    } catch (SignatureException e) {
      return false;
    }
  }

  private PublicKey key(SignatureKind kind, Vector vector) {
    return keys.computeIfAbsent(
        vector.text("publicKeyDer"),
        der -> {
          try {
            return KeyFactory.getInstance(kind.keyFactory())
                .generatePublic(new X509EncodedKeySpec(vector.bytes("publicKeyDer")));
          } catch (NoSuchAlgorithmException | InvalidKeySpecException e) {
            throw new TestAbortedException("the JDK has no such public keys", e);
          }
        });
  }
}
