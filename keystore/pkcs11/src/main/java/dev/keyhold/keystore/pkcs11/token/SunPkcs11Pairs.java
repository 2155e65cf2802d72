package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.LocalEngine;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.encoding.Digests;
import dev.keyhold.keystore.kit.Interrupts;
import dev.keyhold.keystore.pkcs11.library.ChangeLock;
import dev.keyhold.keystore.pkcs11.library.Pkcs11Errors;
import dev.keyhold.keystore.pkcs11.library.ProcessToken;
import dev.keyhold.keystore.pkcs11.library.SunPkcs11Config;
import dev.keyhold.keystore.pkcs11.pairs.PairMechanisms;
import dev.keyhold.keystore.pkcs11.pairs.PairOperations;
import dev.keyhold.keystore.pkcs11.pairs.PairRef;
import dev.keyhold.keystore.pkcs11.pairs.PrivateKeyOperation;
import dev.keyhold.keystore.pkcs11.pairs.RsaEncoding;
import dev.keyhold.keystore.pkcs11.pairs.SignatureCheck;
import dev.keyhold.keystore.pkcs11.pairs.SoftwarePair;
import dev.keyhold.keystore.pkcs11.pairs.TokenCertificate;
import java.security.AuthProvider;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;

/**
 * Key pairs through SunPKCS11. Those that decrypt or agree go through a second provider, opened at
 * the first need: see {@link SunPkcs11Config#openForExchange}. Thread-safe.
 */
final class SunPkcs11Pairs implements PairOperations {
  /** Opens the second provider. */
  @FunctionalInterface
  interface Opener {
    AuthProvider open();
  }

  /** A provider's mechanisms, and its view of the keys. */
  private record Side(PairMechanisms mechanisms, TokenPairStore store, TokenPairChanges changes) {
    static Side of(Provider provider, TokenKeyStore access) {
      TokenPairStore store = new TokenPairStore(access);
      return new Side(new PairMechanisms(provider), store, new TokenPairChanges(access, store));
    }
  }

  private static final byte[] CANARY = {1, 2, 3, 4};

  private final TokenLogin login;
  private final TokenCalls calls;
  private final Opener opener;
  private final Side signing;
  private final ChangeLock changes;
  private final ReentrantLock opening = new ReentrantLock();
  private volatile AuthProvider exchangeProvider;
  private volatile Side exchange;
  private volatile Boolean signsBlocks; // null: not tried yet

  SunPkcs11Pairs(
      Provider provider, TokenKeyStore access, TokenLogin login, TokenCalls calls, Opener opener) {
    this.changes = access.changes();
    this.login = login;
    this.calls = calls;
    this.opener = opener;
    this.signing = Side.of(provider, access);
  }

  /** Returns whether all keys went at once. */
  boolean isVanished() {
    Side other = exchange;
    return other != null && other.store().isVanished();
  }

  /** Takes the second provider out of use. */
  void retire(ProcessToken process) {
    AuthProvider provider = exchangeProvider;
    if (provider != null) {
      process.retire(provider);
    }
  }

  @Override
  public void generate(String label, KeySpec spec, Purpose purpose) throws BackendException {
    Side side = side(purpose);
    watched(
        () ->
            side.changes()
                .store(
                    label,
                    () -> {
                      KeyPair made = side.mechanisms().generate(spec);
                      return entry(
                          label,
                          new SoftwarePair(made.getPrivate(), made.getPublic()),
                          purpose,
                          message -> sign(side.mechanisms(), made, message));
                    }));
  }

  @Override
  public void importPair(String label, SoftwarePair pair, Purpose purpose) throws BackendException {
    Side side = side(purpose);
    watched(() -> side.changes().store(label, () -> entry(label, pair, purpose, pair::signSha256)));
  }

  private static TokenPairChanges.Entry entry(
      String label, SoftwarePair pair, Purpose purpose, TokenCertificate.Signer signer)
      throws GeneralSecurityException {
    return new TokenPairChanges.Entry(
        pair.privateKey(), TokenCertificate.of(label, pair.publicKey(), purpose, signer));
  }

  private static byte[] sign(PairMechanisms mechanisms, KeyPair pair, byte[] message)
      throws GeneralSecurityException {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(message);
    boolean rsa = pair.getPrivate().getAlgorithm().equals("RSA");
    PrivateKeyOperation operation =
        rsa ? PrivateKeyOperation.SIGN_PKCS1 : PrivateKeyOperation.SIGN_ECDSA;
    byte[] input = rsa ? Digests.digestInfo("SHA-256", hash) : hash;
    byte[] signature = mechanisms.sign(operation, pair.getPrivate(), input);
    // token keys are objects of the provider: read through the public interfaces
    PublicKey key =
        KeyFactory.getInstance(pair.getPublic().getAlgorithm())
            .generatePublic(new X509EncodedKeySpec(pair.getPublic().getEncoded()));
    if (!SignatureCheck.isRight(key, operation, input, signature)) {
      throw new ProviderException("the token's signature of the new key is wrong");
    }
    return signature;
  }

  @Override
  public void relabel(PairRef pair, String to) throws BackendException {
    watched(() -> signing.changes().relabel(pair, to));
  }

  @Override
  public List<X509Certificate> certificates(PairRef pair) throws BackendException {
    return calls.watched(() -> signing.store().certificates(pair));
  }

  @Override
  public void keep(PairRef pair, List<X509Certificate> chain) throws BackendException {
    watched(() -> signing.changes().keep(pair, chain));
  }

  @Override
  public byte[] sign(PairRef pair, PrivateKeyOperation operation, byte[] input)
      throws BackendException {
    return calls.with(
        signing.store(), pair, "signing", key -> signing.mechanisms().sign(operation, key, input));
  }

  @Override
  public byte[] decrypt(PairRef pair, byte[] ciphertext) throws BackendException {
    Side side = side(Purpose.DECRYPT);
    return calls.with(
        side.store(),
        pair,
        "decryption",
        key -> {
          try {
            return side.mechanisms().decrypt(key, ciphertext);
          } catch (GeneralSecurityException | ProviderException e) {
            if (isForged(side, pair, key, e)) {
              throw new BadPaddingException();
            }
            throw e;
          }
        });
  }

  @Override
  public byte[] agree(PairRef pair, ECPublicKey peer) throws BackendException {
    Side side = side(Purpose.AGREE);
    return calls.with(
        side.store(), pair, "key agreement", key -> side.mechanisms().agree(key, peer));
  }

  @Override
  public boolean offers(PrivateKeyOperation operation) {
    return signing.mechanisms().offers(operation);
  }

  @Override
  public boolean does(PrivateKeyOperation operation, PairRef pair) throws BackendException {
    if (!pair.publicKey().getAlgorithm().equals(operation.algorithm()) || !offers(operation)) {
      return false;
    }
    return operation != PrivateKeyOperation.SIGN_BLOCK || signsBlocks(pair);
  }

  /** Tokens list CKM_RSA_X_509 that refuse it, as a policy says. */
  private boolean signsBlocks(PairRef pair) throws BackendException {
    Boolean known = signsBlocks;
    if (known != null) {
      return known;
    }
    RSAPublicKey key = (RSAPublicKey) pair.publicKey();
    try {
      byte[] block =
          RsaEncoding.pss(
              SignatureAlgorithm.pss("SHA-256", "SHA-256", 32),
              LocalRandom.bytes(32),
              key.getModulus().bitLength());
      byte[] signature = sign(pair, PrivateKeyOperation.SIGN_BLOCK, block);
      signsBlocks = SignatureCheck.isRight(key, PrivateKeyOperation.SIGN_BLOCK, block, signature);
      return signsBlocks;
    } catch (BackendException e) {
      switch (e.reason()) {
        case UNSUPPORTED -> signsBlocks = false;
        case DENIED -> {} // this key may not: another one may
        default -> throw e;
      }
      return false;
    } catch (GeneralSecurityException e) {
      throw LocalEngine.broken(e);
    }
  }

  /**
   * Returns whether a failed decryption means a forged input. Tokens return CKR_GENERAL_ERROR or
   * the like both for a wrong padding and for a fault of the device, so the token must then decrypt
   * a ciphertext that is made here.
   */
  private boolean isForged(Side side, PairRef pair, PrivateKey key, Exception e) {
    if (Pkcs11Errors.isTampered(e)) {
      return true;
    }
    if (!Pkcs11Errors.isAmbiguous(e)) {
      return false;
    }
    try {
      Cipher cipher = LocalEngine.cipher("RSA/ECB/PKCS1Padding");
      cipher.init(Cipher.ENCRYPT_MODE, pair.publicKey());
      byte[] back = side.mechanisms().decrypt(key, cipher.doFinal(CANARY));
      return Arrays.equals(back, CANARY);
    } catch (GeneralSecurityException | ProviderException other) {
      calls.sessionsLost();
      return false;
    }
  }

  private Side side(Purpose purpose) throws BackendException {
    return purpose == Purpose.SIGN ? signing : exchange();
  }

  private Side exchange() throws BackendException {
    Side known = exchange;
    if (known != null) {
      return known;
    }
    Interrupts.lock(opening, "the token");
    try {
      if (exchange == null) {
        exchange = calls.watched(this::open);
      }
      return exchange;
    } finally {
      opening.unlock();
    }
  }

  private Side open() throws BackendException {
    try {
      AuthProvider provider = opener.open();
      exchangeProvider = provider;
      // the login is the process's, whichever provider asked for it
      return Side.of(provider, new TokenKeyStore(provider, login, changes));
    } catch (GeneralSecurityException | ProviderException e) {
      throw Pkcs11Errors.translate("connecting to the token", e);
    }
  }

  private void watched(ChangeLock.Change change) throws BackendException {
    calls.watched(
        () -> {
          change.run();
          return null;
        });
  }
}
