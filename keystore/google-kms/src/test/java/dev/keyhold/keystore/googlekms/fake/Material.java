package dev.keyhold.keystore.googlekms.fake;

import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/** The secret of one version, with the JDK's own cryptography, and Bouncy Castle's for ML-DSA. */
final class Material {
  private static final int IV = 12;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String algorithm;
  private final byte[] secret = new byte[64];
  private final KeyPair pair;

  Material(CryptoKeyVersionAlgorithm algorithm) throws GeneralSecurityException {
    this.algorithm = algorithm.name();
    RANDOM.nextBytes(secret);
    pair = pair();
  }

  private KeyPair pair() throws GeneralSecurityException {
    if (algorithm.startsWith("RSA_")) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(
          Integer.parseInt(algorithm.replaceFirst(".*_([234]0?[0-9]{2,3})(_.*)?$", "$1")));
      return generator.generateKeyPair();
    }
    if (algorithm.equals("EC_SIGN_ED25519")) {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    }
    if (algorithm.startsWith("EC_SIGN_P")) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(
          new ECGenParameterSpec(algorithm.contains("P256") ? "secp256r1" : "secp384r1"));
      return generator.generateKeyPair();
    }
    return isMlDsa() ? MlDsa.generate(algorithm) : null;
  }

  private boolean isMlDsa() {
    return algorithm.startsWith("PQ_SIGN_ML_DSA");
  }

  /** The bare public key, of kinds that have no PEM in the service. */
  byte[] bare() {
    if (!isMlDsa()) {
      throw Fault.error(Code.INVALID_ARGUMENT, "NIST_PQC is no format of " + algorithm + ".");
    }
    return MlDsa.bare(pair);
  }

  String pem() {
    if (isMlDsa()) {
      throw Fault.error(Code.INVALID_ARGUMENT, "PEM is no format of " + algorithm + ".");
    }
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(pair.getPublic().getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  static byte[] newIv() {
    byte[] iv = new byte[IV];
    RANDOM.nextBytes(iv);
    return iv;
  }

  byte[] gcm(int mode, byte[] iv, ByteString aad, byte[] input) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(secret, 0, 32, "AES"), new GCMParameterSpec(128, iv));
    cipher.updateAAD(aad.toByteArray());
    return cipher.doFinal(input);
  }

  byte[] mac(byte[] data) throws GeneralSecurityException {
    String name = "Hmac" + algorithm.substring("HMAC_".length());
    Mac mac = Mac.getInstance(name);
    mac.init(new SecretKeySpec(secret, 0, mac.getMacLength(), name));
    return mac.doFinal(data);
  }

  /** Signs a digest, or the message with Ed25519 and ML-DSA. */
  byte[] sign(byte[] input) throws GeneralSecurityException {
    if (algorithm.startsWith("RSA_SIGN_PSS")) {
      return pss(input);
    }
    if (algorithm.startsWith("RSA_SIGN_PKCS1")) {
      Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
      cipher.init(Cipher.ENCRYPT_MODE, pair.getPrivate());
      byte[] prefix = digestInfo(input.length);
      byte[] info = Arrays.copyOf(prefix, prefix.length + input.length);
      System.arraycopy(input, 0, info, prefix.length, input.length);
      return cipher.doFinal(info);
    }
    Signature signature =
        isMlDsa()
            ? MlDsa.signature()
            : Signature.getInstance(
                algorithm.equals("EC_SIGN_ED25519") ? "Ed25519" : "NONEwithECDSA");
    signature.initSign(pair.getPrivate());
    signature.update(input);
    return signature.sign();
  }

  private static byte[] digestInfo(int length) {
    int arc = length == 32 ? 1 : length == 48 ? 2 : 3;
    return new byte[] {
      0x30,
      (byte) (17 + length),
      0x30,
      0x0D,
      0x06,
      0x09,
      0x60,
      (byte) 0x86,
      0x48,
      0x01,
      0x65,
      0x03,
      0x04,
      0x02,
      (byte) arc,
      0x05,
      0x00,
      0x04,
      (byte) length
    };
  }

  /** EMSA-PSS by hand: the JDK signs messages, and the service is given digests. */
  private byte[] pss(byte[] digest) throws GeneralSecurityException {
    String hash = digest.length == 32 ? "SHA-256" : "SHA-512";
    byte[] salt = new byte[digest.length];
    RANDOM.nextBytes(salt);
    return Pss.sign((RSAPrivateKey) pair.getPrivate(), hash, digest, salt);
  }

  byte[] decrypt(byte[] ciphertext) throws GeneralSecurityException {
    String digest =
        algorithm.endsWith("SHA1") ? "SHA-1" : algorithm.endsWith("SHA512") ? "SHA-512" : "SHA-256";
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.DECRYPT_MODE,
        pair.getPrivate(),
        new OAEPParameterSpec(
            digest, "MGF1", new MGF1ParameterSpec(digest), PSource.PSpecified.DEFAULT));
    return cipher.doFinal(ciphertext);
  }
}
