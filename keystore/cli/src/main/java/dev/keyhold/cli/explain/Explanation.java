package dev.keyhold.cli.explain;

import dev.keyhold.cli.cost.PlanCost;
import dev.keyhold.cli.cost.Workload;
import java.util.List;

/**
 * An alias as {@code explain --json} shows it; the names of the components are those of the JSON.
 *
 * @param binding what its objects are bound to
 * @param newObjects what opens what is written now, as a configuration writes it
 * @param oldObjects what opens what was written before
 * @param keys all that stand in those
 * @param workload what calls and dollars are reckoned from; null if nothing was said
 * @param measuredOver how long the recording is, in ISO 8601; null without one
 * @param costs as configured, and as supposed
 * @param prices where prices and quotas are from
 * @param losses what stops when a backend is lost
 * @param notes what else to know
 */
record Explanation(
    String alias,
    String binding,
    String newObjects,
    List<String> oldObjects,
    List<ExplainedKey> keys,
    Workload workload,
    String measuredOver,
    List<PlanCost> costs,
    String prices,
    List<Losses.Loss> losses,
    List<String> notes) {}
