package dev.keyhold.demo;

import dev.keyhold.cli.command.SecretFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary folder that is gone when this is closed, or when the process is interrupted. */
final class DemoFolder implements AutoCloseable {
  private final Path path;
  private final Thread atExit = new Thread(this::delete);

  private DemoFolder(Path path) {
    this.path = path;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  static DemoFolder create() throws IOException {
    return new DemoFolder(Files.createTempDirectory("keyhold-demo"));
  }

  Path path() {
    return path;
  }

  /** Writes a password or PIN to a file that no other user may read. */
  void writeSecret(String name, String secret) throws IOException {
    SecretFile.create(path.resolve(name), secret);
  }

  private void delete() {
    try (Stream<Path> files = Files.walk(path)) {
      List<Path> childrenFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : childrenFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    delete();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }
}
