package dev.keyhold.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.keyhold.cli.Cli.Result;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.Terminal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Each option of each command that is a count, an amount, a duration or a date is read by the rules
 * of the configuration. A wrong value is refused, by an error that says what would be right.
 */
class OptionValuesTest {
  /** Right and wrong values, and what the error about a wrong one says. */
  private record Kind(List<String> right, List<String> wrong, String advice) {}

  private static final Kind COUNT =
      new Kind(
          List.of("1", "256"),
          List.of("+1", "-1", "01", "1.0", "1e3", "1k", "0x10", "some", "99999999999"),
          "must be a whole number from 0 to 2147483647");
  private static final Kind AMOUNT =
      new Kind(
          List.of("1", "1.5", "1e6", "20000"),
          List.of("+1", "-1", "NaN", "Infinity", "1f", "0x1p3", "1,5", "some"),
          "must be a number, such as 20000, 1.5 or 1e6");
  private static final Kind DURATION =
      new Kind(
          List.of("500ms", "30s", "5m", "8h", "7d"),
          List.of("3", "3 d", "03d", "+3d", "3D", "3days", "1.5d", "P3D", "999999999d"),
          "must be a duration from 0s to 36500d, such as 500ms, 30s, 5m, 8h or 7d");
  private static final Kind DATE =
      new Kind(
          List.of("2026-11-28"),
          List.of("28.11.2026", "2026-11-31", "today"),
          "must be a date, such as 2026-11-28");
  private static final Map<Class<?>, Kind> KINDS =
      Map.of(
          int.class, COUNT,
          Integer.class, COUNT,
          double.class, AMOUNT,
          Double.class, AMOUNT,
          Duration.class, DURATION,
          LocalDate.class, DATE);

  @TempDir Path folder;

  private record Found(List<String> command, String option, Kind kind) {}

  @Test
  void itFindsTheOptionsOfAllKinds() {
    Set<String> options =
        options().map(Found::option).collect(Collectors.toCollection(TreeSet::new));
    assertTrue(
        options.containsAll(
            List.of("--threads", "--size", "--every", "--in", "--objects", "--today")),
        options.toString());
  }

  @TestFactory
  Stream<DynamicTest> itTakesRightValues() {
    return options().flatMap(found -> found.kind().right().stream().map(v -> right(found, v)));
  }

  private static DynamicTest right(Found found, String value) {
    return dynamicTest(
        found.option() + " " + value,
        () -> {
          List<String> arguments = new ArrayList<>(found.command());
          arguments.add(found.option() + "=" + value);
          assertThrowsNothingButMissing(arguments);
        });
  }

  /** The option alone is not a whole command, but is read before what lacks is told. */
  private static void assertThrowsNothingButMissing(List<String> arguments) {
    try {
      commands().parseArgs(arguments.toArray(String[]::new));
    } catch (MissingParameterException e) {
      assertTrue(e.getMessage().startsWith("Missing required"), e.getMessage());
    }
  }

  @TestFactory
  Stream<DynamicTest> itRefusesWrongValues() {
    return options().flatMap(found -> found.kind().wrong().stream().map(v -> wrong(found, v)));
  }

  private DynamicTest wrong(Found found, String value) {
    return dynamicTest(
        found.option() + " " + value,
        () -> {
          List<String> arguments = new ArrayList<>(found.command());
          arguments.add(found.option() + "=" + value);
          Result result = Cli.in(folder).run(arguments.toArray(String[]::new));
          assertEquals(ExitCode.USAGE, result.code(), result.err());
          assertTrue(result.err().contains(found.option()), result.err());
          assertTrue(
              result.err().contains("'" + value + "' " + found.kind().advice()), result.err());
        });
  }

  private static Stream<Found> options() {
    return options(commands(), List.of());
  }

  private static Stream<Found> options(CommandLine command, List<String> path) {
    Stream<Found> own =
        command.getCommandSpec().options().stream()
            .filter(option -> KINDS.containsKey(option.type()))
            .map(option -> found(path, option));
    Stream<Found> below =
        command.getSubcommands().entrySet().stream()
            .flatMap(
                entry -> {
                  List<String> further = new ArrayList<>(path);
                  further.add(entry.getKey());
                  return options(entry.getValue(), further);
                });
    return Stream.concat(own, below);
  }

  private static Found found(List<String> path, OptionSpec option) {
    return new Found(path, option.longestName(), KINDS.get(option.type()));
  }

  private static CommandLine commands() {
    return CommandTree.complete(
        new Context(System.in, System.out, System.err, Terminal.ofProcess()));
  }
}
