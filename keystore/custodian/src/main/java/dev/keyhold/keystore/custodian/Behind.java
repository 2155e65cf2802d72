package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.Keeper;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.CertificateStore;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.Kems;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.KeyWraps;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.keystore.facet.Suspension;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The backend behind a custodian: what it can do. Until the custodian has told, it is what its type
 * may have; a use of more fails with UNSUPPORTED then. Immutable.
 *
 * @param type of the backend, as headers name it
 * @param facets that it has, of those that the wire serves
 * @param kinds what its keys can be for; null as long as the custodian has not told
 * @param maxMac the longest message for a MAC
 * @param maxSigned the longest message that is signed
 */
record Behind(
    String type,
    Set<Class<? extends Facet>> facets,
    Map<KeySpec, Set<Purpose>> kinds,
    int maxMac,
    int maxSigned) {
  /** What the wire serves. */
  static final Set<Class<? extends Facet>> SERVED =
      Set.of(
          Keks.class,
          KeyWraps.class,
          Macs.class,
          PublicKeys.class,
          Signatures.class,
          Decryptions.class,
          Agreements.class,
          Kems.class,
          CertificateStore.class,
          KeyMaking.class,
          Rotation.class,
          Suspension.class);

  /** The longest message of the wire. */
  static final int MAX_MESSAGE = 1 << 20;

  private static final int SERVICE_MAX_MESSAGE = 4096;

  /** Copies. */
  Behind {
    facets = Set.copyOf(facets);
    kinds = kinds == null ? null : Map.copyOf(kinds);
  }

  /** Returns what a backend of a type may have. */
  static Behind of(String type) {
    Set<Class<? extends Facet>> facets = new HashSet<>(SERVED);
    switch (type) {
      case "aws-kms" ->
          facets.removeAll(Set.of(KeyWraps.class, Kems.class, CertificateStore.class));
      case "google-kms" ->
          facets.removeAll(
              Set.of(KeyWraps.class, Kems.class, CertificateStore.class, Agreements.class));
      case "pkcs11" -> facets.removeAll(Set.of(KeyWraps.class, Kems.class, Suspension.class));
      default -> {
        // all of them
      }
    }
    int longest = type.equals("aws-kms") ? SERVICE_MAX_MESSAGE : MAX_MESSAGE;
    return new Behind(type, facets, null, longest, longest);
  }

  /** Reads what a custodian tells. */
  static Behind read(Fields fields) throws MalformedException {
    String type = fields.text("type");
    fields.text("keeper");
    Set<String> names = new LinkedHashSet<>(fields.texts("facets"));
    Set<Class<? extends Facet>> facets = new HashSet<>(SERVED);
    facets.removeIf(facet -> !names.contains(facet.getSimpleName()));
    Map<KeySpec, Set<Purpose>> kinds = KeyTexts.kinds(fields.objects("kinds"));
    int maxMac = fields.number("max-mac", 0, Integer.MAX_VALUE);
    int maxSigned = fields.number("max-sign", 0, Integer.MAX_VALUE);
    fields.optionalText("mode");
    fields.end();
    return new Behind(
        type, facets, kinds, Math.min(maxMac, MAX_MESSAGE), Math.min(maxSigned, MAX_MESSAGE));
  }

  boolean has(Class<? extends Facet> facet) {
    return facets.contains(facet);
  }

  Keeper keeper() {
    return switch (type) {
      case "pkcs11" -> Keeper.OWN_MODULE;
      case "aws-kms", "google-kms" -> Keeper.CLOUD;
      default -> Keeper.OTHER;
    };
  }

  /** Returns the scheme of the URIs of its keys. */
  String scheme() {
    return type.equals("google-kms") ? "gcp-kms" : type;
  }

  /** Returns what keys of a kind can be for. */
  Set<Purpose> purposesOf(KeySpec spec) {
    if (kinds != null && (spec.isKeyPair() || kinds.containsKey(spec))) {
      return kinds.getOrDefault(spec, Set.of());
    }
    Set<Purpose> purposes = possible(spec);
    purposes.removeIf(purpose -> !has(facetOf(purpose)));
    return purposes;
  }

  private static Set<Purpose> possible(KeySpec spec) {
    String algorithm = spec.algorithm();
    if (algorithm.equals("AES")) {
      return EnumSet.of(Purpose.ENCRYPT, Purpose.KEY_WRAP);
    }
    if (algorithm.equals("HmacSHA256")) {
      return EnumSet.of(Purpose.MAC, Purpose.ENCRYPT);
    }
    if (Set.of("HmacSHA384", "HmacSHA512").contains(algorithm)) {
      return EnumSet.of(Purpose.MAC);
    }
    if (!KeySpec.KEY_PAIRS.contains(spec)) {
      return EnumSet.noneOf(Purpose.class);
    }
    return switch (algorithm) {
      case "RSA" -> EnumSet.of(Purpose.SIGN, Purpose.DECRYPT);
      case "EC" -> EnumSet.of(Purpose.SIGN, Purpose.AGREE);
      case "X25519" -> EnumSet.of(Purpose.AGREE);
      default ->
          algorithm.startsWith("ML-KEM")
              ? EnumSet.of(Purpose.DECAPSULATE)
              : EnumSet.of(Purpose.SIGN);
    };
  }

  private static Class<? extends Facet> facetOf(Purpose purpose) {
    return switch (purpose) {
      case ENCRYPT -> Keks.class;
      case KEY_WRAP -> KeyWraps.class;
      case MAC -> Macs.class;
      case SIGN -> Signatures.class;
      case DECRYPT -> Decryptions.class;
      case AGREE -> Agreements.class;
      case DECAPSULATE -> Kems.class;
    };
  }
}
