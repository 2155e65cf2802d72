package dev.keyhold.cli.cost;

import dev.keyhold.admin.AliasPolicy;
import dev.keyhold.admin.AliasPolicy.Epochs;
import dev.keyhold.admin.KeySet;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.Numbers;
import dev.keyhold.keystore.Words;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The mode of an alias ({@code data-keys}) and its bounds, as configured or as {@code --what-if}
 * assumes. Immutable.
 *
 * @param hasEpochs whether the keys of objects are derived from epoch keys; otherwise each object
 *     has a wrapped data key
 * @param bounds how long, and for how many objects, an epoch key is used
 * @param board whether processes share epoch keys
 */
public record Plan(boolean hasEpochs, Epochs bounds, boolean board) {
  private static final Set<String> OPTIONS = Set.of("board", "data-keys", "max-age", "max-stale");

  /** Returns the plan of the configuration. */
  public static Plan of(AliasPolicy policy, boolean board) {
    return new Plan(policy.protectWith().epochKeys(), policy.epochs(), board);
  }

  /**
   * Returns a plan with other options of the alias.
   *
   * @param options as in the configuration, without {@code key.<alias>.}; {@code board} is yes or
   *     no
   * @throws CommandFailure if an option is unknown, has a wrong value, or is about epoch keys in a
   *     plan without them
   */
  public Plan with(Map<String, String> options) throws CommandFailure {
    for (String option : options.keySet()) {
      if (!OPTIONS.contains(option)) {
        throw wrong(
            option, "is not an option; there are: " + String.join(", ", new TreeSet<>(OPTIONS)));
      }
    }
    boolean epochs = hasEpochs;
    if (options.containsKey("data-keys")) {
      String text = options.get("data-keys");
      List<String> words = List.of(KeySet.dataKeys(false), KeySet.dataKeys(true));
      epochs = words.indexOf(Words.parse(text, words, what -> wrong("data-keys", text, what))) == 1;
    }
    for (String option : options.keySet()) {
      if (!option.equals("data-keys") && !epochs) {
        throw wrong(option, "is about epoch keys: add --what-if data-keys=epoch");
      }
    }
    Duration maxAge = age(options, "max-age").orElse(bounds.maxAge());
    boolean unset = bounds.maxStale().equals(bounds.maxAge()); // then it is as long as max-age
    Duration otherwise =
        unset || bounds.maxStale().compareTo(maxAge) < 0 ? maxAge : bounds.maxStale();
    Duration maxStale = age(options, "max-stale").orElse(otherwise);
    if (maxStale.compareTo(maxAge) < 0) {
      throw wrong("max-stale", "is shorter than max-age: it is counted from the same moment");
    }
    return new Plan(epochs, new Epochs(maxAge, maxStale, bounds.maxObjects()), board(options));
  }

  private boolean board(Map<String, String> options) throws CommandFailure {
    return switch (options.getOrDefault("board", board ? "yes" : "no")) {
      case "yes" -> true;
      case "no" -> false;
      default -> throw wrong("board", options.get("board"), "must be yes or no");
    };
  }

  private static Optional<Duration> age(Map<String, String> options, String option)
      throws CommandFailure {
    String text = options.get(option);
    return text == null
        ? Optional.empty()
        : Optional.of(Epochs.age(text, what -> wrong(option, text, what)));
  }

  private static CommandFailure wrong(String option, String text, String what) {
    return wrong(option, "= " + text + ": " + what);
  }

  private static CommandFailure wrong(String option, String what) {
    return new CommandFailure(ExitCode.USAGE, "--what-if " + option + " " + what);
  }

  /** Returns the mode as the value of {@code data-keys} in a configuration. */
  public String dataKeys() {
    return KeySet.dataKeys(hasEpochs);
  }

  /** Returns a short text, such as {@code data-keys=epoch, max-age=5m, a board}. */
  String label() {
    return hasEpochs
        ? "data-keys=epoch, max-age="
            + Numbers.duration(bounds.maxAge())
            + (board ? ", a board" : "")
        : "data-keys=per-object";
  }

  /** Returns after how long a revocation at the backend takes effect in this process. */
  String revocation() {
    if (!hasEpochs) {
      return "at the next use";
    }
    String usual = "after " + Numbers.duration(bounds.maxAge()) + " at most";
    return bounds.maxStale().equals(bounds.maxAge())
        ? usual
        : usual + "; in an outage " + Numbers.duration(bounds.maxStale());
  }

  /** Returns how long writes and reads continue while the keys are unreachable. */
  String outage() {
    return hasEpochs
        ? "goes on for "
            + Numbers.duration(bounds.maxStale())
            + " at most, with the epoch keys at hand; then stops"
        : "stops at once";
  }
}
