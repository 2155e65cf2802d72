package dev.keyhold.jca;

import java.security.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** The table of services. */
public final class Services {
  /** The HMACs, by their standard names. */
  static final List<String> HMACS = List.of("HmacSHA256", "HmacSHA384", "HmacSHA512");

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
      Predicate<SecretKeyHandle> keys) {
    table.add(new KeyholdService(provider, instance, type, algorithm, constructor, keys));
  }

  private static Predicate<SecretKeyHandle> isAlgorithm(String algorithm) {
    return handle -> handle.getAlgorithm().equals(algorithm);
  }

  private static boolean noKey(SecretKeyHandle key) {
    return false;
  }
}
