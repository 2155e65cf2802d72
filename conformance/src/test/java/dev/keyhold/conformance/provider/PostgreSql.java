package dev.keyhold.conformance.provider;

import dev.keyhold.conformance.Ports;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A PostgreSQL server with an empty database, on a free loopback port, with its files in a folder.
 * It refuses to run as root: then it runs as the user {@code postgres}, whom its package made.
 */
final class PostgreSql implements AutoCloseable {
  static final String USER = "keyhold";

  private final Path programs;
  private final Path data;
  private final int port;

  private PostgreSql(Path programs, Path data, int port) {
    this.programs = programs;
    this.data = data;
    this.port = port;
  }

  /** Skips the test where PostgreSQL is not installed. */
  static PostgreSql start() throws IOException {
    Optional<Path> programs = programs();
    Assumptions.assumeTrue(programs.isPresent(), "no PostgreSQL server is installed");
    Path data = Files.createTempDirectory("keyhold-postgresql");
    Path password = Files.writeString(data.resolve("password"), "secret");
    if (isRoot()) {
      run(List.of("chown", "-R", "postgres", data.toString()));
    }
    PostgreSql server = new PostgreSql(programs.get(), data.resolve("db"), Ports.free());
    server.run(
        "initdb", "-U", USER, "--pwfile=" + password, "--auth=scram-sha-256", "-D", server.data());
    server.run(
        "pg_ctl",
        "-D",
        server.data(),
        "-l",
        data.resolve("log").toString(),
        "-o",
        "-h 127.0.0.1 -p " + server.port + " -k " + data,
        "-w",
        "start");
    return server;
  }

  private static Optional<Path> programs() {
    Path versions = FileSystems.getDefault().getPath("/usr/lib/postgresql");
    if (!Files.isDirectory(versions)) {
      return Optional.empty();
    }
    try (Stream<Path> found = Files.list(versions)) {
      return found
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Comparator.naturalOrder());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private String data() {
    return data.toString();
  }

  /** The database that is always there. */
  String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  private void run(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    run(command);
  }

  private static void run(List<String> command) throws IOException {
    Path output = Files.createTempFile("keyhold-postgresql", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = ends(process);
    String said = Files.readString(output);
    Files.delete(output);
    if (!ended || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(command + " failed: " + said);
    }
  }

  private static boolean ends(Process process) {
    try {
      return process.waitFor(3, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    run("pg_ctl", "-D", data(), "-m", "immediate", "-w", "stop");
    try (Stream<Path> files = Files.walk(data.getParent())) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }
}
