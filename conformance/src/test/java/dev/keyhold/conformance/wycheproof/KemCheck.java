package dev.keyhold.conformance.wycheproof;

import dev.keyhold.conformance.Kem;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.opentest4j.TestAbortedException;

/** Decapsulation through {@code KEM}. */
final class KemCheck implements Check {
  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

  private static final Map<String, String> OIDS =
      Map.of(
          "ML-KEM-512", "2.16.840.1.101.3.4.4.1",
          "ML-KEM-768", "2.16.840.1.101.3.4.4.2",
          "ML-KEM-1024", "2.16.840.1.101.3.4.4.3");

  private final Provider provider;
  private final PairKeys keys;

  KemCheck(Provider provider, PairKeys keys) {
    this.provider = provider;
    this.keys = keys;
  }

  @Override
  public void run(Vector vector) throws Exception {
    String set = vector.text("parameterSet");
    if (provider.getService("KEM", set) == null) {
      throw new TestAbortedException("no service for KEM " + set);
    }
    if (!vector.has("ek")) {
      requireNoKey(vector, set);
      return;
    }
    Outcome.require(vector, vector.bytes("K"), () -> decapsulated(vector, set));
  }

  /** A seed of another length is none, and must not come in. */
  private void requireNoKey(Vector vector, String set) throws Exception {
    byte[] seed = vector.bytes("seed");
    ASN1ObjectIdentifier oid = new ASN1ObjectIdentifier(OIDS.get(set));
    byte[] pkcs8 =
        new PrivateKeyInfo(
                new AlgorithmIdentifier(oid),
                new DERTaggedObject(false, 0, new DEROctetString(seed)))
            .getEncoded();
    PublicKey any = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
    Certificate[] chain = {Certified.of(any, Certified.DECRYPT)};
    KeyStore store = KeyStore.getInstance("Keyhold", provider);
    store.load(null, null);
    try {
      store.setKeyEntry("bad-seed", new Unread(set, pkcs8), null, chain);
    } catch (KeyStoreException e) {
      if (e.getMessage().contains("has no " + set)) {
        throw new TestAbortedException("the backend takes no such key", e);
      }
      if (e.getMessage().contains("its seed has " + seed.length + " bytes")) {
        return;
      }
      throw e;
    }
    throw new AssertionError("a seed of " + seed.length + " bytes was taken");
  }

  /** A private key that nobody has looked at. */
  private static final class Unread implements PrivateKey {
    private static final long serialVersionUID = 1L;

    private final String algorithm;
    private final byte[] encoded;

    Unread(String algorithm, byte[] encoded) {
      this.algorithm = algorithm;
      this.encoded = encoded;
    }

    @Override
    public String getAlgorithm() {
      return algorithm;
    }

    @Override
    public String getFormat() {
      return "PKCS#8";
    }

    @Override
    public byte[] getEncoded() {
      return encoded.clone();
    }
  }

  private byte[] decapsulated(Vector vector, String set) throws Exception {
    PrivateKey key = keys.key(pair(vector, set), Certified.DECRYPT);
    Kem.Decapsulator decapsulator = Kem.of(set, provider).decapsulator(key);
    byte[] secret = decapsulator.open(vector.bytes("c")).getEncoded();
    byte[] part = decapsulator.open(vector.bytes("c"), 3, 19, "AES").getEncoded();
    if (!Arrays.equals(Arrays.copyOfRange(secret, 3, 19), part)) {
      throw new AssertionError("a part of the secret is another one");
    }
    return secret;
  }

  private static KeyPair pair(Vector vector, String set) throws Exception {
    AlgorithmIdentifier algorithm =
        new AlgorithmIdentifier(new ASN1ObjectIdentifier(OIDS.get(set)));
    byte[] spki = new SubjectPublicKeyInfo(algorithm, vector.bytes("ek")).getEncoded();
    byte[] pkcs8 =
        new PrivateKeyInfo(
                algorithm, new DERTaggedObject(false, 0, new DEROctetString(vector.bytes("seed"))))
            .getEncoded();
    KeyFactory factory = KeyFactory.getInstance(set, BOUNCY_CASTLE);
    return new KeyPair(
        factory.generatePublic(new X509EncodedKeySpec(spki)),
        factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
  }
}
