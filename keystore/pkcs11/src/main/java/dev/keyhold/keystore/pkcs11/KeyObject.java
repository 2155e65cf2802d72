package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.HmacDerive;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.pkcs11.pairs.ObjectLabel;
import dev.keyhold.keystore.pkcs11.pairs.PairRef;
import dev.keyhold.keystore.pkcs11.token.ObjectKind;
import dev.keyhold.keystore.pkcs11.token.TokenObject;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;

/**
 * A key in the token and what Keyhold takes it for.
 *
 * @param label its label
 * @param spec algorithm and size
 * @param purpose its only purpose
 * @param publicKey the public half of a key pair that is there
 */
record KeyObject(ObjectLabel label, KeySpec spec, Purpose purpose, Optional<PublicKey> publicKey) {
  private static final int KEK_BITS = 256;

  /** Creates a description of a secret key, or of a key pair to be made. */
  KeyObject(ObjectLabel label, KeySpec spec, Purpose purpose) {
    this(label, spec, purpose, Optional.empty());
  }

  /** Returns what an object in the token is; empty if it is nothing that Keyhold uses. */
  static Optional<KeyObject> of(TokenObject object) {
    ObjectLabel label = ObjectLabel.parse(object.label());
    return switch (object.kind()) {
      case AES ->
          label.mark().isEmpty()
              ? Optional.of(
                  new KeyObject(label, new KeySpec("AES", object.bits()), Purpose.ENCRYPT))
              : Optional.empty();
      case HMAC -> ofHmac(label, object);
      case RSA, EC -> ofPair(label, object);
    };
  }

  private static Optional<KeyObject> ofPair(ObjectLabel label, TokenObject object) {
    boolean rsa = object.kind() == ObjectKind.RSA;
    KeySpec spec = rsa ? KeySpec.rsa(object.bits()) : KeySpec.ec(object.bits());
    return List.of(Purpose.SIGN, rsa ? Purpose.DECRYPT : Purpose.AGREE).stream()
        .filter(purpose -> label.mark().equals(markOf(spec, purpose)))
        .map(purpose -> new KeyObject(label, spec, purpose, object.publicKey()))
        .findFirst();
  }

  private static Optional<KeyObject> ofHmac(ObjectLabel label, TokenObject object) {
    if (label.mark().equals(ObjectLabel.DECRYPT) || label.mark().equals(ObjectLabel.AGREE)) {
      return Optional.empty();
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

  /** Returns a new KEK or MAC key of this name and version. */
  static KeyObject of(String name, int version, KeySpec spec, Purpose purpose) {
    return new KeyObject(new ObjectLabel(name, version, markOf(spec, purpose)), spec, purpose);
  }

  /** Returns the HMAC-derive KEK of this name and version. */
  static KeyObject hmacKek(String name, int version) {
    return of(name, version, new KeySpec("HmacSHA256", KEK_BITS), Purpose.ENCRYPT);
  }

  /** Returns how this KEK wraps. */
  WrapMechanism mechanism() {
    return kind() == ObjectKind.AES ? WrapMechanism.AES_GCM : WrapMechanism.HMAC_DERIVE;
  }

  /** Returns whether this KEK unwraps what was wrapped so: HMAC-derive in either form. */
  boolean unwraps(WrapMechanism mechanism) {
    return kind() == ObjectKind.AES
        ? mechanism == WrapMechanism.AES_GCM
        : HmacDerive.serves(mechanism);
  }

  ObjectKind kind() {
    return switch (spec.algorithm()) {
      case "AES" -> ObjectKind.AES;
      case "RSA" -> ObjectKind.RSA;
      case "EC" -> ObjectKind.EC;
      default -> ObjectKind.HMAC;
    };
  }

  /** Returns which key pair this is. */
  PairRef pair() {
    return new PairRef(label.toString(), publicKey.orElseThrow());
  }

  private static String markOf(KeySpec spec, Purpose purpose) {
    if (!spec.isHmac()) {
      return switch (purpose) {
        case DECRYPT -> ObjectLabel.DECRYPT;
        case AGREE -> ObjectLabel.AGREE;
        default -> "";
      };
    }
    String hash = spec.algorithm().substring("HmacSHA".length());
    if (purpose == Purpose.ENCRYPT) {
      return ObjectLabel.KEK;
    }
    return hash.equals(hashOf(spec.bits())) ? "" : "hmac-sha" + hash;
  }

  /** Returns the hash whose output has this size; empty if there is none. */
  private static String hashOf(int bits) {
    return switch (bits) {
      case 256, 384, 512 -> Integer.toString(bits);
      default -> "";
    };
  }
}
