package dev.keyhold.keystore.encoding;

import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A row of {@link AlgorithmTable}: one kind of key pair. Immutable.
 *
 * @param algorithm {@code RSA}, {@code EC}, or the name of the parameter set
 * @param bits the size, as {@link KeySpec#bits()} counts it
 * @param family what the JDK calls the algorithm of such keys: {@code EdDSA} for Ed25519
 * @param oid the object identifier of the curve or parameter set; of RSA, of the algorithm
 * @param curveNames the names of the curve, the standard one first; empty for other kinds
 * @param purposes what such a key can be for, the usual one first
 * @param seedBytes the length of the seed that stands for the private key; 0 where none does
 * @param encapsulationBytes the length of what a KEM encapsulates; 0 for other kinds
 */
public record KeyPairKind(
    String algorithm,
    int bits,
    String family,
    String oid,
    List<String> curveNames,
    List<Purpose> purposes,
    int seedBytes,
    int encapsulationBytes) {
  /** Copies the lists. */
  public KeyPairKind {
    curveNames = List.copyOf(curveNames);
    purposes = List.copyOf(purposes);
  }

  /** Returns the algorithm and the size. */
  public KeySpec spec() {
    return new KeySpec(algorithm, bits);
  }

  /** Returns whether the algorithm's name says the size already. */
  public boolean isParameterSet() {
    return !algorithm.equals(family);
  }

  /** Returns the purposes as a set. */
  public Set<Purpose> possiblePurposes() {
    return Set.copyOf(purposes);
  }

  /** Returns whether a name, in any case, or a dotted object identifier means this curve. */
  boolean isCurve(String name) {
    return !curveNames.isEmpty()
        && (oid.equals(name)
            || curveNames.stream().anyMatch(known -> known.equals(name.toLowerCase(Locale.ROOT))));
  }
}
