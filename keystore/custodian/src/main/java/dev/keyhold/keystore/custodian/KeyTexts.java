package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.KeyAttributes;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.KeyVersion;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.SignatureAlgorithm.Scheme;
import dev.keyhold.keystore.WrapMechanism;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Keys as the wire tells of them. Stateless. */
final class KeyTexts {
  private static final int MAX_SALT = 1024;
  private static final int MAX_BITS = 1 << 20;
  private static final int MAX_MECHANISM = 255;

  private KeyTexts() {}

  /**
   * A key, and how it wraps.
   *
   * @param metadata of the key
   * @param mechanism that it wraps by, where the backend tells it
   */
  record Told(KeyMetadata metadata, Optional<WrapMechanism> mechanism) {}

  static Told told(Fields key) throws MalformedException {
    try {
      List<KeyVersion> versions = new ArrayList<>();
      for (Fields version : key.objects("versions")) {
        versions.add(
            new KeyVersion(
                version.text("id"),
                KeyState.valueOf(version.text("state")),
                version.optionalText("created").map(Instant::parse)));
        version.end();
      }
      Optional<WrapMechanism> mechanism =
          key.optionalNumber("mechanism").map(id -> WrapMechanism.ofId(Math.toIntExact(id)));
      KeyMetadata metadata =
          new KeyMetadata(
              key.text("name"),
              KeyUri.parse(key.text("uri")),
              key.text("identity"),
              spec(key),
              purposes(key),
              KeyState.valueOf(key.text("state")),
              versions,
              attributes(key));
      key.end();
      return new Told(metadata, mechanism);
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      throw new MalformedException("it describes a key in words that are unknown here", e);
    }
  }

  private static KeySpec spec(Fields key) throws MalformedException {
    return new KeySpec(key.text("algorithm"), key.number("bits", 1, MAX_BITS));
  }

  private static Set<Purpose> purposes(Fields key) throws MalformedException {
    Set<Purpose> purposes = new HashSet<>();
    for (String purpose : key.texts("purposes")) {
      purposes.add(Purpose.valueOf(purpose));
    }
    return purposes;
  }

  private static KeyAttributes attributes(Fields key) throws MalformedException {
    Set<SignatureAlgorithm> signatures = new HashSet<>();
    for (Fields signature : key.objects("signatures")) {
      signatures.add(
          new SignatureAlgorithm(
              Scheme.valueOf(signature.text("scheme")),
              signature.text("digest"),
              signature.text("mgf"),
              signature.number("salt", SignatureAlgorithm.ANY_SALT, MAX_SALT)));
      signature.end();
    }
    Set<RsaPadding> paddings = new HashSet<>();
    for (Fields padding : key.objects("paddings")) {
      paddings.add(new RsaPadding(padding.text("digest"), padding.text("mgf")));
      padding.end();
    }
    return new KeyAttributes(
        signatures,
        paddings,
        key.text("protection"),
        key.object("labels").allTexts(),
        key.optionalText("rotation-period").map(Duration::parse),
        key.optionalText("destruction").map(Instant::parse));
  }

  /** Reads what keys can be for; kinds and purposes that are unknown here are left out. */
  static Map<KeySpec, Set<Purpose>> kinds(List<Fields> list) throws MalformedException {
    Map<KeySpec, Set<Purpose>> kinds = new HashMap<>();
    for (Fields kind : list) {
      try {
        kinds.put(spec(kind), purposes(kind));
      } catch (IllegalArgumentException e) {
        throw new MalformedException("it tells of a kind of key that is unknown here", e);
      }
      kind.end();
    }
    return kinds;
  }

  static WrapMechanism mechanism(int id) throws MalformedException {
    try {
      return WrapMechanism.ofId(id);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("its wrap mechanism is unknown here", e);
    }
  }

  /** Reads the number of a mechanism. */
  static WrapMechanism mechanism(Fields wrapped) throws MalformedException {
    return mechanism(wrapped.number("mechanism", 1, MAX_MECHANISM));
  }

  /** Writes a way to sign. */
  static JsonWriter signature(SignatureAlgorithm algorithm) {
    return new JsonWriter()
        .put("scheme", algorithm.scheme().name())
        .put("digest", algorithm.digest())
        .put("mgf", algorithm.mgfDigest())
        .put("salt", algorithm.saltLength());
  }

  /** Writes a padding. */
  static JsonWriter padding(RsaPadding padding) {
    return new JsonWriter().put("digest", padding.digest()).put("mgf", padding.mgfDigest());
  }
}
