package dev.keyhold.gate;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** A key pair in memory, used by the JDK's own providers, each by its name. */
public record FakePair(
    KeySpec spec,
    Set<Purpose> purposes,
    PublicKey publicKey,
    PrivateKey privateKey,
    Set<SignatureAlgorithm> signatures,
    Set<RsaPadding> paddings) {
  /** To make one costs a second. */
  private static final int RSA_PAIRS = 4;

  private static final Map<Integer, Deque<KeyPair>> RSA = new HashMap<>();

  private static final String[] DIGESTS = {
    "SHA-224", "SHA-256", "SHA-384", "SHA-512", "SHA-512/224", "SHA-512/256"
  };

  static Set<Purpose> purposesOf(KeySpec spec) {
    return switch (spec.algorithm()) {
      case "RSA" -> Set.of(Purpose.SIGN, Purpose.DECRYPT);
      case "EC" -> Set.of(Purpose.SIGN, Purpose.AGREE);
      case "X25519" -> Set.of(Purpose.AGREE);
      default -> Set.of(Purpose.SIGN);
    };
  }

  static FakePair make(KeyRequest request) throws BackendException {
    try {
      KeySpec spec = request.spec();
      KeyPair pair = spec.algorithm().equals("RSA") ? rsa(spec.bits()) : generate(spec);
      return of(request, pair.getPublic(), pair.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new BackendException(Reason.UNSUPPORTED, "the JDK can't", e);
    }
  }

  /** Returns one of the few RSA pairs of a size that are made, each in turn. */
  private static KeyPair rsa(int bits) throws GeneralSecurityException {
    synchronized (RSA) {
      Deque<KeyPair> pairs = RSA.computeIfAbsent(bits, size -> new ArrayDeque<>());
      KeyPair pair = pairs.size() < RSA_PAIRS ? generate(KeySpec.rsa(bits)) : pairs.removeFirst();
      pairs.addLast(pair);
      return pair;
    }
  }

  private static KeyPair generate(KeySpec spec) throws GeneralSecurityException {
    KeyPairGenerator generator =
        KeyPairGenerator.getInstance(spec.algorithm(), provider(spec.algorithm()));
    if (spec.algorithm().equals("EC")) {
      generator.initialize(new ECGenParameterSpec("secp" + spec.bits() + "r1"));
    } else if (spec.algorithm().equals("RSA")) {
      generator.initialize(spec.bits());
    }
    return generator.generateKeyPair();
  }

  private static FakePair of(KeyRequest request, PublicKey publicKey, PrivateKey privateKey) {
    Set<SignatureAlgorithm> signatures = new HashSet<>();
    Set<RsaPadding> paddings = new HashSet<>();
    String algorithm = request.spec().algorithm();
    boolean signs = request.purposes().contains(Purpose.SIGN);
    for (String digest : DIGESTS) {
      if (signs && algorithm.equals("RSA")) {
        signatures.add(SignatureAlgorithm.pkcs1(digest));
        signatures.add(SignatureAlgorithm.pss(digest, digest, SignatureAlgorithm.ANY_SALT));
      } else if (signs && algorithm.equals("EC")) {
        signatures.add(SignatureAlgorithm.ecdsa(digest));
      }
    }
    if (algorithm.equals("Ed25519")) {
      signatures.add(SignatureAlgorithm.ED25519);
    }
    if (request.purposes().contains(Purpose.DECRYPT)) {
      paddings.add(RsaPadding.oaep("SHA-256", "SHA-256"));
      paddings.add(RsaPadding.oaep("SHA-1", "SHA-1"));
      paddings.add(RsaPadding.PKCS1);
    }
    return new FakePair(
        request.spec(), request.purposes(), publicKey, privateKey, signatures, paddings);
  }

  /** The same key, held to a few ways to sign. */
  public FakePair withSignatures(SignatureAlgorithm... only) {
    return new FakePair(spec, purposes, publicKey, privateKey, Set.of(only), paddings);
  }

  private static Provider provider(String algorithm) {
    return Security.getProvider(algorithm.equals("RSA") ? "SunRsaSign" : "SunEC");
  }

  byte[] encodedPublicKey() {
    return publicKey.getEncoded();
  }

  byte[] sign(SignatureAlgorithm algorithm, byte[] input) throws BackendException {
    if (signatures.stream().noneMatch(way -> way.covers(algorithm))) {
      throw new BackendException(Reason.UNSUPPORTED, "no " + algorithm);
    }
    try {
      Signature signature =
          switch (algorithm.scheme()) {
            case RSA_PKCS1 -> Signature.getInstance("NONEwithRSA", "SunJCE");
            case RSA_PSS -> Signature.getInstance("RSASSA-PSS", "SunRsaSign");
            case ECDSA -> Signature.getInstance("NONEwithECDSA", "SunEC");
            default -> Signature.getInstance("Ed25519", "SunEC");
          };
      return switch (algorithm.scheme()) {
        case RSA_PKCS1 -> RawSigning.pkcs1(signature, privateKey, algorithm.digest(), input);
        case RSA_PSS -> RawSigning.pss(privateKey, publicKey, pss(algorithm), input);
        default -> {
          signature.initSign(privateKey);
          signature.update(input);
          yield signature.sign();
        }
      };
    } catch (GeneralSecurityException e) {
      throw new BackendException(Reason.UNSUPPORTED, "the JDK can't", e);
    }
  }

  private static PSSParameterSpec pss(SignatureAlgorithm algorithm) {
    return new PSSParameterSpec(
        algorithm.digest(),
        "MGF1",
        new MGF1ParameterSpec(algorithm.mgfDigest()),
        algorithm.saltLength(),
        1);
  }

  byte[] decrypt(RsaPadding padding, byte[] label, byte[] ciphertext) throws BackendException {
    try {
      if (padding.equals(RsaPadding.PKCS1)) {
        Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding", "SunJCE");
        cipher.init(Cipher.DECRYPT_MODE, privateKey);
        return cipher.doFinal(ciphertext);
      }
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding", "SunJCE");
      cipher.init(
          Cipher.DECRYPT_MODE,
          privateKey,
          new OAEPParameterSpec(
              padding.digest(),
              "MGF1",
              new MGF1ParameterSpec(padding.mgfDigest()),
              new PSource.PSpecified(label)));
      return cipher.doFinal(ciphertext);
    } catch (GeneralSecurityException e) {
      throw new BackendException(Reason.BAD_CIPHERTEXT, "it does not decrypt", e);
    }
  }

  byte[] agree(byte[] peer) throws BackendException {
    try {
      String algorithm = publicKey.getAlgorithm();
      PublicKey other =
          KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(peer));
      KeyAgreement agreement =
          KeyAgreement.getInstance(algorithm.equals("EC") ? "ECDH" : "XDH", "SunEC");
      agreement.init(privateKey);
      agreement.doPhase(other, true);
      return agreement.generateSecret();
    } catch (GeneralSecurityException e) {
      throw new BackendException(Reason.BAD_CIPHERTEXT, "not such a public key", e);
    }
  }
}
