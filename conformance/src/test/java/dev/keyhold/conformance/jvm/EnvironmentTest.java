package dev.keyhold.conformance.jvm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdProvider;
import dev.keyhold.cli.CommandSequence;
import dev.keyhold.conformance.Jvm;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line in JVMs whose environment is not that of a developer's machine. */
class EnvironmentTest {
  private static final byte[] PLAIN = "an order".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  private Path mount;
  private Path plain;

  @BeforeEach
  void mount() throws Exception {
    mount = Files.createDirectories(folder.resolve("mount"));
    plain = Files.write(folder.resolve("plain"), PLAIN);
    publish("..2026_11_01", "key.orders = b");
    for (String name : List.of("keyhold.properties", "password")) {
      Files.createSymbolicLink(mount.resolve(name), Path.of("..data", name));
    }
  }

  /** Swaps the link as a kubelet does that has new contents of a ConfigMap and a Secret. */
  private void publish(String version, String... lines) throws Exception {
    Path contents = Files.createDirectories(mount.resolve(version));
    List<String> all =
        new ArrayList<>(
            List.of(
                "reload = 1s",
                "backend.b.type = software",
                "backend.b.file = " + folder.resolve("keys.keyhold"),
                "backend.b.password = file:password"));
    all.addAll(Arrays.asList(lines));
    Files.write(contents.resolve("keyhold.properties"), all);
    Files.writeString(contents.resolve("password"), "a password for tests");
    Path link = Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of(version));
    Files.move(link, mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Runs a command as a user does, by the launcher. */
  private void keyhold(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Jvm.distribution().resolveSibling("bin").resolve("keyhold").toString());
    command.addAll(Arrays.asList(arguments));
    run(environment, command);
  }

  /** Runs commands one after the other in one JVM; returns the output of each. */
  private List<String> keyhold(
      List<String> options, Map<String, String> environment, List<List<String>> commands)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(options);
    Path classes =
        Path.of(CommandSequence.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    command.add("-cp");
    command.add(Jvm.classPath(Jvm.distribution()) + File.pathSeparator + classes);
    command.add(CommandSequence.class.getName());
    for (List<String> arguments : commands) {
      command.addAll(arguments);
      command.add(CommandSequence.END);
    }
    String output = run(environment, command);
    List<String> outputs =
        Arrays.asList(output.split(CommandSequence.END + System.lineSeparator(), -1));
    assertEquals(commands.size() + 1, outputs.size(), output);
    return outputs.subList(0, commands.size());
  }

  private String run(Map<String, String> environment, List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(mount.toFile());
    builder.environment().put("KEYHOLD_CONFIG", mount.resolve("keyhold.properties").toString());
    builder.environment().remove("KEYHOLD_JAVA_OPTS");
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  private List<String> encrypt(Path object) {
    return List.of("encrypt", "--key", "orders", plain.toString(), object.toString());
  }

  private static List<String> decrypt(Path object) {
    return List.of("decrypt", "--key", "orders", object.toString(), opened(object).toString());
  }

  private static Path opened(Path object) {
    return object.resolveSibling(object.getFileName() + ".opened");
  }

  /** Services named like properties of Keyhold, which a pod is told of by variables. */
  @Test
  void aPodWithServiceLinks() throws Exception {
    Map<String, String> links =
        Map.of(
            "KEYHOLD_BOARD_PORT", "tcp://10.96.3.7:5432",
            "KEYHOLD_BOARD_PORT_5432_TCP", "tcp://10.96.3.7:5432",
            "KEYHOLD_BOARD_PORT_5432_TCP_PROTO", "tcp",
            "KEYHOLD_BOARD_PORT_5432_TCP_PORT", "5432",
            "KEYHOLD_BOARD_PORT_5432_TCP_ADDR", "10.96.3.7",
            "KEYHOLD_BOARD_SERVICE_HOST", "10.96.3.7",
            "KEYHOLD_BOARD_SERVICE_PORT", "5432",
            "KEYHOLD_BACKEND_B_PORT", "tcp://10.96.3.8:443",
            "KEYHOLD_KEY_ORDERS_SERVICE_HOST", "fd00::1",
            "KUBERNETES_PORT", "tcp://10.96.0.1:443");
    Path object = folder.resolve("object");
    keyhold(
        List.of(),
        links,
        List.of(List.of("keys", "create", "orders"), encrypt(object), decrypt(object)));
    assertArrayEquals(PLAIN, Files.readAllBytes(opened(object)));
  }

  @Test
  void theLinkOfAMountedFolderIsSwapped() throws Exception {
    String file = mount.resolve("keyhold.properties").toString();
    keyhold(Map.of(), "keys", "create", "orders");
    try (KeyholdProvider provider = new KeyholdProvider().configure(file)) {
      assertTrue(aliases(provider).containsAlias("orders"));
      assertFalse(aliases(provider).containsAlias("later"));
      publish("..2026_11_02", "key.orders = b", "key.later = b");
      keyhold(Map.of(), "keys", "create", "later");
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
      while (!aliases(provider).containsAlias("later")) {
        assertTrue(System.nanoTime() < deadline, "the new configuration is not taken over");
        Thread.sleep(100);
      }
      assertTrue(aliases(provider).containsAlias("orders"));
    }
  }

  private static KeyStore aliases(KeyholdProvider provider) throws Exception {
    KeyStore keys = KeyStore.getInstance("Keyhold", provider);
    keys.load(null, null);
    return keys;
  }

  /** Other digits, another calendar, other rules of upper and lower case. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Duser.language=ar -Duser.country=EG -Duser.extensions=u-nu-arab",
        "-Duser.language=th -Duser.country=TH -Duser.extensions=u-ca-buddhist-nu-thai",
        "-Duser.language=tr -Duser.country=TR"
      })
  void anotherLocale(String options) throws Exception {
    Path board = Files.createDirectories(folder.resolve("board"));
    publish("..locale", "key.orders = b", "key.orders.data-keys = epoch", "board = " + board);
    List<String> list = List.of("keys", "list");
    List<String> explain = List.of("explain", "orders");
    Path first = folder.resolve("first");
    List<String> other =
        keyhold(
            List.of(options.split(" ", -1)),
            Map.of(),
            List.of(List.of("keys", "create", "orders"), list, explain, encrypt(first)));
    List<Path> entries = entries(board);
    assertFalse(entries.isEmpty());
    Path second = folder.resolve("second");
    List<String> usual =
        keyhold(
            List.of("-Duser.language=en", "-Duser.country=US"),
            Map.of(),
            List.of(list, explain, encrypt(second), decrypt(first)));
    assertEquals(usual.subList(0, 2), other.subList(1, 3));
    assertTrue(entries(board).containsAll(entries), "the other locale's entry is not kept");
    for (Path entry : entries(board)) {
      assertTrue(entry.getFileName().toString().matches("[\\x20-\\x7e]+"), entry.toString());
    }
    keyhold(Map.of("KEYHOLD_JAVA_OPTS", options), decrypt(second).toArray(String[]::new));
    assertArrayEquals(PLAIN, Files.readAllBytes(opened(first)));
    assertArrayEquals(PLAIN, Files.readAllBytes(opened(second)));
  }

  private static List<Path> entries(Path board) throws Exception {
    try (Stream<Path> files = Files.list(board)) {
      return files.sorted().toList();
    }
  }
}
