package dev.keyhold.keystore;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The properties of a key that only some backends report. Immutable.
 *
 * @param signatures how a key with {@link Purpose#SIGN} can sign; empty for other keys
 * @param paddings what a key with {@link Purpose#DECRYPT} can decrypt; empty for other keys
 * @param protection where the material is kept, as the backend names it ({@code HSM}, {@code
 *     EXTERNAL}); empty where there is but one way
 * @param labels as in {@link KeyRequest#labels}
 * @param rotationPeriod how often the backend rotates the key by itself, if it does
 * @param destruction when the material is destroyed, where that is scheduled
 */
public record KeyAttributes(
    Set<SignatureAlgorithm> signatures,
    Set<RsaPadding> paddings,
    String protection,
    Map<String, String> labels,
    Optional<Duration> rotationPeriod,
    Optional<Instant> destruction) {
  /** The label by which a backend tells the name that was taken off a key, where it knows. */
  public static final String FORMER_NAME = "keyhold-former-name";

  /** The attributes of a key about which the backend reports nothing more. */
  public static final KeyAttributes NONE =
      new KeyAttributes(Set.of(), Set.of(), "", Map.of(), Optional.empty(), Optional.empty());

  /** Checks and copies. */
  public KeyAttributes {
    signatures = Set.copyOf(signatures);
    paddings = Set.copyOf(paddings);
    labels = Map.copyOf(labels);
    Objects.requireNonNull(protection, "protection");
    Objects.requireNonNull(rotationPeriod, "rotationPeriod");
    Objects.requireNonNull(destruction, "destruction");
  }

  /** Returns a copy with ways to sign. */
  public KeyAttributes withSignatures(Set<SignatureAlgorithm> value) {
    return new KeyAttributes(value, paddings, protection, labels, rotationPeriod, destruction);
  }

  /** Returns a copy with ways to decrypt. */
  public KeyAttributes withPaddings(Set<RsaPadding> value) {
    return new KeyAttributes(signatures, value, protection, labels, rotationPeriod, destruction);
  }

  /** Returns a copy with the place of the material. */
  public KeyAttributes withProtection(String value) {
    return new KeyAttributes(signatures, paddings, value, labels, rotationPeriod, destruction);
  }

  /** Returns a copy with labels. */
  public KeyAttributes withLabels(Map<String, String> value) {
    return new KeyAttributes(signatures, paddings, protection, value, rotationPeriod, destruction);
  }

  /** Returns a copy with a period of rotation, or none. */
  public KeyAttributes withRotationPeriod(Optional<Duration> value) {
    return new KeyAttributes(signatures, paddings, protection, labels, value, destruction);
  }

  /** Returns a copy with a time of destruction, or none. */
  public KeyAttributes withDestruction(Optional<Instant> value) {
    return new KeyAttributes(signatures, paddings, protection, labels, rotationPeriod, value);
  }
}
