package dev.keyhold.jca.generate;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.gate.KeyAdministration;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.Callers;
import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.jca.key.KeyPairSpecs;
import dev.keyhold.jca.key.PrivateKeyHandle;
import dev.keyhold.jca.keystore.PlaceholderCertificate;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.policy.KeyRef;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPair;
import java.security.KeyPairGeneratorSpi;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes key pairs at a backend, as {@link SecretKeyGenerator} makes keys: {@link
 * java.security.KeyPairGenerator}, too, answers a RuntimeException by asking the next provider.
 */
public final class HandleKeyPairGenerator extends KeyPairGeneratorSpi {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.keystore");

  private final ProviderInstance instance;
  private final Birthplace birthplace;
  private final String algorithm;

  private KeyholdGenParameterSpec named;
  private KeySpec spec;

  /** The reason why such a key can't be made; thrown when it is generated. */
  private InvalidAlgorithmParameterException impossible;

  public HandleKeyPairGenerator(ProviderInstance instance, String algorithm) {
    this.instance = instance;
    this.algorithm = algorithm;
    birthplace = new Birthplace(instance);
    spec = KeyPairSpecs.standard(algorithm);
  }

  /** Makes a kind of key out of parameters. */
  @FunctionalInterface
  private interface Choice {
    KeySpec make() throws InvalidAlgorithmParameterException;
  }

  @Override
  public void initialize(int bits, SecureRandom random) {
    birthplace.refuseUnlessChosen();
    choose(() -> KeyPairSpecs.ofSize(algorithm, bits));
  }

  @Override
  public void initialize(AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidAlgorithmParameterException {
    if (parameters instanceof KeyholdGenParameterSpec keyhold) {
      KeySpec chosen = specOf(keyhold);
      named = keyhold;
      spec = chosen;
      impossible = null;
      return;
    }
    birthplace.refuseUnlessChosen();
    choose(() -> KeyPairSpecs.ofParameters(algorithm, parameters));
  }

  /**
   * Chooses a key without an alias. A kind of key that no backend has is refused only when the key
   * is generated: if it were refused here, the JCA would go on to a provider that makes such a key
   * locally.
   */
  private void choose(Choice choice) {
    named = null;
    try {
      spec = choice.make();
      impossible = null;
    } catch (InvalidAlgorithmParameterException e) {
      impossible = e;
    }
  }

  private KeySpec specOf(KeyholdGenParameterSpec keyhold)
      throws InvalidAlgorithmParameterException {
    if (keyhold.algorithmParameters().isPresent()) {
      KeySpec chosen = KeyPairSpecs.ofParameters(algorithm, keyhold.algorithmParameters().get());
      if (keyhold.keySize().isPresent() && keyhold.keySize().getAsInt() != chosen.bits()) {
        throw new InvalidAlgorithmParameterException(
            "the size and the parameters of the key do not agree");
      }
      return chosen;
    }
    return keyhold.keySize().isPresent()
        ? KeyPairSpecs.ofSize(algorithm, keyhold.keySize().getAsInt())
        : KeyPairSpecs.standard(algorithm);
  }

  @Override
  public KeyPair generateKeyPair() {
    if (named == null) {
      birthplace.refuseUnlessChosen();
    }
    // From here on a backend is chosen, and nothing may end in a key made elsewhere.
    try {
      if (impossible != null) {
        throw new BackendException(Reason.UNSUPPORTED, impossible.getMessage(), impossible);
      }
      return generate(birthplace.of(named));
    } catch (BackendException | RuntimeException e) {
      throw JcaErrors.pastFailover(e);
    }
  }

  private KeyPair generate(Birthplace.Place place) throws BackendException {
    Set<Purpose> purposes =
        named == null || named.purposes().isEmpty()
            ? KeyPairSpecs.purposes(spec)
            : named.purposes();
    Map<String, String> labels = named == null ? Map.of() : named.labels();
    KeyRouter router = instance.router();
    Access access = Callers.access(router, place.alias());
    KeyMetadata key = router.administration(access).create(place.ref(), spec, purposes, labels);
    byte[] publicKey = router.publicKey(access, place.ref());
    PrivateKeyHandle handle = PrivateKeyHandle.of(instance, place.alias(), key, publicKey);
    keepPlaceholder(router, place.ref(), handle);
    return new KeyPair(handle.publicKey(), handle);
  }

  /**
   * Keeps a placeholder certificate, so that the key has one certificate from the beginning,
   * wherever it is read.
   */
  private static void keepPlaceholder(KeyRouter router, KeyRef ref, PrivateKeyHandle handle) {
    KeyAdministration keys = router.administration(Callers.access(router, handle.alias()));
    try {
      if (router.facts().keepsCertificates(ref.backend()) && keys.certificates(ref).isEmpty()) {
        keys.keepCertificates(ref, List.of(PlaceholderCertificate.of(handle)));
      }
    } catch (BackendException e) {
      LOG.log(
          System.Logger.Level.INFO,
          "the placeholder of {0} is not kept, and will be made when it is needed: {1}",
          handle,
          e.getMessage());
    }
  }
}
