package dev.keyhold.custody.server.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A developer's custodian in this JVM, whose workload may do all. The keys behind it are in a key
 * file of their own, empty at first: {@code inner.keyhold} under the password of {@code
 * password.txt}.
 */
public final class TestCustodianProcess implements AutoCloseable {
  private static Path template;

  private final Path folder;
  private final Custodian custodian;

  private TestCustodianProcess(Path folder, Custodian custodian) {
    this.folder = folder;
    this.custodian = custodian;
  }

  /** Starts one on free ports, with its files in a folder below another one. */
  public static TestCustodianProcess start(Path parent) {
    try {
      Path folder = copy(template(), parent.resolve("custodian"));
      return new TestCustodianProcess(
          folder, Custodian.start(folder.resolve("custodian.properties"), false, true));
    } catch (Exception e) { // of many kinds
      throw new IllegalStateException(e);
    }
  }

  private static synchronized Path template() throws Exception {
    if (template == null) {
      Path made = Files.createTempDirectory("custodian");
      new DevFolder(made).make(0, 0);
      Files.write(
          made.resolve("keyhold.properties"),
          List.of(
              "backend.log.type = software",
              "backend.log.file = keys.keyhold",
              "backend.log.password = file:password.txt",
              "backend.inner.type = software",
              "backend.inner.file = inner.keyhold",
              "backend.inner.password = file:password.txt",
              "key.custody-log = log",
              "key.* = inner"));
      Path properties = made.resolve("custodian.properties");
      Files.writeString(properties, Files.readString(properties) + "custodian.backend = inner\n");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made)));
      template = made;
    }
    return template;
  }

  private static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
    return to;
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the options of its client. */
  public Map<String, String> options() {
    return Map.of(
        "url",
        "https://localhost:" + custodian.libraryPort(),
        "fronts",
        "software",
        "client-certificate",
        folder.resolve("client.pem").toString(),
        "client-key",
        "file:" + folder.resolve("client-key.pem"),
        "ca",
        folder.resolve("ca.pem").toString(),
        "deadline",
        "60s");
  }

  /** Returns the configuration of a client, as {@code run --dev} prints it. */
  public List<String> printed() {
    return new DevFolder(folder).client(custodian.libraryPort()).lines().toList();
  }

  /** Returns the options of the backend behind it. */
  public Map<String, String> innerOptions() {
    return Map.of(
        "file",
        folder.resolve("inner.keyhold").toString(),
        "password",
        "file:" + folder.resolve("password.txt"));
  }

  @Override
  public void close() {
    try {
      custodian.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
