package dev.keyhold.cli.cost;

import java.time.Duration;

/**
 * The use that applications make of an alias.
 *
 * @param objects that are written a day; of a key that wraps no data keys, its uses
 * @param reads of objects a day
 * @param processes that write
 * @param readers processes that read
 * @param tenants that each process has to do with; 1 where there are none
 * @param purposes that are declared, each with its tickets; 1 where none is
 * @param peak the busiest second's calls, as a multiple of the average second's
 */
public record Workload(
    long objects, long reads, int processes, int readers, int tenants, int purposes, double peak) {
  /** The length of a month in all estimates. */
  public static final Duration MONTH = Duration.ofDays(30);

  /**
   * Returns how many epoch keys a process uses at a time: one for each tenant, purpose and ticket.
   */
  public long epochSeries() {
    return (long) tenants * purposes;
  }

  public double objectsPerMonth() {
    return (double) objects * MONTH.toDays();
  }

  public double readsPerMonth() {
    return (double) reads * MONTH.toDays();
  }
}
