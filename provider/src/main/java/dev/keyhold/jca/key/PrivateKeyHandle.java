package dev.keyhold.jca.key;

import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.SignatureAlgorithm.Scheme;
import java.io.InvalidObjectException;
import java.io.Serializable;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPublicKey;
import java.security.interfaces.XECPrivateKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A handle of a private key. It knows its public key and what the key can do, so that JSSE, keytool
 * and jarsigner choose an algorithm for it without a call to its backend.
 */
public abstract sealed class PrivateKeyHandle extends KeyHandle implements PrivateKey {
  private static final long serialVersionUID = 1L;

  private final transient PublicKey publicKey;
  private final transient Abilities abilities;

  /**
   * The provider to which the handle belongs, and its key.
   *
   * @param instance null for one that was deserialized
   * @param provider the name of its provider
   */
  private record Identity(ProviderInstance instance, String provider, String alias, KeyUri uri) {}

  /**
   * The abilities of a key.
   *
   * @param parameterSet the algorithm as {@link dev.keyhold.keystore.KeySpec} names it
   */
  public record Abilities(
      String parameterSet,
      Set<Purpose> purposes,
      Set<SignatureAlgorithm> signatures,
      Set<RsaPadding> paddings) {
    public static Abilities of(KeyMetadata key) {
      return new Abilities(
          key.spec().algorithm(),
          key.purposes(),
          key.attributes().signatures(),
          key.attributes().paddings());
    }
  }

  private PrivateKeyHandle(Identity identity, PublicKey publicKey, Abilities abilities) {
    super(
        identity.instance(),
        identity.provider(),
        identity.alias(),
        identity.uri(),
        publicKey.getAlgorithm());
    this.publicKey = publicKey;
    this.abilities = abilities;
  }

  /**
   * Returns the handle of a key that a backend described.
   *
   * @param encoded its public key, as the backend tells it
   * @throws IllegalArgumentException if that is no such key
   */
  public static PrivateKeyHandle of(
      ProviderInstance instance, String alias, KeyMetadata key, byte[] encoded) {
    PublicKey publicKey = PublicKeys.read(PublicKeys.algorithm(key.spec()), encoded);
    return of(
        new Identity(instance, instance.providerName(), alias, key.uri()),
        publicKey,
        Abilities.of(key));
  }

  private static PrivateKeyHandle of(Identity identity, PublicKey publicKey, Abilities abilities) {
    if (publicKey instanceof RSAPublicKey) {
      return new Rsa(identity, publicKey, abilities);
    } else if (publicKey instanceof ECPublicKey) {
      return new Ec(identity, publicKey, abilities);
    } else if (publicKey instanceof EdECPublicKey) {
      return new EdEc(identity, publicKey, abilities);
    } else if (publicKey instanceof XECPublicKey) {
      return new Xec(identity, publicKey, abilities);
    }
    return new OfParameterSet(identity, publicKey, abilities);
  }

  /** Returns the public half, an ordinary public key. */
  public final PublicKey publicKey() {
    return publicKey;
  }

  public final Abilities abilities() {
    return abilities;
  }

  /** Returns whether the key can sign in a scheme, with whatever digest. */
  public final boolean signs(Scheme scheme) {
    return abilities.signatures().stream().anyMatch(way -> way.scheme() == scheme);
  }

  /** Returns whether the key can sign in exactly this way. */
  public final boolean signs(SignatureAlgorithm wanted) {
    return abilities.signatures().stream().anyMatch(way -> way.covers(wanted));
  }

  @Override
  final Object writeReplace() {
    return Reference.to(this);
  }

  /** No RSAPrivateKey, which the JDK's providers would take and fail by its null exponent. */
  private static final class Rsa extends PrivateKeyHandle implements RSAKey {
    private static final long serialVersionUID = 1L;

    Rsa(Identity identity, PublicKey publicKey, Abilities abilities) {
      super(identity, publicKey, abilities);
    }

    @Override
    public BigInteger getModulus() {
      return ((RSAPublicKey) publicKey()).getModulus();
    }

    /** None; said here since from JDK 22 on two interfaces have a default of this name. */
    @Override
    public AlgorithmParameterSpec getParams() {
      return null;
    }
  }

  /** No ECPrivateKey, which the JDK's providers would take and fail by its null value. */
  private static final class Ec extends PrivateKeyHandle implements ECKey {
    private static final long serialVersionUID = 1L;

    Ec(Identity identity, PublicKey publicKey, Abilities abilities) {
      super(identity, publicKey, abilities);
    }

    @Override
    public ECParameterSpec getParams() {
      return ((ECPublicKey) publicKey()).getParams();
    }
  }

  private static final class EdEc extends PrivateKeyHandle implements EdECPrivateKey {
    private static final long serialVersionUID = 1L;

    EdEc(Identity identity, PublicKey publicKey, Abilities abilities) {
      super(identity, publicKey, abilities);
    }

    @Override
    public NamedParameterSpec getParams() {
      return ((EdECPublicKey) publicKey()).getParams();
    }

    /** Empty, by which the JDK's providers know that the key is elsewhere. */
    @Override
    public Optional<byte[]> getBytes() {
      return Optional.empty();
    }
  }

  private static final class Xec extends PrivateKeyHandle implements XECPrivateKey {
    private static final long serialVersionUID = 1L;

    Xec(Identity identity, PublicKey publicKey, Abilities abilities) {
      super(identity, publicKey, abilities);
    }

    @Override
    public AlgorithmParameterSpec getParams() {
      return ((XECPublicKey) publicKey()).getParams();
    }

    /** Empty, by which the JDK's providers know that the key is elsewhere. */
    @Override
    public Optional<byte[]> getScalar() {
      return Optional.empty();
    }
  }

  /** A key of an algorithm that has no interface in the JDK. */
  private static final class OfParameterSet extends PrivateKeyHandle {
    private static final long serialVersionUID = 1L;

    OfParameterSet(Identity identity, PublicKey publicKey, Abilities abilities) {
      super(identity, publicKey, abilities);
    }

    /** Implements {@code AsymmetricKey} of JDK 22 and later. */
    @SuppressWarnings({"UnusedMethod", "EffectivelyPrivate"}) // not there to override in JDK 17
    public AlgorithmParameterSpec getParams() {
      return new NamedParameterSpec(abilities().parameterSet());
    }
  }

  /**
   * The serialized form of a handle. It has no provider if an earlier version wrote it, which had
   * no names of providers.
   */
  private record Reference(
      String alias,
      String uri,
      String algorithm,
      String publicKey,
      String parameterSet,
      ArrayList<String> purposes,
      ArrayList<String> signatures,
      ArrayList<String> paddings,
      String provider)
      implements Serializable {
    static Reference to(PrivateKeyHandle handle) {
      Abilities abilities = handle.abilities;
      return new Reference(
          handle.alias(),
          handle.uri().toString(),
          handle.getAlgorithm(),
          Base64.getEncoder().encodeToString(handle.publicKey.getEncoded()),
          abilities.parameterSet(),
          list(abilities.purposes().stream().map(Purpose::name).toList()),
          list(abilities.signatures().stream().map(Reference::text).toList()),
          list(abilities.paddings().stream().map(Reference::text).toList()),
          handle.provider());
    }

    private static ArrayList<String> list(List<String> texts) {
      return new ArrayList<>(texts);
    }

    private static String text(SignatureAlgorithm way) {
      return String.join(
          ",",
          way.scheme().name(),
          way.digest(),
          way.mgfDigest(),
          Integer.toString(way.saltLength()));
    }

    private static String text(RsaPadding padding) {
      return padding.digest() + "," + padding.mgfDigest();
    }

    private static SignatureAlgorithm signature(String text) {
      String[] parts = parts(text, 4);
      return new SignatureAlgorithm(
          Scheme.valueOf(parts[0]), parts[1], parts[2], Integer.parseInt(parts[3]));
    }

    private static RsaPadding padding(String text) {
      String[] parts = parts(text, 2);
      return new RsaPadding(parts[0], parts[1]);
    }

    private static String[] parts(String text, int count) {
      String[] parts = text.split(",", -1);
      if (parts.length != count) {
        throw new IllegalArgumentException("not " + count + " parts: " + text);
      }
      return parts;
    }

    private Object readResolve() throws InvalidObjectException {
      try {
        Abilities abilities =
            new Abilities(
                parameterSet,
                purposes.stream().map(Purpose::valueOf).collect(Collectors.toSet()),
                signatures.stream().map(Reference::signature).collect(Collectors.toSet()),
                paddings.stream().map(Reference::padding).collect(Collectors.toSet()));
        PublicKey key = PublicKeys.read(algorithm, Base64.getDecoder().decode(publicKey));
        return of(new Identity(null, provider, alias, KeyUri.parse(uri)), key, abilities);
      } catch (IllegalArgumentException | NullPointerException e) {
        throw invalid(e);
      }
    }
  }
}
