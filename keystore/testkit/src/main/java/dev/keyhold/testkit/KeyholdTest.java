package dev.keyhold.testkit;

import dev.keyhold.KeyholdProvider;
import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.ProviderException;
import java.security.Security;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keyhold for one test: a provider of its own whose keys are in memory, and whose backends fail
 * when the test says so.
 *
 * <pre>{@code
 * try (KeyholdTest keyhold = KeyholdTest.create().alias("orders").build()) {
 *   Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", keyhold.provider());
 *   cipher.init(Cipher.ENCRYPT_MODE, keyhold.key("orders"));
 *   keyhold.faults("memory").unavailable();
 *   ...
 * }
 * }</pre>
 *
 * <p>Thread-safe. Several can live side by side, unless they are {@linkplain Builder#installed
 * installed}.
 */
public final class KeyholdTest implements AutoCloseable {
  private final Map<String, Place> places;
  private final ConfigurationFile file;
  private final KeyholdProvider provider;
  private volatile boolean installed;

  private KeyholdTest(Map<String, Place> places, ConfigurationFile file, KeyholdProvider provider) {
    this.places = Map.copyOf(places);
    this.file = file;
    this.provider = provider;
  }

  /** Returns a builder, which is given what the test needs. */
  public static Builder create() {
    return new Builder();
  }

  /** Returns the provider, configured. */
  public KeyholdProvider provider() {
    return provider;
  }

  /**
   * Returns the configuration file. A further provider that reads it has the same keys, as another
   * process of the application would: {@code new KeyholdProvider().configure(file.toString())}, or
   * {@code -Dkeyhold.config} for an application that installs its own.
   */
  public Path configuration() {
    return file.path();
  }

  /**
   * Returns the key of an alias, as an application gets it from a {@link KeyStore}: with one call
   * to its backend, or two.
   *
   * @throws IllegalArgumentException if there is none
   * @throws GeneralSecurityException if a fault strikes; where the backend is unavailable, {@link
   *     java.security.ProviderException}
   */
  public Key key(String alias) throws GeneralSecurityException {
    Key key = keyStore().getKey(alias, null);
    if (key == null) {
      throw new IllegalArgumentException(
          "there is no key for the alias " + alias + ": name it when the KeyholdTest is made");
    }
    return key;
  }

  /** Returns the faults of a backend. */
  public Faults faults(String backend) {
    return place(backend).faults();
  }

  /** Returns the counts of calls to a backend since it was made or the counts were reset. */
  public Calls calls(String backend) {
    return place(backend).calls();
  }

  /**
   * Returns the keys of a backend as its operator sees them: to rotate, disable or destroy one.
   * Such calls meet no fault and are not counted. Closed with this.
   */
  public Backend keys(String backend) {
    return place(backend).keys();
  }

  /**
   * Advances the clock of the keys of all backends, so that a scheduled destruction takes place.
   * The rest of Keyhold keeps the system's time.
   */
  public void advance(Duration time) {
    places.values().forEach(place -> place.advance(time));
  }

  /**
   * Ends the faults, closes the provider, takes it out of {@link Security} if it was installed, and
   * forgets all keys.
   */
  @Override
  public void close() {
    if (installed) {
      installed =
          false; // a provider that is installed when this is closed again belongs to another test
      Security.removeProvider(provider.getName());
    }
    places.values().forEach(place -> place.faults().clear());
    provider.close();
    places.values().forEach(Place::close);
    file.close();
  }

  /** Configures the provider, and checks that the configuration is right. */
  private void configure(Map<String, List<KeyRequest>> keys) {
    provider.configure(configuration().toString());
    try {
      KeyStore keyStore = keyStore();
      Collections.list(keyStore.aliases());
      for (Map.Entry<String, List<KeyRequest>> ofBackend : keys.entrySet()) {
        NewKeys.certify(keys(ofBackend.getKey()), ofBackend.getValue(), keyStore);
      }
    } catch (GeneralSecurityException | ProviderException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    places.values().forEach(place -> place.calls().reset());
  }

  private void install() {
    if (Security.addProvider(provider) < 0) {
      throw new IllegalStateException(
          "a provider named Keyhold is installed already: close what installed it first");
    }
    installed = true;
  }

  private KeyStore keyStore() throws GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("Keyhold", provider);
    try {
      keys.load(null, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return keys;
  }

  private Place place(String backend) {
    Place place = places.get(backend);
    if (place == null) {
      throw new IllegalArgumentException(
          "the test has no backend " + backend + "; it has " + places.keySet());
    }
    return place;
  }

  /** Collects what a test needs. Not thread-safe. */
  public static final class Builder {
    private static final String DEFAULT_BACKEND = MemoryBackendFactory.TYPE;

    private final Map<String, List<KeyRequest>> keys = new LinkedHashMap<>();
    private final Map<String, String> properties = new LinkedHashMap<>();
    private boolean installed;

    private Builder() {}

    /**
     * Adds an alias with an AES-256 key that encrypts.
     *
     * @param backends the names of the backends that have such a key, {@code memory} if none is
     *     named. With several, each key opens alone ({@code any-of}), unless {@link #property} says
     *     otherwise
     */
    public Builder alias(String alias, String... backends) {
      return alias(alias, KeySpec.AES_256, Purpose.ENCRYPT, backends);
    }

    /**
     * Adds an alias with a key of another kind.
     *
     * @throws IllegalArgumentException if a key pair is to be at several backends
     */
    public Builder alias(String alias, KeySpec spec, Purpose purpose, String... backends) {
      List<String> names = backends.length == 0 ? List.of(DEFAULT_BACKEND) : List.of(backends);
      if (spec.isKeyPair() && names.size() > 1) {
        throw new IllegalArgumentException(
            "a key pair has one backend; for the alias " + alias + " there are " + names);
      }
      for (String name : names) {
        backend(name);
        keys.get(name).add(new KeyRequest(alias, spec, Set.of(purpose)));
      }
      String route = String.join(", ", names);
      properties.put(keyProperty(alias), names.size() == 1 ? route : "any-of(" + route + ")");
      return this;
    }

    private static String keyProperty(String alias) {
      return alias.matches("[A-Za-z0-9_-]+") ? "key." + alias : "key.\"" + alias + "\"";
    }

    /** Adds a backend, if it is not there yet: for keys that the application creates itself. */
    public Builder backend(String name) {
      keys.computeIfAbsent(name, any -> new ArrayList<>());
      return this;
    }

    /**
     * Adds a property to the configuration, such as {@code key.orders.data-keys} and {@code epoch};
     * it replaces one with the same name.
     */
    public Builder property(String name, String value) {
      properties.put(name, value);
      return this;
    }

    /**
     * Installs the provider, last of all, so that code which names no provider finds it by the key.
     * Tests that do so can't run at the same time in one JVM.
     */
    public Builder installed() {
      installed = true;
      return this;
    }

    /**
     * Makes the keys and the provider.
     *
     * @throws IllegalArgumentException if a key can't be made, or the configuration is wrong, with
     *     what would be right
     * @throws IllegalStateException if it is to be installed, and another one is
     */
    public KeyholdTest build() {
      if (keys.isEmpty()) {
        backend(DEFAULT_BACKEND);
      }
      Map<String, Place> places = new LinkedHashMap<>();
      keys.keySet().forEach(name -> places.put(name, Place.open()));
      KeyholdTest made =
          new KeyholdTest(places, new ConfigurationFile(lines(places)), new KeyholdProvider());
      boolean done = false;
      try {
        keys.forEach((name, requests) -> NewKeys.make(made.keys(name), requests));
        made.configure(keys);
        if (installed) {
          made.install();
        }
        done = true;
        return made;
      } finally {
        if (!done) {
          made.close();
        }
      }
    }

    private Map<String, String> lines(Map<String, Place> places) {
      Map<String, String> lines = new LinkedHashMap<>();
      places.forEach(
          (name, place) -> {
            lines.put("backend." + name + ".type", MemoryBackendFactory.TYPE);
            lines.put("backend." + name + ".place", place.id());
            // or a test that continues after an outage would hit the pause of the breaker
            lines.put("backend." + name + ".breaker-failures", "1000");
          });
      lines.putAll(properties);
      return lines;
    }
  }
}
