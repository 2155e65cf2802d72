package dev.keyhold.cli.cost;

import dev.keyhold.admin.Administration;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.cost.PriceList.Price;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Keeper;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The options of {@code explain} that say what applications do, and what calls cost. */
public final class CostOptions {
  private static final Pattern OF_BACKEND =
      Pattern.compile("(?:([A-Za-z0-9_-]+)=)?([0-9]{1,9}(?:\\.[0-9]{1,9})?)");

  @Option(
      names = "--objects",
      paramLabel = "N",
      description = "Objects written a day; uses a day of a key that signs or computes MACs.")
  private Double objects;

  @Option(names = "--reads", paramLabel = "N", description = "Objects read a day.")
  private Double reads;

  @Option(
      names = "--processes",
      paramLabel = "N",
      defaultValue = "1",
      description = "Processes that write (1).")
  private int processes;

  @Option(
      names = "--readers",
      paramLabel = "N",
      description = "Processes that read (as many as write).")
  private Integer readers;

  @Option(
      names = "--tenants",
      paramLabel = "N",
      defaultValue = "1",
      description = "Tenants that each process has to do with: each has epoch keys of its own (1).")
  private int tenants;

  @Option(
      names = "--purposes",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Declared purposes, each with its tickets, that each process has to do with: each has epoch"
              + " keys of its own (1).")
  private int purposes;

  @Option(
      names = "--peak",
      paramLabel = "FACTOR",
      defaultValue = "10",
      description = "The busiest second, as a multiple of the average one (10).")
  private double peak;

  @Option(
      names = "--price-per-10000",
      paramLabel = "[BACKEND=]DOLLARS",
      description = "What 10,000 calls cost: of one backend, or of all cloud services.")
  private List<String> prices = List.of();

  @Option(
      names = "--quota-per-second",
      paramLabel = "[BACKEND=]N",
      description =
          "Calls a second that a backend takes: a cloud service's quota, an HSM's capacity.")
  private List<String> quotas = List.of();

  @Option(
      names = "--recording",
      paramLabel = "FILE.jfr",
      description =
          "What one of the processes did, recorded by Flight Recorder: measured, not estimated.")
  private Path recording;

  /** Returns what a process did, where that was recorded. */
  Optional<Measured> measured() throws CommandFailure {
    return recording == null ? Optional.empty() : Optional.of(Measured.read(recording));
  }

  /** Returns what the applications do where {@link #objects} and {@link #reads} are measured. */
  Workload workload(long measuredObjects, long measuredReads) {
    return new Workload(
        measuredObjects,
        measuredReads,
        processes,
        readers == null ? processes : readers,
        tenants,
        purposes,
        peak);
  }

  /** Returns what the applications do; empty if nothing was said. */
  Optional<Workload> workload() throws CommandFailure {
    boolean bad =
        !isAmount(objects)
            || !isAmount(reads)
            || processes < 1
            || (readers != null && readers < 0)
            || tenants < 1
            || purposes < 1
            || !(peak >= 1 && peak <= 1e6);
    if (bad) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "--objects and --reads are numbers from 0 to 1e12, --processes, --tenants and --purposes from 1 on,"
              + " --readers from 0 on, --peak a factor from 1 on");
    }
    return objects == null && reads == null
        ? Optional.empty()
        : Optional.of(
            workload(
                objects == null ? 0 : Math.round(objects), reads == null ? 0 : Math.round(reads)));
  }

  private static boolean isAmount(Double number) {
    return number == null || (number >= 0 && number <= 1e12);
  }

  int processes() {
    return processes;
  }

  double peak() {
    return peak;
  }

  /** Returns a list price, changed as these options say. */
  Price price(Administration admin, String backend, Price listed)
      throws CommandFailure, BackendException {
    Optional<Double> per10000 = given("--price-per-10000", prices, admin, backend);
    Optional<Double> quota = given("--quota-per-second", quotas, admin, backend);
    Price price = per10000.map(listed::withPer10000).orElse(listed);
    return quota.isPresent() ? price.withQuota(quota.get()) : price;
  }

  private static Optional<Double> given(
      String option, List<String> values, Administration admin, String backend)
      throws CommandFailure, BackendException {
    Set<String> backends = admin.backends();
    Map<String, Double> byBackend = new HashMap<>();
    for (String value : values) {
      Matcher matcher = OF_BACKEND.matcher(value);
      boolean known =
          matcher.matches() && (matcher.group(1) == null || backends.contains(matcher.group(1)));
      double number = known ? Double.parseDouble(matcher.group(2)) : 0;
      if (!known || (number == 0 && option.startsWith("--quota"))) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "%s %s: a number, or <backend>=<number>; backends are: %s"
                .formatted(option, value, String.join(", ", backends)));
      }
      byBackend.put(matcher.group(1), number);
    }
    Optional<Double> own = Optional.ofNullable(byBackend.get(backend));
    return own.isPresent() || admin.backend(backend).keeper() != Keeper.CLOUD
        ? own
        : Optional.ofNullable(byBackend.get(null));
  }
}
