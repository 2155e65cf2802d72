package dev.keyhold.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs several commands one after the other in this JVM, which costs a test less than a JVM for
 * each. The arguments are those of the commands, each command with {@link #END} behind it; the
 * output has that line behind each command's. Exits with the code of the first that fails.
 */
public final class CommandSequence {
  /** The argument behind each command, and the line behind each command's output. */
  public static final String END = "--end-of-command--";

  private CommandSequence() {}

  /** Runs the commands. */
  public static void main(String[] arguments) {
    List<String> command = new ArrayList<>();
    for (String argument : arguments) {
      if (!argument.equals(END)) {
        command.add(argument);
        continue;
      }
      int code = Main.run(command.toArray(String[]::new));
      if (code != 0) {
        System.exit(code);
      }
      System.out.println(END);
      command.clear();
    }
    System.exit(0);
  }
}
