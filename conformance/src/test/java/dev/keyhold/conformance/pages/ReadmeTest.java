package dev.keyhold.conformance.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.config.Configuration;
import dev.keyhold.keystore.BackendFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README is short, and what it shows works as it stands there. */
class ReadmeTest {
  private static final Page PAGE = Page.of("README.md");
  private static final int MOST_WORDS = 1200;

  @TempDir Path folder;

  @Test
  void itIsReadInFiveMinutes() {
    long words = Arrays.stream(PAGE.text().split("\\s+")).filter(word -> !word.isEmpty()).count();
    assertTrue(words <= MOST_WORDS, words + " words");
  }

  @Test
  void itsCommandsAndItsProgramWork() throws Exception {
    PageShell shell = new PageShell(folder);
    shell.write("keyhold.properties", PAGE.run("properties").get(0));
    shell.write("App.java", PAGE.run("java").get(0));
    String output = shell.run(String.join("\n", PAGE.run("sh")));
    assertEquals(
        2, output.lines().filter(line -> line.equals("hello")).count(), output); // it runs it twice
    assertEquals(
        Files.readString(folder.resolve("App.java")),
        Files.readString(folder.resolve("again.java")));
  }

  @Test
  void itsLineOfJavaSecurityInstallsTheProvider() throws Exception {
    PageShell shell = new PageShell(folder);
    shell.write("keyhold.properties", PAGE.run("properties").get(0));
    shell.write("App.java", PAGE.run("java").get(0).replaceFirst("(?m)^.*addProvider.*$", ""));
    String line = PAGE.run("properties").get(1);
    long jdk =
        Stream.of(Security.getProviders())
            .filter(provider -> provider.getClass().getModule().getLayer() != null)
            .count();
    assertTrue(line.startsWith("security.provider."), line);
    String number = "security.provider." + (jdk + 1) + "=";
    shell.write(
        "keyhold.security",
        line.replaceFirst("security\\.provider\\.\\d+=", number)
            .replace("/etc/keyhold/keyhold.properties", "keyhold.properties"));
    String output =
        shell.run(
            "keyhold keys create orders\n"
                + "java -Djava.security.properties=keyhold.security -cp 'dist/lib/*' App.java");
    assertTrue(output.endsWith("hello\n"), output);
  }

  @Test
  void itsConfigurationWithAnHsmIsRead() throws Exception {
    Files.writeString(folder.resolve("library.so"), "");
    Path file =
        Files.writeString(
            folder.resolve("keyhold.properties"),
            PAGE.run("properties").get(0) + PAGE.run("properties").get(2));
    Map<String, BackendFactory> factories =
        ServiceLoader.load(BackendFactory.class).stream()
            .map(ServiceLoader.Provider::get)
            .collect(Collectors.toMap(BackendFactory::type, factory -> factory));
    Map<String, String> environment = Map.of("KEYHOLD_BACKEND_HSM_LIBRARY", "library.so");
    Configuration configuration = Configuration.read(file, environment, factories);
    assertEquals(List.of("orders"), configuration.exactAliases());
  }
}
