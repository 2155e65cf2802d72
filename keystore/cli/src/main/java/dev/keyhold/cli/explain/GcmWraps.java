package dev.keyhold.cli.explain;

import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.Purpose;

/**
 * Calculates how long an AES-GCM KEK in a token lasts. Such a key may make at most 2^32 wraps with
 * random IVs (NIST SP 800-38D, section 8.3) over all hosts, and no host can count the wraps of the
 * others.
 */
public final class GcmWraps {
  private static final double MOST = 0x1p32;
  private static final double MONTHS_WORTH_TELLING = 1200;

  private GcmWraps() {}

  /** Returns whether a key of a backend of this type wraps by AES-GCM with random IVs. */
  public static boolean count(String backendType, KeyMetadata key) {
    return backendType.equals("pkcs11")
        && key.spec().algorithm().equals("AES")
        && key.purposes().contains(Purpose.ENCRYPT);
  }

  /** Returns what {@code doctor} says of such a key. */
  public static String warning(String key) {
    return key
        + " wraps by AES-GCM in a token: each version must stop after 2^32 wraps over all hosts,"
        + " which is not counted (keyhold explain with a workload estimates it)";
  }

  /**
   * Returns what {@code explain} says of such a key.
   *
   * @param wrapsPerMonth zero where they are not known
   */
  static String estimate(String key, double wrapsPerMonth) {
    double months = MOST / wrapsPerMonth;
    String lasts;
    if (wrapsPerMonth <= 0) {
      lasts = "--objects says how long a version lasts";
    } else if (months > MONTHS_WORTH_TELLING) {
      lasts = "at this workload a version lasts for more than a hundred years";
    } else if (months >= 2) {
      lasts = "at this workload a version lasts for about %s months".formatted(Math.round(months));
    } else {
      lasts =
          "at this workload a version lasts for about %s days"
              .formatted(Math.max(1, Math.round(30 * months)));
    }
    return "%s wraps by AES-GCM in a token, 2^32 times per version at most, over all hosts: %s; a new key of the default kind (wrap = auto) has no such limit"
        .formatted(key, lasts);
  }
}
