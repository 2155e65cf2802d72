package dev.keyhold.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two configurations in one JVM, by lines that {@code java-security} wrote. */
class TwoSecurityLinesTest {
  @TempDir Path folder;
  private Cli one;
  private Cli two;

  /** An application that knows nothing of Keyhold but the types of its key stores. */
  static final class Application {
    private Application() {}

    /** Prints the aliases of each type. */
    public static void main(String[] types) throws Exception {
      for (String type : types) {
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, null);
        System.out.println(type + " " + Collections.list(store.aliases()));
      }
    }
  }

  @BeforeEach
  void makeKeys() throws IOException {
    one = Cli.in(Files.createDirectory(folder.resolve("one")));
    two = Cli.in(Files.createDirectory(folder.resolve("gr\u00f6\u00dfe ${two}")));
    one.run("keys", "create", "orders");
    two.run("keys", "create", "pay");
  }

  @Test
  void eachHasItsOwnKeys() throws Exception {
    Cli.Result second = two.run("java-security", "--name", "second");
    assertEquals(1, second.out().lines().count(), second.out());
    Path lines =
        Files.writeString(
            folder.resolve("keyhold.security"), one.run("java-security").out() + second.out());
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djava.security.properties=" + lines,
                "-cp",
                System.getProperty("java.class.path"),
                Application.class.getName(),
                "Keyhold",
                "Keyhold-second")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertEquals(
        List.of("Keyhold [orders]", "Keyhold-second [pay]"),
        output.lines().filter(line -> line.startsWith("Keyhold")).toList(),
        output);
  }

  @Test
  void thePositionIsTheFirstFreeOneOrTheGivenOne() {
    long first = one.run("java-security").out().lines().filter(l -> l.startsWith("sec")).count();
    String line = one.run("java-security", "--name", "b").out();
    assertTrue(line.startsWith("security.provider.%s=".formatted(first + 1)), line);
    assertTrue(line.contains("dev.keyhold.KeyholdProvider name=b " + one.config()), line);
    String given = one.run("java-security", "--name", "b", "--position", "77").out();
    assertTrue(given.startsWith("security.provider.77="), given);
  }

  @Test
  void whatIsNoNameOrPositionIsWrongUsage() {
    assertEquals(2, one.run("java-security", "--name", "a b").code());
    assertEquals(2, one.run("java-security", "--name", "").code());
    assertEquals(2, one.run("java-security", "--position", "3").code());
    assertEquals(2, one.run("java-security", "--name", "b", "--position", "0").code());
  }
}
