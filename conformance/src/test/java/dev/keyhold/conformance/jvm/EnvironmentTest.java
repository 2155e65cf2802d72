package dev.keyhold.conformance.jvm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.Jvm;
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

  private String keyhold(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Jvm.distribution().resolveSibling("bin").resolve("keyhold").toString());
    command.addAll(Arrays.asList(arguments));
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

  private void assertDecrypts(Map<String, String> environment, Path object) throws Exception {
    Path opened = folder.resolve(object.getFileName() + ".opened");
    keyhold(environment, "decrypt", "--key", "orders", object.toString(), opened.toString());
    assertArrayEquals(PLAIN, Files.readAllBytes(opened));
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
    keyhold(links, "keys", "create", "orders");
    Path object = folder.resolve("object");
    keyhold(links, "encrypt", "--key", "orders", plain.toString(), object.toString());
    assertDecrypts(links, object);
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
    Map<String, String> other = Map.of("KEYHOLD_JAVA_OPTS", options);
    Map<String, String> usual = Map.of("KEYHOLD_JAVA_OPTS", "-Duser.language=en -Duser.country=US");
    keyhold(other, "keys", "create", "orders");
    assertEquals(keyhold(usual, "keys", "list"), keyhold(other, "keys", "list"));
    assertEquals(keyhold(usual, "explain", "orders"), keyhold(other, "explain", "orders"));
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    keyhold(other, "encrypt", "--key", "orders", plain.toString(), first.toString());
    List<Path> entries = entries(board);
    assertFalse(entries.isEmpty());
    keyhold(usual, "encrypt", "--key", "orders", plain.toString(), second.toString());
    assertTrue(entries(board).containsAll(entries), "the other locale's entry is not kept");
    for (Path entry : entries(board)) {
      assertTrue(entry.getFileName().toString().matches("[\\x20-\\x7e]+"), entry.toString());
    }
    assertDecrypts(usual, first);
    assertDecrypts(other, second);
  }

  private static List<Path> entries(Path board) throws Exception {
    try (Stream<Path> files = Files.list(board)) {
      return files.sorted().toList();
    }
  }
}
