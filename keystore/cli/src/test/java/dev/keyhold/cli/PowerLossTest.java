package dev.keyhold.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is on the disk when the power fails, by the system calls of a command. */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class PowerLossTest {
  private static final Pattern SYNC = Pattern.compile("(?:fsync|fdatasync)\\(\\d+<([^>]+)>.*");
  private static final Pattern RENAME = Pattern.compile("rename(?:at2?)?\\(.*\"([^\"]+)\".*");

  @TempDir Path temporary;
  private Path folder;
  private Cli cli;

  @BeforeEach
  void makeKey() throws IOException, InterruptedException {
    assumeTrue(canTrace(), "there is no strace that may trace");
    folder = temporary.toRealPath();
    cli = Cli.in(folder);
    assertEquals(0, cli.run("keys", "create", "orders").code());
  }

  private static boolean canTrace() throws InterruptedException {
    try {
      return new ProcessBuilder("strace", "-f", "-y", "-o", "/dev/null", "true").start().waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** The files that were forced to the disk and the names that were taken, in their order. */
  private List<String> trace(String... arguments) throws IOException, InterruptedException {
    Path log = folder.resolve("trace.log");
    List<String> command = new ArrayList<>(List.of("strace", "-f", "-y", "-s", "4096"));
    command.addAll(List.of("-e", "trace=fsync,fdatasync,rename,renameat,renameat2"));
    command.addAll(List.of("-o", log.toString()));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp"));
    command.addAll(List.of(System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--config", cli.config().toString()));
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertEquals(0, process.waitFor(), () -> read(output));
    List<String> events = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      String call = line.replaceFirst("^\\d+\\s+", "");
      Matcher sync = SYNC.matcher(call);
      Matcher rename = RENAME.matcher(call);
      if (sync.matches()) {
        events.add("force " + sync.group(1));
      } else if (rename.matches()) {
        events.add("name " + rename.group(1));
      }
    }
    return events;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static int indexOf(List<String> events, int from, String event) {
    for (int i = from; i < events.size(); i++) {
      if (events.get(i).matches(event)) {
        return i;
      }
    }
    throw new AssertionError(event + " is not after " + from + " in " + events);
  }

  private static String quoted(Path path) {
    return Pattern.quote(path.toString());
  }

  @Test
  void thePasswordAndTheCopyAreOnTheDiskBeforeTheKeyFileIsReplaced() throws Exception {
    Path elsewhere = Files.createDirectory(folder.resolve("secrets"));
    Path password = elsewhere.resolve("new.txt");
    List<String> events = trace("keys", "password", "--generate=" + password);
    int replaced = indexOf(events, 0, "name " + quoted(folder.resolve("keys.keyhold")));
    int passwordForced = indexOf(events, 0, "force " + quoted(password));
    int passwordNamed = indexOf(events, passwordForced, "force " + quoted(elsewhere));
    int copyForced =
        indexOf(events, 0, "force " + quoted(folder.resolve("keys.keyhold")) + "\\..*\\.backup");
    int copyNamed = indexOf(events, copyForced, "force " + quoted(folder));
    assertTrue(passwordNamed < replaced, events::toString);
    assertTrue(copyNamed < replaced, events::toString);
    indexOf(events, replaced, "force " + quoted(folder));
  }

  @Test
  void theNameOfAFileThatWasWrittenIsOnTheDisk() throws Exception {
    Path plain = Files.writeString(folder.resolve("plain"), "plain");
    Path results = Files.createDirectory(folder.resolve("results"));
    Path object = results.resolve("plain.keyhold");
    Path exported = results.resolve("orders.khks");
    for (List<String> command :
        List.of(
            List.of("encrypt", "--key", "orders", plain.toString(), object.toString()),
            List.of("encrypt", "--force", "--key", "orders", plain.toString(), object.toString()),
            List.of(
                "keystore", "export", exported.toString(), "--password=file:" + passwordFile()))) {
      List<String> events = trace(command.toArray(String[]::new));
      int named = indexOf(events, 0, "name " + quoted(results) + "/.*");
      int written = indexOf(events, 0, "force " + quoted(results) + "/\\.keyhold-.*");
      assertTrue(written < named, events::toString);
      indexOf(events, named, "force " + quoted(results));
    }
  }

  private Path passwordFile() {
    return folder.resolve("password.txt");
  }
}
