package dev.keyhold.cli.cost;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Residence;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The prices of the cloud services in US dollars, and how many calls a second they accept from one
 * account in one region by default. It is read from the file {@code prices.json} beside this class,
 * whose names are those of the components here. Immutable.
 *
 * @param source where the figures are from, and how old they are
 * @param services by the type of the backend
 */
public record PriceList(String source, Map<String, Service> services) {
  private static final String FILE = "prices.json";

  /**
   * The prices and quotas of one service. Of several rules for a figure, the first that is true of
   * a key counts; where none is, the figure is not known.
   *
   * @param sources the pages that the figures are from
   * @param notes what else to know about them
   * @param paidVersions the most versions of a key that are paid for; null for all
   * @param per10000 the price of 10,000 calls
   * @param version the price of one version of the key for a month
   * @param quota calls a second
   */
  public record Service(
      List<String> sources,
      List<String> notes,
      Integer paidVersions,
      List<Rule> per10000,
      List<Rule> version,
      List<Rule> quota) {}

  /**
   * A figure, and the keys that it is for; a condition that is null is true of all.
   *
   * @param regions names of places
   * @param protections as the backend names them
   * @param keys algorithms with sizes, such as {@code RSA-2048}
   * @param pairs whether the key is a pair
   * @param value the figure
   */
  public record Rule(
      Set<String> regions, Set<String> protections, Set<String> keys, Boolean pairs, Double value) {
    private boolean isFor(String region, KeySpec spec, String protection) {
      return (regions == null || regions.contains(region))
          && (protections == null || protections.contains(protection))
          && (keys == null || keys.contains(spec.toString()))
          && (pairs == null || pairs == spec.isKeyPair());
    }
  }

  /**
   * The price of one key.
   *
   * @param per10000 of 10,000 calls; empty if nothing is asked for, or it is not known
   * @param version of one version of the key for a month, likewise
   * @param paidVersions the most versions of a key that are paid for
   * @param quota calls a second; empty if there is no fixed number, or it is not known
   */
  public record Price(
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

  /** Reads the list that comes with the command line. */
  public static PriceList read() {
    try (Reader file =
        new InputStreamReader(
            Objects.requireNonNull(PriceList.class.getResourceAsStream(FILE), FILE),
            StandardCharsets.UTF_8)) {
      return new Gson().fromJson(file, PriceList.class);
    } catch (JsonParseException e) {
      throw new IllegalStateException(FILE + " is not a valid price list", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns where the figures are from, and how to use others. */
  public String origin() {
    return source + "; yours may differ (--price-per-10000, --quota-per-second)";
  }

  /**
   * Returns what a key costs; nothing where its backend is no cloud service.
   *
   * @param type of the backend
   * @param protection as the backend names it; empty if it is not known
   */
  Price of(String type, Optional<Residence> residence, KeySpec spec, String protection) {
    Service service = services.get(type);
    if (service == null) {
      return Price.NONE;
    }
    String region = residence.map(Residence::name).orElse("");
    return new Price(
        first(service.per10000, region, spec, protection),
        first(service.version, region, spec, protection),
        service.paidVersions == null ? Integer.MAX_VALUE : service.paidVersions,
        first(service.quota, region, spec, protection));
  }

  private static Optional<Double> first(
      List<Rule> rules, String region, KeySpec spec, String protection) {
    return rules.stream()
        .filter(rule -> rule.isFor(region, spec, protection))
        .findFirst()
        .map(Rule::value);
  }
}
