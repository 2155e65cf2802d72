package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.pkcs11.library.Module;
import dev.keyhold.keystore.pkcs11.library.Pkcs11Errors;
import dev.keyhold.keystore.pkcs11.library.ProcessToken;
import dev.keyhold.keystore.pkcs11.library.Slot;
import dev.keyhold.keystore.pkcs11.library.SlotFinder;
import dev.keyhold.keystore.pkcs11.library.SunPkcs11Config;
import dev.keyhold.keystore.pkcs11.library.TokenUnreachableException;
import dev.keyhold.keystore.pkcs11.pairs.PairOperations;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AuthProvider;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;

/**
 * A token through the JDK's SunPKCS11: one provider instance for each configuration, logged in for
 * as long as a backend of this process uses it.
 */
public final class SunPkcs11Token implements Token {
  private static final Logger LOG = System.getLogger(SunPkcs11Token.class.getPackageName());

  private static final byte[] CANARY = new byte[16];
  private static final byte[] CANARY_IV = new byte[TokenMechanisms.IV_LENGTH];

  private final TokenLogin login;
  private final TokenStore store;
  private final TokenMechanisms mechanisms;
  private final AuthProvider provider;
  private final ProcessToken process;
  private final TokenKeyStore access;
  private final TokenCalls calls = new TokenCalls();
  private final SunPkcs11Pairs pairs;

  private SunPkcs11Token(
      AuthProvider provider, TokenLogin login, ProcessToken process, SunPkcs11Pairs.Opener exchange)
      throws GeneralSecurityException {
    this.provider = provider;
    this.login = login;
    this.process = process;
    this.access = new TokenKeyStore(provider, login, process.changes());
    this.mechanisms = new TokenMechanisms(provider);
    this.store = new TokenStore(access, mechanisms);
    this.pairs = new SunPkcs11Pairs(provider, access, login, calls, exchange);
  }

  /**
   * Connects and logs in.
   *
   * @throws TokenUnreachableException if the token isn't there, or its library does not answer
   * @throws BackendException with MISCONFIGURED if the library is no such library, or the PIN wrong
   */
  public static SunPkcs11Token open(Module module, String label, Pin pin)
      throws BackendException, TokenUnreachableException {
    Path library = module.library();
    if (!Files.isRegularFile(library)) {
      throw new BackendException(
          Reason.MISCONFIGURED, "the PKCS#11 library is gone: " + library + " does not exist");
    }
    Slot slot = new SlotFinder(module).find(label);
    if (slot.token().isCountLow()) {
      LOG.log(
          Level.WARNING,
          "token ''{0}'' had a wrong PIN since its last login (CKF_USER_PIN_COUNT_LOW)",
          label);
    }
    ProcessToken process = ProcessToken.enter(SlotFinder.name(module, slot.id()));
    boolean opened = false;
    boolean dead = false;
    try {
      SunPkcs11Token token = open(module, slot, pin, process);
      opened = true;
      return token;
    } catch (TokenUnreachableException e) {
      dead = Pkcs11Errors.isLost(e);
      throw e;
    } finally {
      if (!opened) {
        process.leave(dead);
      }
    }
  }

  private static SunPkcs11Token open(Module module, Slot slot, Pin pin, ProcessToken process)
      throws BackendException, TokenUnreachableException {
    AuthProvider provider = null;
    try {
      provider = process.instance("sign", () -> SunPkcs11Config.open(module, slot));
      TokenLogin login = new TokenLogin(provider, pin, process, slot.token());
      SunPkcs11Pairs.Opener exchange =
          () -> process.instance("exchange", () -> SunPkcs11Config.openForExchange(module, slot));
      SunPkcs11Token token = new SunPkcs11Token(provider, login, process, exchange);
      token.access.load();
      process.is(slot.token());
      return token;
    } catch (ProviderException | GeneralSecurityException e) {
      process.retire(provider);
      throw new TokenUnreachableException(
          true, Pkcs11Errors.translate("connecting to the token", e));
    } catch (BackendException e) {
      if (Pkcs11Errors.isLost(e)) {
        process.retire(provider);
        throw new TokenUnreachableException(true, e);
      }
      throw e;
    }
  }

  @Override
  public List<TokenObject> objects() throws BackendException {
    return calls.watched(store::list);
  }

  @Override
  public void generate(String label, String algorithm, int bits) throws BackendException {
    calls.watched(
        () -> {
          store.generate(label, algorithm, bits);
          return null;
        });
  }

  @Override
  public void importKey(String label, String algorithm, byte[] material) throws BackendException {
    // SunPKCS11 keeps the key object that it is given in a cache for good: so it is emptied
    ErasableKey key = new ErasableKey(algorithm, material.clone());
    try {
      calls.watched(
          () -> {
            store.importKey(label, key);
            return null;
          });
    } finally {
      key.destroy();
    }
  }

  @Override
  public void relabel(String from, String to) throws BackendException {
    calls.watched(
        () -> {
          store.relabel(from, to);
          return null;
        });
  }

  @Override
  public byte[] encrypt(String label, byte[] iv, byte[] aad, byte[] plaintext)
      throws BackendException {
    return calls.with(
        store,
        label,
        "encryption",
        handle -> mechanisms.gcm(Cipher.ENCRYPT_MODE, handle.key(), iv, aad, plaintext));
  }

  @Override
  public byte[] decrypt(String label, byte[] iv, byte[] aad, byte[] ciphertext)
      throws BackendException {
    return calls.with(
        store,
        label,
        "decryption",
        handle -> {
          try {
            return mechanisms.gcm(Cipher.DECRYPT_MODE, handle.key(), iv, aad, ciphertext);
          } catch (GeneralSecurityException | ProviderException e) {
            if (isForged(handle, e)) {
              throw new AEADBadTagException();
            }
            throw e;
          }
        });
  }

  @Override
  public byte[] hmac(String label, String algorithm, byte[] message) throws BackendException {
    return calls.with(
        store, label, algorithm, handle -> mechanisms.hmac(algorithm, handle.key(), message));
  }

  @Override
  public byte[] random(int length) throws BackendException {
    byte[] bytes = new byte[length];
    try {
      SecureRandom.getInstance("PKCS11", provider).nextBytes(bytes);
      return bytes;
    } catch (NoSuchAlgorithmException | ProviderException e) {
      throw TokenCalls.fault("random generation", e);
    }
  }

  @Override
  public boolean honoursGcmIv() throws BackendException {
    return calls.watched(
        () -> {
          login.ensure();
          return mechanisms.honoursGcmIv();
        });
  }

  @Override
  public boolean computesHmac(String algorithm, int bits) throws BackendException {
    return calls.watched(
        () -> {
          login.ensure();
          return mechanisms.computesHmac(algorithm, bits);
        });
  }

  @Override
  public PairOperations keyPairs() {
    return pairs;
  }

  @Override
  public Health health() {
    Health health = calls.health();
    boolean vanished = access.isVanished() || pairs.isVanished();
    return vanished && health != Health.DEAD ? Health.VANISHED : health;
  }

  @Override
  public void close() {
    Health health = health();
    if (health != Health.GOOD) {
      process.retire(provider);
      pairs.retire(process);
    }
    login.leave(health == Health.DEAD || health == Health.VANISHED);
  }

  /**
   * Returns whether a failed decryption means a forged input. Many modules return CKR_GENERAL_ERROR
   * both for a wrong tag and for a fault of the device, so the token must then decrypt a ciphertext
   * that it made itself.
   */
  private boolean isForged(TokenKeyHandle handle, Exception e) {
    if (Pkcs11Errors.isTampered(e)) {
      return true;
    }
    if (!Pkcs11Errors.isAmbiguous(e)) {
      return false;
    }
    boolean works = decryptsItsOwn(handle);
    if (!works) {
      calls.sessionsLost();
    }
    return works;
  }

  private boolean decryptsItsOwn(TokenKeyHandle handle) {
    try {
      byte[] canary = handle.canary();
      if (canary == null) {
        // one IV for all canaries of a key: they are the same ciphertext, made by whichever process
        canary = mechanisms.gcm(Cipher.ENCRYPT_MODE, handle.key(), CANARY_IV, CANARY, CANARY);
        handle.keepCanary(canary);
      }
      byte[] back = mechanisms.gcm(Cipher.DECRYPT_MODE, handle.key(), CANARY_IV, CANARY, canary);
      return Arrays.equals(back, CANARY);
    } catch (GeneralSecurityException | ProviderException e) {
      return false;
    }
  }
}
