package dev.keyhold.conformance.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.routing.Configuration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README is short, what it shows works as it stands there, and no page has a dead link. */
class ReadmeTest {
  private static final Page PAGE = Page.of("README.md");
  private static final int MOST_WORDS = 1200;
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

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
    configuration.discard();
  }

  @Test
  void everyLinkOfEveryPageLeadsToAFile() throws Exception {
    List<String> dead = new ArrayList<>();
    List<Path> pages = pages();
    assertTrue(pages.size() >= 12, pages.toString());
    for (Path page : pages) {
      Matcher link = LINK.matcher(Files.readString(page).replaceAll("(?ms)^```.*?^```", ""));
      while (link.find()) {
        if (!Files.exists(page.resolveSibling(link.group(1)))) {
          dead.add(page + ": " + link.group(1));
        }
      }
    }
    assertEquals(List.of(), dead);
  }

  private static List<Path> pages() {
    List<Path> pages = new ArrayList<>();
    for (String folder : List.of("docs", "keystore", "provider", "conformance/examples")) {
      try (Stream<Path> files = Files.walk(Path.of("..", folder))) {
        files
            .filter(file -> file.toString().endsWith(".md") && !file.toString().contains("target"))
            .forEach(pages::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    pages.add(Path.of("../README.md"));
    pages.add(Path.of("../CHANGELOG.md"));
    return pages;
  }
}
