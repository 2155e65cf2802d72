package dev.keyhold.jca;

import dev.keyhold.instance.KeyholdProviders;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.agreement.HandleKem;
import dev.keyhold.jca.agreement.HandleKeyAgreement;
import dev.keyhold.jca.agreement.KemInterfaces;
import dev.keyhold.jca.cipher.AesGcmCipher;
import dev.keyhold.jca.cipher.KeyWrapCipher;
import dev.keyhold.jca.cipher.RefusedCipher;
import dev.keyhold.jca.cipher.RsaCipher;
import dev.keyhold.jca.generate.HandleKeyPairGenerator;
import dev.keyhold.jca.generate.SecretKeyGenerator;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.KeyWrapName;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.jca.key.SignatureName;
import dev.keyhold.jca.keystore.HandlePkcs12;
import dev.keyhold.jca.keystore.KeyholdKeyStore;
import dev.keyhold.jca.signature.HandleSignature;
import dev.keyhold.keystore.encoding.AlgorithmTable;
import java.security.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The table of services. */
public final class Services {
  /** The keys of a service that is not chosen by a key, or refuses every key of Keyhold. */
  static final Predicate<KeyHandle> NO_KEY = key -> false;

  /** The parameters of what Keyhold's keys do. */
  private static final List<String> PARAMETERS = List.of("GCM", "AES", "OAEP", "RSASSA-PSS");

  private final Provider provider;
  private final ProviderInstance instance;
  private final List<Provider.Service> table = new ArrayList<>();

  private Services(Provider provider, ProviderInstance instance) {
    this.provider = provider;
    this.instance = instance;
  }

  /** Returns the services that every instance has. */
  public static List<Provider.Service> of(Provider provider, ProviderInstance instance) {
    instance.ownedBy(provider);
    Services services = new Services(provider, instance);
    services.add("KeyStore", KeyholdProviders.NAME, KeyholdKeyStore::new, NO_KEY);
    services.add("KeyStore", HandlePkcs12.TYPE, i -> new HandlePkcs12(), NO_KEY);
    services.addGenerators();
    services.addCiphers();
    services.addMacsAndSignatures();
    services.addAgreements();
    for (String name : PARAMETERS) {
      services.add("AlgorithmParameters", name, i -> new NextParameters(name), NO_KEY);
    }
    for (RefusedNames.Name refused : RefusedNames.all()) {
      services.add(refused.type(), refused.algorithm(), refused.constructor(), NO_KEY);
    }
    return services.table;
  }

  private void addGenerators() {
    add("KeyGenerator", "AES", SecretKeyGenerator::aes, NO_KEY);
    for (String hmac : AlgorithmTable.HMACS) {
      add("KeyGenerator", hmac, i -> SecretKeyGenerator.hmac(i, hmac), NO_KEY);
    }
    for (String algorithm : AlgorithmTable.keyPairNames()) {
      add("KeyPairGenerator", algorithm, i -> new HandleKeyPairGenerator(i, algorithm), NO_KEY);
    }
  }

  private void addCiphers() {
    for (String gcm : List.of("AES/GCM/NoPadding", "AES_256/GCM/NoPadding")) {
      add("Cipher", gcm, i -> new AesGcmCipher(i, gcm), AesGcmCipher::isFor);
    }
    // the other modes of AES, with any padding of the next provider; AES alone is ECB
    add(
        "Cipher",
        "AES",
        AlgorithmAliases.of("Cipher", "AES"),
        Map.of("SupportedModes", "(?!(?:GCM|KW|KWP)$).*"),
        i -> new RefusedCipher(i, "AES"),
        NO_KEY,
        foreign -> false);
    for (String padding : RsaCipher.PADDINGS) {
      add(
          "Cipher",
          "RSA/ECB/" + padding,
          i -> new RsaCipher(i, padding),
          key -> RsaCipher.isFor(key, padding));
    }
    add(
        "Cipher",
        "RSA",
        List.of(),
        Map.of(
            "SupportedModes",
            "ECB",
            "SupportedPaddings",
            String.join("|", RsaCipher.BARE_PADDINGS)),
        RsaCipher::bare,
        key -> RsaCipher.isFor(key, RsaCipher.PKCS1),
        foreign -> false);
    for (KeyWrapName name : KeyWrapName.all()) {
      add(
          "Cipher",
          name.transformation(),
          name.aliases(),
          Map.of(),
          i -> new KeyWrapCipher(i, name),
          name::isFor,
          foreign -> false);
    }
  }

  private void addMacsAndSignatures() {
    for (String hmac : AlgorithmTable.HMACS) {
      add(
          "Mac",
          hmac,
          i -> new Hmac(i, hmac),
          key -> key instanceof SecretKeyHandle && key.getAlgorithm().equals(hmac));
    }
    for (SignatureName name : SignatureName.all()) {
      add(
          "Signature",
          name.algorithm(),
          AlgorithmAliases.of("Signature", name.algorithm()),
          Map.of(),
          i -> new HandleSignature(i, name),
          name.isRefused() ? NO_KEY : name::isFor,
          name::verifiesWith);
    }
  }

  private void addAgreements() {
    for (String name : List.of("ECDH", "XDH", "X25519")) {
      add(
          "KeyAgreement",
          name,
          i -> new HandleKeyAgreement(i, name),
          key -> HandleKeyAgreement.isFor(key, name));
    }
    if (KemInterfaces.areThere()) {
      for (String name : HandleKem.NAMES) {
        add("KEM", name, i -> new HandleKem(i, name).spi(), key -> HandleKem.isFor(key, name));
      }
    }
  }

  /**
   * Returns the type of key store that a provider with a name of its own has beside {@code
   * Keyhold}.
   */
  public static Provider.Service keyStore(Provider provider, ProviderInstance instance) {
    Services services = new Services(provider, instance);
    services.add("KeyStore", instance.providerName(), KeyholdKeyStore::new, NO_KEY);
    return services.table.get(0);
  }

  /** Returns the service that stands only where the configuration claims it. */
  public static Provider.Service secureRandom(Provider provider, ProviderInstance instance) {
    Services services = new Services(provider, instance);
    services.add("SecureRandom", "Keyhold", BackendRandom::new, NO_KEY);
    return services.table.get(0);
  }

  private void add(
      String type,
      String algorithm,
      KeyholdService.Constructor constructor,
      Predicate<KeyHandle> keys) {
    List<String> aliases = AlgorithmAliases.of(type, algorithm);
    add(type, algorithm, aliases, Map.of(), constructor, keys, foreign -> false);
  }

  private void add(
      String type,
      String algorithm,
      List<String> aliases,
      Map<String, String> attributes,
      KeyholdService.Constructor constructor,
      Predicate<KeyHandle> keys,
      Predicate<Object> others) {
    table.add(
        new KeyholdService(
            provider, instance, type, algorithm, aliases, attributes, constructor, keys, others));
  }
}
