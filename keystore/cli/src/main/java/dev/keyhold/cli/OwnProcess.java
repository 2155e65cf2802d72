package dev.keyhold.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** This command line once more, in another process of the same Java and the same jars. */
public final class OwnProcess {
  private OwnProcess() {}

  public static ProcessBuilder of(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command);
  }
}
