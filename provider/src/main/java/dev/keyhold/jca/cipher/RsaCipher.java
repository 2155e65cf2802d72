package dev.keyhold.jca.cipher;

import dev.keyhold.gate.KeyCall;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.PrivateKeyHandle;
import dev.keyhold.jca.key.Refusal;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.policy.Policy;
import java.io.ByteArrayOutputStream;
import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.OAEPParameterSpec;

/**
 * {@code RSA/ECB/...}: with a private handle, decryption by the key's backend in one call; with any
 * other key, and for all encryption, the local engine.
 */
public final class RsaCipher extends HandleCipher {
  public static final String PKCS1 = "PKCS1Padding";

  /** The paddings, by their names in transformations. */
  public static final List<String> PADDINGS =
      List.of(
          PKCS1,
          "OAEPPadding",
          "OAEPWithSHA1AndMGF1Padding",
          "OAEPWithSHA-1AndMGF1Padding",
          "OAEPWithSHA-224AndMGF1Padding",
          "OAEPWithSHA-256AndMGF1Padding",
          "OAEPWithSHA-384AndMGF1Padding",
          "OAEPWithSHA-512AndMGF1Padding",
          "OAEPWithSHA-512/224AndMGF1Padding",
          "OAEPWithSHA-512/256AndMGF1Padding");

  /** The other paddings of {@code RSA} in the JDK, in upper case; no key of Keyhold has them. */
  public static final List<String> BARE_PADDINGS =
      List.of("NOPADDING", "OAEPWITHMD5ANDMGF1PADDING");

  private static final byte[] NOTHING = new byte[0];

  /** Changed by {@link #engineSetPadding} only, where the name is a bare RSA. */
  private String padding;

  private final boolean bare;

  private PrivateKeyHandle key;
  private Policy policy;
  private OAEPParameterSpec oaep;
  private final ByteArrayOutputStream input = new ByteArrayOutputStream();

  public RsaCipher(ProviderInstance instance, String padding) {
    this(instance, padding, false);
  }

  private RsaCipher(ProviderInstance instance, String padding, boolean bare) {
    super(instance);
    this.padding = padding;
    this.bare = bare;
  }

  /** Creates what the JDK means by {@code RSA} alone: PKCS#1 v1.5, unless a padding is set. */
  public static RsaCipher bare(ProviderInstance instance) {
    return new RsaCipher(instance, PKCS1, true);
  }

  /** Returns whether a key decrypts what is padded like this, with whatever parameters. */
  public static boolean isFor(KeyHandle key, String padding) {
    return key instanceof PrivateKeyHandle handle
        && PADDINGS.contains(padding)
        && handle.abilities().paddings().stream()
            .anyMatch(known -> known.equals(RsaPadding.PKCS1) == padding.equals(PKCS1));
  }

  // ---- init

  @Override
  String transformation() {
    return "RSA/ECB/" + padding;
  }

  @Override
  AlgorithmParameterSpec specOf(AlgorithmParameters parameters)
      throws InvalidAlgorithmParameterException {
    return OaepParameters.specOf(parameters);
  }

  /**
   * Returns null, so that a new cipher is made: that of the last key may be of a provider that does
   * not accept this key.
   */
  @Override
  Cipher atHand() {
    return null;
  }

  @Override
  void endWithHandle() {
    key = null;
    input.reset();
  }

  @Override
  boolean isWithHandle() {
    return key != null;
  }

  @Override
  void initWithHandle(
      int mode, KeyHandle newKey, AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    newKey.requireOf(instance);
    if (!isFor(newKey, padding) || !(newKey instanceof PrivateKeyHandle handle)) {
      throw Refusal.of(newKey, bare ? "Cipher RSA" : "Cipher RSA/ECB/" + padding);
    }
    if (mode != Cipher.DECRYPT_MODE && mode != Cipher.UNWRAP_MODE) {
      throw new InvalidKeyException(
          newKey + " only decrypts; encrypt with the public key of its certificate");
    }
    OAEPParameterSpec newOaep = null;
    if (!padding.equals(PKCS1)) {
      newOaep = OaepParameters.checked(parameters, padding);
      requireAble(handle, OaepParameters.padding(newOaep), parameters == null);
    } else if (parameters != null) {
      // JSSE then decrypts without them, and checks the version of TLS itself
      throw new UnsupportedOperationException("RSA/ECB/PKCS1Padding takes no parameters");
    }
    try {
      policy = handle.solePolicy();
    } catch (BackendException e) {
      throw JcaErrors.atInit(e);
    }
    key = handle;
    oaep = newOaep;
    foreign = null;
    input.reset();
  }

  private static void requireAble(PrivateKeyHandle handle, RsaPadding wanted, boolean implied)
      throws InvalidAlgorithmParameterException {
    if (handle.abilities().paddings().contains(wanted)) {
      return;
    }
    throw new InvalidAlgorithmParameterException(
        "%s can't decrypt %s; it can: %s.".formatted(handle, wanted, Refusal.paddings(handle))
            + (implied
                ? " The name of the transformation leaves MGF1 at SHA-1, as in the JDK: pass an"
                    + " OAEPParameterSpec to init, for encryption too"
                : " Encrypt and decrypt with such an OAEPParameterSpec"));
  }

  // ---- parameters

  @Override
  protected void engineSetMode(String mode) throws NoSuchAlgorithmException {
    if (!mode.equalsIgnoreCase("ECB")) {
      throw new NoSuchAlgorithmException("RSA has mode ECB only, not " + mode);
    }
  }

  @Override
  protected void engineSetPadding(String name) throws NoSuchPaddingException {
    if (bare && BARE_PADDINGS.contains(name.toUpperCase(Locale.ROOT))) {
      padding = name;
    } else if (!name.equalsIgnoreCase(padding)) {
      throw new NoSuchPaddingException("this is RSA/ECB/" + padding + ", not " + name);
    }
  }

  /** Returns 0: RSA is no block cipher. */
  @Override
  protected int engineGetBlockSize() {
    return 0;
  }

  @Override
  protected int engineGetKeySize(Key sized) throws InvalidKeyException {
    if (sized instanceof RSAKey rsa) {
      return rsa.getModulus().bitLength();
    }
    throw new InvalidKeyException("not an RSA key");
  }

  @Override
  protected int engineGetOutputSize(int inputLength) {
    return key == null ? foreign().getOutputSize(inputLength) : modulusSize();
  }

  @Override
  protected byte[] engineGetIV() {
    return null;
  }

  @Override
  protected AlgorithmParameters engineGetParameters() {
    if (key == null) {
      return foreign == null ? null : foreign.getParameters();
    }
    return oaep == null ? null : OaepParameters.encodable(oaep);
  }

  private int modulusSize() {
    return (((RSAKey) key).getModulus().bitLength() + 7) / 8;
  }

  @Override
  Cipher foreign() {
    if (foreign == null) {
      throw new IllegalStateException("the cipher is not initialised");
    }
    return foreign;
  }

  // ---- data

  @Override
  protected byte[] engineUpdate(byte[] in, int offset, int length) {
    if (key == null) {
      return foreign().update(in, offset, length);
    }
    // input that is too long is refused at the end, by its length
    input.write(in, offset, Math.min(length, modulusSize() + 1 - input.size()));
    return NOTHING;
  }

  @Override
  protected int engineUpdate(byte[] in, int offset, int length, byte[] out, int outOffset)
      throws ShortBufferException {
    if (key == null) {
      return foreign().update(in, offset, length, out, outOffset);
    }
    engineUpdate(in, offset, length);
    return 0;
  }

  @Override
  protected byte[] engineDoFinal(byte[] in, int offset, int length)
      throws IllegalBlockSizeException, BadPaddingException {
    if (key == null) {
      Cipher cipher = foreign();
      return in == null ? cipher.doFinal() : cipher.doFinal(in, offset, length);
    }
    if (in != null) {
      engineUpdate(in, offset, length);
    }
    byte[] ciphertext = input.toByteArray();
    input.reset();
    if (ciphertext.length > modulusSize()) {
      throw new IllegalBlockSizeException(
          "a ciphertext of this key has " + modulusSize() + " bytes, not more");
    }
    if (ciphertext.length < modulusSize()) {
      throw notDecrypted(null);
    }
    try {
      RsaPadding wanted = oaep == null ? RsaPadding.PKCS1 : OaepParameters.padding(oaep);
      byte[] label = oaep == null ? NOTHING : OaepParameters.label(oaep);
      return key.instance().router().pass(policy, new KeyCall.Decrypt(wanted, label, ciphertext));
    } catch (BackendException e) {
      if (e.reason() == Reason.BAD_CIPHERTEXT) {
        throw notDecrypted(e);
      }
      throw JcaErrors.inUse(e);
    }
  }

  /** Says no more than that, whatever was wrong. */
  private static BadPaddingException notDecrypted(BackendException cause) {
    BadPaddingException e = new BadPaddingException("the ciphertext does not decrypt");
    if (cause != null) {
      e.initCause(cause);
    }
    return e;
  }

  @Override
  protected int engineDoFinal(byte[] in, int offset, int length, byte[] out, int outOffset)
      throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
    if (key == null) {
      Cipher cipher = foreign();
      return in == null
          ? cipher.doFinal(out, outOffset)
          : cipher.doFinal(in, offset, length, out, outOffset);
    }
    byte[] plain = engineDoFinal(in, offset, length);
    try {
      if (plain.length > out.length - outOffset) {
        throw new ShortBufferException("the plaintext has " + plain.length + " bytes");
      }
      System.arraycopy(plain, 0, out, outOffset, plain.length);
      return plain.length;
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  // ---- keys as data

  @Override
  protected byte[] engineWrap(Key wrapped) throws IllegalBlockSizeException, InvalidKeyException {
    if (key == null) {
      return foreign().wrap(wrapped);
    }
    throw new InvalidKeyException(key + " only decrypts");
  }
}
