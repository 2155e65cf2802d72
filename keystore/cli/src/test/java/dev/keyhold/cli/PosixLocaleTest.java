package dev.keyhold.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.cli.command.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is not ASCII, in a process whose locale has ASCII only. */
@EnabledOnOs(OS.LINUX)
class PosixLocaleTest {
  private static final String KEYS =
      """
      backend.local.type = software
      backend.local.file = keys.keyhold
      backend.local.password = env:KEYHOLD_PASSWORD
      key.* = local
      """;

  @TempDir Path folder;

  private record Result(int code, String output) {
    String done() {
      assertEquals(0, code, output);
      return output;
    }
  }

  @BeforeEach
  void configure() throws IOException {
    Files.writeString(folder.resolve("keyhold.properties"), KEYS);
  }

  /** Has a shell run the command line with the bytes of a script, whatever our own locale is. */
  private Result run(String environment, String arguments)
      throws IOException, InterruptedException {
    return run(environment, arguments, new byte[0]);
  }

  private Result run(String environment, String arguments, byte[] rawPassword)
      throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ByteArrayOutputStream script = new ByteArrayOutputStream();
    script.writeBytes(
        ("cd '" + folder + "'\nexec env -i " + environment).getBytes(StandardCharsets.UTF_8));
    if (rawPassword.length > 0) {
      script.writeBytes(" KEYHOLD_PASSWORD='".getBytes(StandardCharsets.UTF_8));
      script.writeBytes(rawPassword);
      script.write('\'');
    }
    String command =
        " '%s' -XX:TieredStopAtLevel=1 -cp '%s' %s %s\n"
            .formatted(
                java, System.getProperty("java.class.path"), Main.class.getName(), arguments);
    script.writeBytes(command.getBytes(StandardCharsets.UTF_8));
    Path file = Files.write(folder.resolve("run.sh"), script.toByteArray());
    Process process =
        new ProcessBuilder("/bin/sh", file.toString()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  private static String posix(String password) {
    return "LC_ALL=POSIX KEYHOLD_CONFIG=keyhold.properties KEYHOLD_PASSWORD='" + password + "'";
  }

  @Test
  void aPasswordOfTheEnvironmentIsTheOneThatWasSet() throws Exception {
    run(posix("pässwörd"), "keys create orders").done();
    Result other = run(posix("püsswürd"), "keys rotate orders");
    assertEquals(ExitCode.CONFIGURATION, other.code(), other.output());
    run(posix("pässwörd"), "keys rotate orders").done();

    Files.writeString(folder.resolve("secret"), "pässwörd\n");
    run(posix("x") + " KEYHOLD_BACKEND_LOCAL_PASSWORD=file:secret", "keys rotate orders").done();
  }

  @Test
  void aPasswordThatIsNotUtf8IsRefusedAndMakesNoKeyFile() throws Exception {
    byte[] latin1 = "p\u00e4ssw\u00f6rd".getBytes(StandardCharsets.ISO_8859_1);
    Result result =
        run("LC_ALL=POSIX KEYHOLD_CONFIG=keyhold.properties", "keys create orders", latin1);
    assertEquals(ExitCode.CONFIGURATION, result.code(), result.output());
    assertTrue(result.output().contains("KEYHOLD_PASSWORD"), result.output());
    assertTrue(result.output().contains("LC_ALL=C.UTF-8"), result.output());
    assertFalse(Files.exists(folder.resolve("keys.keyhold")));
  }

  @Test
  void anAliasOfTheCommandLineIsTheOneThatWasTyped() throws Exception {
    run(posix("a long secret"), "keys create schlüssel").done();
    Result other = run(posix("a long secret"), "keys show schlössel");
    assertNotEquals(0, other.code(), other.output());
    String list = run(posix("a long secret"), "keys list").done();
    assertTrue(list.contains("schlüssel"), list);
  }

  @Test
  void aNameThatIsNotUtf8MakesNoKey() throws Exception {
    Files.write(folder.resolve("latin1"), "schl\u00fcssel".getBytes(StandardCharsets.ISO_8859_1));
    Result result = run(posix("a long secret"), "keys create \"$(cat latin1)\"");
    assertNotEquals(0, result.code(), result.output());
    assertTrue(result.output().contains("could not decode"), result.output());
  }

  @Test
  void filesAndFoldersOfAnyNameAreFound() throws Exception {
    Path deep = Files.createDirectory(folder.resolve("run.d"));
    Files.writeString(deep.resolve("in"), "text");
    Files.writeString(
        folder.resolve("make.sh"),
        "mkdir 'größe' && mv run.d/in 'größe/ein' && cp keyhold.properties 'größe/schlüssel.properties'");
    assertEquals(
        0, new ProcessBuilder("/bin/sh", "make.sh").directory(folder.toFile()).start().waitFor());
    String environment =
        "LC_ALL=POSIX KEYHOLD_CONFIG='größe/schlüssel.properties' KEYHOLD_PASSWORD='a long secret'";
    run(environment, "keys list").done();
    run(environment, "keys create orders").done();
    run(environment, "keys rotate orders").done();
    run(posix("a long secret"), "keys create orders").done();
    run(posix("a long secret"), "encrypt --key orders 'größe/ein' 'größe/aus'").done();
    run(posix("a long secret"), "decrypt --key orders 'größe/aus' again").done();
    assertEquals("text", Files.readString(folder.resolve("again")));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(1, files.filter(f -> f.toString().contains("gr")).count());
    }
  }
}
