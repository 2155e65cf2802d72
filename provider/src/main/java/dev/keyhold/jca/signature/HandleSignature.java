package dev.keyhold.jca.signature;

import dev.keyhold.gate.KeyCall;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.NextProvider;
import dev.keyhold.jca.key.PrivateKeyHandle;
import dev.keyhold.jca.key.PssParameters;
import dev.keyhold.jca.key.Refusal;
import dev.keyhold.jca.key.SignatureName;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.SignatureAlgorithm.Scheme;
import dev.keyhold.keystore.encoding.Digests;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Policy;
import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Optional;

/**
 * A signature: with a private handle, made by the key's backend in one call, which is given the
 * digest where it can be. With any other key, and for all verification, the next provider's.
 */
public final class HandleSignature extends SignatureSpi {
  private static final int PKCS1_PADDING = 11;
  private static final int LONGEST_DIGEST = 64;

  private final ProviderInstance instance;
  private final SignatureName name;

  /**
   * The parameters of RSASSA-PSS; may be set before or after the key. The algorithm's name may
   * already contain them.
   */
  private PSSParameterSpec parameters;

  /** Does the work for keys that are not Keyhold's. */
  private Signature foreign;

  /** The key of the last verification. */
  private PublicKey verifyingKey;

  private PrivateKeyHandle key;
  private Policy policy;

  /** Null where the input, or parameters that are not set yet, will decide. */
  private SigningWay way;

  private SignatureInput input;

  public HandleSignature(ProviderInstance instance, SignatureName name) {
    this.instance = instance;
    this.name = name;
    parameters = name.namedParameters();
  }

  // ---- init

  @Override
  protected void engineInitVerify(PublicKey publicKey) throws InvalidKeyException {
    useForeign(publicKey, signature -> signature.initVerify(publicKey));
    verifyingKey = publicKey;
  }

  @Override
  protected void engineInitSign(PrivateKey privateKey) throws InvalidKeyException {
    engineInitSign(privateKey, null);
  }

  @Override
  protected void engineInitSign(PrivateKey privateKey, SecureRandom random)
      throws InvalidKeyException {
    Optional<KeyHandle> own = KeyHandle.own(privateKey, instance);
    if (own.isEmpty()) {
      SecureRandom nonces = random == null ? LocalRandom.get() : random;
      useForeign(privateKey, signature -> signature.initSign(privateKey, nonces));
      return;
    }
    own.get().requireOf(instance);
    if (!name.isFor(own.get()) || !(own.get() instanceof PrivateKeyHandle handle)) {
      throw Refusal.of(own.get(), "Signature " + name.algorithm());
    }
    try {
      Policy newPolicy = handle.solePolicy();
      SigningWay newWay = wayOf(handle);
      SignatureInput newInput = inputOf(handle, newPolicy.soleKey());
      key = handle;
      policy = newPolicy;
      way = newWay;
      input = newInput;
      foreign = null;
    } catch (BackendException e) {
      throw JcaErrors.atInit(e);
    }
  }

  private void useForeign(java.security.Key other, NextProvider.Init<Signature> init)
      throws InvalidKeyException {
    PSSParameterSpec given = parameters;
    try {
      foreign =
          NextProvider.signature(
              name.standardName(),
              other,
              signature -> {
                if (given != null) {
                  signature.setParameter(given);
                }
                init.on(signature);
              });
    } catch (InvalidAlgorithmParameterException e) {
      throw new InvalidKeyException("these parameters are not for this key", e);
    }
    key = null;
    input = null;
  }

  /** Null where it can't be known yet. */
  private SigningWay wayOf(PrivateKeyHandle handle) throws InvalidKeyException {
    boolean lacksParameters = name.scheme() == Scheme.RSA_PSS && parameters == null;
    return name.isRaw() || lacksParameters ? null : SigningWay.of(handle, name.wanted(parameters));
  }

  private SignatureInput inputOf(PrivateKeyHandle handle, KeyRef handleRef)
      throws BackendException {
    if (name.scheme() == Scheme.RSA_PSS) {
      return parameters == null
          ? null
          : SignatureInput.digested(Digests.standard(parameters.getDigestAlgorithm()));
    }
    if (name.wanted(null).signsDigest()) {
      return SignatureInput.digested(name.digest());
    }
    if (!name.isRaw()) {
      int limit = handle.instance().router().facts().maxSignedMessage(handleRef);
      return SignatureInput.gathered(limit, "the backend of this key signs no more at once");
    }
    int limit =
        handle instanceof RSAKey rsa
            ? (rsa.getModulus().bitLength() + 7) / 8 - PKCS1_PADDING
            : LONGEST_DIGEST;
    return SignatureInput.gathered(limit, name.algorithm() + " takes a digest");
  }

  // ---- parameters

  @Override
  protected void engineSetParameter(AlgorithmParameterSpec spec)
      throws InvalidAlgorithmParameterException {
    AlgorithmParameterSpec given = name.scheme() == Scheme.RSA_PSS ? name.checked(spec) : spec;
    if (key == null && foreign != null) {
      foreign.setParameter(given);
    }
    if (!(given instanceof PSSParameterSpec checked) || name.scheme() != Scheme.RSA_PSS) {
      requireNone(spec);
      return;
    }
    if (input != null && !input.isEmpty()) {
      throw new ProviderException("parameters can't change within a message");
    }
    if (key != null) {
      SignatureAlgorithm wanted = PssParameters.algorithm(checked);
      try {
        way = SigningWay.of(key, wanted);
      } catch (InvalidKeyException e) {
        throw new InvalidAlgorithmParameterException(e.getMessage(), e);
      }
      input = SignatureInput.digested(wanted.digest());
    }
    parameters = checked;
  }

  /** ECDSA may be told the curve of its key. */
  private void requireNone(AlgorithmParameterSpec spec) throws InvalidAlgorithmParameterException {
    boolean ofKey =
        spec instanceof ECParameterSpec curve
            && name.scheme() == Scheme.ECDSA
            && (!(key instanceof ECKey ec) || isSame(curve, ec.getParams()));
    if (spec != null && !ofKey) {
      throw new InvalidAlgorithmParameterException(name.algorithm() + " takes no parameters");
    }
  }

  private static boolean isSame(ECParameterSpec one, ECParameterSpec other) {
    return one.getCurve().equals(other.getCurve())
        && one.getGenerator().equals(other.getGenerator())
        && one.getOrder().equals(other.getOrder());
  }

  @Override
  protected AlgorithmParameters engineGetParameters() {
    if (key == null && foreign != null) {
      return foreign.getParameters();
    }
    return parameters == null ? null : PssParameters.encodable(parameters);
  }

  @Override
  @Deprecated
  protected void engineSetParameter(String parameter, Object value) {
    throw new InvalidParameterException(name.algorithm() + " has no named parameters");
  }

  @Override
  @Deprecated
  protected Object engineGetParameter(String parameter) {
    throw new InvalidParameterException(name.algorithm() + " has no named parameters");
  }

  // ---- data

  @Override
  protected void engineUpdate(byte b) throws SignatureException {
    engineUpdate(new byte[] {b}, 0, 1);
  }

  @Override
  protected void engineUpdate(byte[] bytes, int offset, int length) throws SignatureException {
    if (key == null) {
      foreign.update(bytes, offset, length);
    } else {
      requiredInput().update(bytes, offset, length);
    }
  }

  private SignatureInput requiredInput() throws SignatureException {
    if (input == null) {
      throw new SignatureException(
          "RSASSA-PSS needs parameters: call setParameter with a PSSParameterSpec; %s can sign %s"
              .formatted(key, SigningWay.choices(key, Scheme.RSA_PSS)));
    }
    return input;
  }

  @Override
  protected byte[] engineSign() throws SignatureException {
    if (key == null) {
      return foreign.sign();
    }
    byte[] message = requiredInput().end();
    SigningWay chosen = way == null ? SigningWay.ofRaw(key, name.wanted(null), message) : way;
    try {
      KeyRouter router = key.instance().router();
      byte[] signature =
          router.pass(policy, new KeyCall.Sign(chosen.algorithm(), chosen.input().apply(message)));
      return name.p1363() ? SignatureFormat.p1363(signature, numberSize()) : signature;
    } catch (BackendException | IllegalArgumentException e) {
      throw new SignatureException(e.getMessage(), e);
    }
  }

  private int numberSize() {
    return (((ECKey) key).getParams().getOrder().bitLength() + 7) / 8;
  }

  @Override
  protected boolean engineVerify(byte[] signature) throws SignatureException {
    boolean wellFormed = SignatureFormat.isOf(name, verifyingKey, signature);
    return foreign.verify(signature) && wellFormed; // first, since that ends the message
  }

  @Override
  protected boolean engineVerify(byte[] signature, int offset, int length)
      throws SignatureException {
    return engineVerify(Arrays.copyOfRange(signature, offset, offset + length));
  }
}
