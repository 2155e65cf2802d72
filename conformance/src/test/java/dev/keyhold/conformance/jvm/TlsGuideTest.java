package dev.keyhold.conformance.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.Jvm;
import dev.keyhold.conformance.KeyholdConfig;
import java.io.File;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the guide to TLS, one after the other, as they stand there. */
class TlsGuideTest {
  private static final Path GUIDE = Path.of("../docs/guides/tls.md");
  private static final String PASSWORD = "a password for a test";

  @TempDir Path folder;

  @Test
  void itsCommandsMakeAKeyStoreFileAndARequest() throws Exception {
    Path configuration = KeyholdConfig.of(BackendKind.SOFTWARE, folder).write();
    run(configuration, String.join("\n", blocks("sh")));
    try (KeyholdProvider provider = new KeyholdProvider();
        InputStream file = Files.newInputStream(folder.resolve("web.khks"))) {
      provider.configure(configuration.toString());
      KeyStore keys = KeyStore.getInstance("Keyhold", provider);
      keys.load(file, PASSWORD.toCharArray());
      assertEquals(List.of("web"), Collections.list(keys.aliases()));
      assertNull(keys.getKey("web", null).getEncoded());
      X509Certificate placeholder = (X509Certificate) keys.getCertificate("web");
      assertEquals("EC", placeholder.getPublicKey().getAlgorithm());
    }
    assertTrue(
        Files.readString(folder.resolve("web.csr")).contains("BEGIN NEW CERTIFICATE REQUEST"));
  }

  /** What the guide shows for Spring Boot is what the tested application has. */
  @Test
  void itsPropertiesForSpringBootAreThoseOfTheTestedApplication() throws Exception {
    Properties tested = new Properties();
    try (InputStream in =
        Files.newInputStream(Path.of("apps/boot-web/src/main/resources/application.properties"))) {
      tested.load(in);
    }
    Properties shown = new Properties();
    shown.load(new StringReader(blocks("properties").get(1)));
    assertTrue(shown.size() >= 5, shown.toString());
    assertTrue(tested.keySet().containsAll(shown.keySet()), shown.toString());
    assertEquals("Keyhold", shown.getProperty("spring.ssl.bundle.jks.web.keystore.type"));
  }

  private static List<String> blocks(String language) throws Exception {
    return Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$")
        .matcher(Files.readString(GUIDE))
        .results()
        .map((MatchResult block) -> block.group(1))
        .toList();
  }

  private void run(Path configuration, String script) throws Exception {
    Path bin = Jvm.distribution().resolveSibling("bin");
    Path output = folder.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-e", "-c", script)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    Map<String, String> environment = builder.environment();
    Path jdk = Path.of(System.getProperty("java.home"));
    environment.put(
        "PATH",
        String.join(
            File.pathSeparator,
            bin.toString(),
            jdk.resolve("bin").toString(),
            System.getenv("PATH")));
    environment.put("JAVA_HOME", jdk.toString());
    environment.put("KEYHOLD_CONFIG", configuration.toString());
    environment.put("KEY_STORE_PASSWORD", PASSWORD);
    Process process = builder.start();
    process.getOutputStream().close();
    assertEquals(0, process.waitFor(), Files.readString(output, StandardCharsets.UTF_8));
  }
}
