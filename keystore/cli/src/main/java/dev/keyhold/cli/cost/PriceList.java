package dev.keyhold.cli.cost;

import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Residence;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the cloud services ask for, in US dollars, and how many calls a second they take from one
 * account in one region, by default. A list that grows old: {@link #SOURCE} says how old it is. Its
 * sources: AWS KMS pricing, and "Request quotas" in the developer guide of AWS KMS; Cloud KMS
 * pricing of 17 March 2025.
 */
public final class PriceList {
  /** Where the figures are from. */
  public static final String SOURCE =
      "list prices and default quotas as of November 2026, without free tiers; yours may differ"
          + " (--price-per-10000, --quota-per-second)";

  private static final Set<String> LARGE = Set.of("us-east-1", "us-west-2", "eu-west-1");
  private static final Set<String> MIDDLE =
      Set.of(
          "us-east-2",
          "ap-southeast-1",
          "ap-southeast-2",
          "ap-northeast-1",
          "eu-central-1",
          "eu-west-2");

  /**
   * Of one key.
   *
   * @param per10000 of 10,000 calls; empty if nothing is asked for, or it is not known
   * @param version of one version of the key for a month, likewise
   * @param paidVersions the most versions of a key that are paid for
   * @param quota calls a second; empty if there is no fixed number, or it is not known
   */
  record Price(
      Optional<Double> per10000,
      Optional<Double> version,
      int paidVersions,
      Optional<Double> quota) {
    private static final Price NONE =
        new Price(Optional.empty(), Optional.empty(), 0, Optional.empty());

    Price withPer10000(double value) {
      return new Price(Optional.of(value), version, paidVersions, quota);
    }

    Price withQuota(double value) {
      return new Price(per10000, version, paidVersions, Optional.of(value));
    }
  }

  private PriceList() {}

  /**
   * What a key costs; nothing where its backend is no cloud service.
   *
   * @param type of the backend
   * @param protection as the backend names it; empty if it is not known
   */
  static Price of(String type, Optional<Residence> residence, KeySpec spec, String protection) {
    return switch (type) {
      case "aws-kms" -> aws(residence.map(Residence::name).orElse(""), spec, protection);
      case "google-kms" -> google(spec, protection);
      default -> Price.NONE;
    };
  }

  /** A key is paid for with at most two of its rotations. */
  private static Price aws(String region, KeySpec spec, String protection) {
    boolean ordinary = !spec.isKeyPair() || spec.equals(KeySpec.rsa(2048));
    double quota;
    if (List.of("CLOUDHSM", "EXTERNAL").contains(protection)) {
      quota = 1800; // of each custom key store
    } else if (spec.isKeyPair()) {
      quota = 1000;
    } else {
      quota = LARGE.contains(region) ? 100_000 : MIDDLE.contains(region) ? 20_000 : 10_000;
    }
    return new Price(Optional.of(ordinary ? 0.03 : 0.15), Optional.of(1.00), 3, Optional.of(quota));
  }

  /** Software and HSM keys have no fixed quota since February 2026; external ones differ. */
  private static Price google(KeySpec spec, String protection) {
    boolean ordinary = !spec.isKeyPair() || spec.equals(KeySpec.rsa(2048));
    boolean hsm = protection.equals("HSM");
    Optional<Double> version =
        switch (protection) {
          case "SOFTWARE" -> Optional.of(0.06);
          case "HSM" -> Optional.of(ordinary ? 1.00 : 2.50);
          case "EXTERNAL", "EXTERNAL_VPC" -> Optional.of(3.00);
          default -> Optional.empty();
        };
    return new Price(
        Optional.of(hsm && !ordinary ? 0.15 : 0.03), version, Integer.MAX_VALUE, Optional.empty());
  }
}
