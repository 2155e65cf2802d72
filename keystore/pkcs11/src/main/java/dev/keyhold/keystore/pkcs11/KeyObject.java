package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapMechanism;
import java.util.Optional;

/**
 * A secret key in the token and what Keyhold takes it for.
 *
 * @param label its label
 * @param spec algorithm and size
 * @param purpose its only purpose
 */
record KeyObject(ObjectLabel label, KeySpec spec, Purpose purpose) {
  private static final int KEK_BITS = 256;

  /** What an object in the token is; empty if it is nothing that Keyhold uses. */
  static Optional<KeyObject> of(TokenObject object) {
    ObjectLabel label = ObjectLabel.parse(object.label());
    if (object.kind() == KeyKind.AES) {
      return label.mark().isEmpty()
          ? Optional.of(new KeyObject(label, new KeySpec("AES", object.bits()), Purpose.ENCRYPT))
          : Optional.empty();
    }
    if (label.mark().equals(ObjectLabel.KEK)) {
      KeySpec spec = new KeySpec("HmacSHA256", object.bits());
      return Optional.of(new KeyObject(label, spec, Purpose.ENCRYPT));
    }
    String hash = label.mark().isEmpty() ? hashOf(object.bits()) : label.mark().substring(8);
    return hash.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new KeyObject(label, new KeySpec("HmacSHA" + hash, object.bits()), Purpose.MAC));
  }

  /** A new KEK or MAC key of this name and version. */
  static KeyObject of(String name, int version, KeySpec spec, Purpose purpose) {
    return new KeyObject(new ObjectLabel(name, version, markOf(spec, purpose)), spec, purpose);
  }

  /** The HMAC-derive KEK of this name and version. */
  static KeyObject hmacKek(String name, int version) {
    return of(name, version, new KeySpec("HmacSHA256", KEK_BITS), Purpose.ENCRYPT);
  }

  /** How this KEK wraps. */
  WrapMechanism mechanism() {
    return kind() == KeyKind.AES ? WrapMechanism.AES_GCM : WrapMechanism.HMAC_DERIVE;
  }

  KeyKind kind() {
    return spec.isHmac() ? KeyKind.HMAC : KeyKind.AES;
  }

  private static String markOf(KeySpec spec, Purpose purpose) {
    if (!spec.isHmac()) {
      return "";
    }
    String hash = spec.algorithm().substring("HmacSHA".length());
    if (purpose == Purpose.ENCRYPT) {
      return ObjectLabel.KEK;
    }
    return hash.equals(hashOf(spec.bits())) ? "" : "hmac-sha" + hash;
  }

  /** The hash whose output has this size; empty if there is none. */
  private static String hashOf(int bits) {
    return switch (bits) {
      case 256, 384, 512 -> Integer.toString(bits);
      default -> "";
    };
  }
}
