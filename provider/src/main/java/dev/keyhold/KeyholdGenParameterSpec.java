package dev.keyhold;

import dev.keyhold.keystore.Purpose;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Specifies the key that a {@link javax.crypto.KeyGenerator} or {@link
 * java.security.KeyPairGenerator} makes: its alias, its size or curve, its purposes. The key is
 * made at the backend to which the configuration routes the alias, and nowhere else.
 *
 * <pre>{@code
 * KeyGenerator generator = KeyGenerator.getInstance("AES");
 * generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
 * SecretKey key = generator.generateKey();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class KeyholdGenParameterSpec implements AlgorithmParameterSpec {
  private final String alias;
  private final OptionalInt keySize;
  private final Set<Purpose> purposes;

  private final Optional<AlgorithmParameterSpec> algorithmParameters;
  private final Map<String, String> labels;

  private KeyholdGenParameterSpec(Builder builder) {
    alias = builder.alias;
    keySize = builder.keySize;
    purposes = builder.purposes;
    algorithmParameters = builder.algorithmParameters;
    labels = builder.labels;
  }

  /** Returns the alias of the key to be made. */
  public String alias() {
    return alias;
  }

  /**
   * Returns the size in bits; empty for the generator's default (256, or an HMAC's output length).
   */
  public OptionalInt keySize() {
    return keySize;
  }

  /**
   * Returns what a generator of the JDK would be given: a curve's name, an RSA size, a parameter
   * set. Empty where the size or the algorithm says it all.
   */
  public Optional<AlgorithmParameterSpec> algorithmParameters() {
    return algorithmParameters;
  }

  /** Returns what the backend keeps with the key, where it can (AWS: tags); never secret. */
  public Map<String, String> labels() {
    return labels;
  }

  /**
   * Returns the purposes; empty for the generator's default (ENCRYPT for AES, MAC for an HMAC,
   * AGREE for X25519, DECAPSULATE for ML-KEM, SIGN for other key pairs).
   */
  public Set<Purpose> purposes() {
    return purposes;
  }

  /** Collects what a key is to be. Not thread-safe. */
  public static final class Builder {
    private final String alias;
    private OptionalInt keySize = OptionalInt.empty();
    private Set<Purpose> purposes = Set.of();
    private Optional<AlgorithmParameterSpec> algorithmParameters = Optional.empty();
    private Map<String, String> labels = Map.of();

    /** Creates a builder for a key of this alias. */
    public Builder(String alias) {
      this.alias = Objects.requireNonNull(alias, "alias");
      if (alias.isEmpty()) {
        throw new IllegalArgumentException("the alias is empty");
      }
    }

    /** Sets the size in bits. */
    public Builder keySize(int bits) {
      keySize = OptionalInt.of(bits);
      return this;
    }

    /** Sets the purposes. */
    public Builder purposes(Purpose... purposes) {
      this.purposes = Set.of(purposes);
      return this;
    }

    /**
     * Sets the curve, RSA size or parameter set: an {@link java.security.spec.ECGenParameterSpec},
     * {@link java.security.spec.RSAKeyGenParameterSpec} or {@link
     * java.security.spec.NamedParameterSpec}.
     */
    public Builder algorithmParameters(AlgorithmParameterSpec parameters) {
      algorithmParameters = Optional.of(parameters);
      return this;
    }

    /** Sets what the backend keeps with the key. */
    public Builder labels(Map<String, String> labels) {
      this.labels = Map.copyOf(labels);
      return this;
    }

    /** Returns the finished specification. */
    public KeyholdGenParameterSpec build() {
      return new KeyholdGenParameterSpec(this);
    }
  }
}
