package dev.keyhold.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a main class in another process of the same Java and the same class path. */
final class OwnProcess {
  private OwnProcess() {}

  static ProcessBuilder of(Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command);
  }
}
