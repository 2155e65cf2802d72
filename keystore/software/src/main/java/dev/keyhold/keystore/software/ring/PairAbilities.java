package dev.keyhold.keystore.software.ring;

import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.encoding.Digests;
import java.util.HashSet;
import java.util.Set;

/** The abilities of key pairs of each kind. Stateless. */
public final class PairAbilities {
  private static final Set<SignatureAlgorithm> RSA = rsa();
  private static final Set<SignatureAlgorithm> EC = ec();
  private static final Set<RsaPadding> OAEP = oaep();

  private PairAbilities() {}

  public static Set<SignatureAlgorithm> signatures(StoredKey key) {
    if (!key.purposes().contains(Purpose.SIGN)) {
      return Set.of();
    }
    return switch (key.spec().algorithm()) {
      case "RSA" -> RSA;
      case "EC" -> EC;
      case "Ed25519" -> Set.of(SignatureAlgorithm.ED25519);
      default -> Set.of(SignatureAlgorithm.ML_DSA);
    };
  }

  public static Set<RsaPadding> paddings(StoredKey key, boolean pkcs1) {
    if (!key.purposes().contains(Purpose.DECRYPT)) {
      return Set.of();
    }
    if (!pkcs1) {
      return OAEP;
    }
    Set<RsaPadding> all = new HashSet<>(OAEP);
    all.add(RsaPadding.PKCS1);
    return all;
  }

  private static Set<SignatureAlgorithm> rsa() {
    Set<SignatureAlgorithm> all = new HashSet<>();
    all.add(SignatureAlgorithm.pkcs1(SignatureAlgorithm.NO_DIGEST));
    for (String digest : Digests.ALL) {
      all.add(SignatureAlgorithm.pkcs1(digest));
      for (String mgf : Digests.ALL) {
        all.add(SignatureAlgorithm.pss(digest, mgf, SignatureAlgorithm.ANY_SALT));
      }
    }
    return Set.copyOf(all);
  }

  private static Set<SignatureAlgorithm> ec() {
    Set<SignatureAlgorithm> all = new HashSet<>();
    all.add(SignatureAlgorithm.ecdsa(SignatureAlgorithm.NO_DIGEST));
    Digests.ALL.forEach(digest -> all.add(SignatureAlgorithm.ecdsa(digest)));
    return Set.copyOf(all);
  }

  private static Set<RsaPadding> oaep() {
    Set<RsaPadding> all = new HashSet<>();
    for (String digest : Digests.ALL) {
      Digests.ALL.forEach(mgf -> all.add(RsaPadding.oaep(digest, mgf)));
    }
    return Set.copyOf(all);
  }
}
