package dev.keyhold.jca;

import dev.keyhold.keystore.Purpose;
import java.security.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** The table of services. */
public final class Services {
  /** The HMACs, by their standard names. */
  static final List<String> HMACS = List.of("HmacSHA256", "HmacSHA384", "HmacSHA512");

  /** The key pairs, by the names of their generators. */
  private static final List<String> KEY_PAIRS =
      List.of(
          "RSA",
          "EC",
          "EdDSA",
          "Ed25519",
          "XDH",
          "X25519",
          "ML-DSA",
          "ML-DSA-44",
          "ML-DSA-65",
          "ML-DSA-87",
          "ML-KEM",
          "ML-KEM-512",
          "ML-KEM-768",
          "ML-KEM-1024");

  private final Provider provider;
  private final Instance instance;
  private final List<Provider.Service> table = new ArrayList<>();

  private Services(Provider provider, Instance instance) {
    this.provider = provider;
    this.instance = instance;
  }

  /** The services that every instance has. */
  public static List<Provider.Service> of(Provider provider, Instance instance) {
    Services services = new Services(provider, instance);
    services.add("Cipher", "AES/GCM/NoPadding", AesGcmCipher::new, isAlgorithm("AES"));
    services.add("KeyGenerator", "AES", SecretKeyGenerator::aes, Services::noKey);
    services.add("KeyStore", "Keyhold", KeyholdKeyStore::new, Services::noKey);
    for (String hmac : HMACS) {
      services.add("Mac", hmac, i -> new Hmac(i, hmac), isAlgorithm(hmac));
      services.add("KeyGenerator", hmac, i -> SecretKeyGenerator.hmac(i, hmac), Services::noKey);
    }
    for (String algorithm : KEY_PAIRS) {
      services.add(
          "KeyPairGenerator",
          algorithm,
          i -> new HandleKeyPairGenerator(i, algorithm),
          Services::noKey);
    }
    for (SignatureName name : SignatureName.all()) {
      services.add(
          "Signature",
          name.algorithm(),
          List.of(),
          i -> new HandleSignature(i, name),
          name::isFor,
          name::verifiesWith);
    }
    for (String padding : RsaCipher.PADDINGS) {
      services.add(
          "Cipher",
          "RSA/ECB/" + padding,
          i -> new RsaCipher(i, padding),
          key -> RsaCipher.isFor(key, padding));
    }
    for (KeyWrapName name : KeyWrapName.all()) {
      services.add(
          "Cipher",
          name.transformation(),
          name.aliases(),
          i -> new KeyWrapCipher(i, name),
          name::isFor,
          foreign -> false);
    }
    if (KemInterfaces.areThere()) {
      for (String name : HandleKem.NAMES) {
        services.add(
            "KEM", name, i -> new HandleKem(i, name).spi(), key -> HandleKem.isFor(key, name));
      }
    }
    services.add("KeyAgreement", "ECDH", i -> new HandleKeyAgreement(i, "ECDH"), agrees("EC"));
    services.add("KeyAgreement", "XDH", i -> new HandleKeyAgreement(i, "XDH"), agrees("XDH"));
    services.add("KeyAgreement", "X25519", i -> new HandleKeyAgreement(i, "X25519"), agrees("XDH"));
    return services.table;
  }

  /** The service that stands only where the configuration claims it. */
  public static Provider.Service secureRandom(Provider provider, Instance instance) {
    Services services = new Services(provider, instance);
    services.add("SecureRandom", "Keyhold", BackendRandom::new, Services::noKey);
    return services.table.get(0);
  }

  private void add(
      String type,
      String algorithm,
      Function<Instance, Object> constructor,
      Predicate<KeyHandle> keys) {
    add(type, algorithm, List.of(), constructor, keys, foreign -> false);
  }

  private void add(
      String type,
      String algorithm,
      List<String> aliases,
      Function<Instance, Object> constructor,
      Predicate<KeyHandle> keys,
      Predicate<Object> others) {
    table.add(
        new KeyholdService(
            provider, instance, type, algorithm, aliases, constructor, keys, others));
  }

  private static Predicate<KeyHandle> isAlgorithm(String algorithm) {
    return handle -> handle instanceof SecretKeyHandle && handle.getAlgorithm().equals(algorithm);
  }

  private static Predicate<KeyHandle> agrees(String algorithm) {
    return key ->
        key instanceof PrivateKeyHandle handle
            && handle.getAlgorithm().equals(algorithm)
            && handle.abilities().purposes().contains(Purpose.AGREE);
  }

  private static boolean noKey(KeyHandle key) {
    return false;
  }
}
