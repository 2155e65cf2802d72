package dev.keyhold.conformance.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.Jvm;
import dev.keyhold.conformance.KeyholdConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With Keyhold before all of the JDK's providers, what is none of its business stays as it was. */
class FirstPositionTest {
  private static final String PASSWORD = "changeit";

  @TempDir Path folder;
  private Path keyStore;
  private Path jar;

  @BeforeEach
  void makeAServersKeyAndASignedJar() throws Exception {
    keyStore = folder.resolve("server.p12");
    Jvm.run("keytool", options("-genkeypair -alias s -keyalg EC -dname CN=localhost")).successful();
    jar = folder.resolve("signed.jar");
    Path content = Files.writeString(folder.resolve("content.txt"), "content");
    Jvm.run("jar", "cf", jar.toString(), "-C", folder.toString(), content.getFileName().toString())
        .successful();
    Jvm.run(
            "jarsigner",
            "-keystore",
            keyStore.toString(),
            "-storepass",
            PASSWORD,
            jar.toString(),
            "s")
        .successful();
  }

  private String[] options(String command) {
    return (command + " -keystore " + keyStore + " -storepass " + PASSWORD).split(" ", -1);
  }

  @Test
  void allElseIsAsWithoutKeyhold() throws Exception {
    Path lib = Jvm.distribution();
    Path configuration = KeyholdConfig.of(BackendKind.SOFTWARE, folder).write();
    Path security = Jvm.javaSecurity(folder, 1, configuration);
    String without = hygiene(List.of("-cp", lib + "/*"));
    String with = hygiene(List.of("-cp", lib + "/*", "-Djava.security.properties=" + security));
    assertEquals(without, with);
    assertTrue(
        with.contains("TLSv1.3") && with.contains("jar: content.txt 1"), () -> "printed:\n" + with);
  }

  @Test
  void allElseIsAsWithoutKeyholdWhenItHasNoConfiguration() throws Exception {
    Path lib = Jvm.distribution();
    Path security = Jvm.javaSecurity(folder, 1, folder.resolve("missing.properties"));
    List<String> lines = Files.readAllLines(security);
    lines.replaceAll(line -> line.replaceFirst("(KeyholdProvider) .*", "$1"));
    Files.write(security, lines);
    assertEquals(
        hygiene(List.of("-cp", lib + "/*")),
        hygiene(List.of("-cp", lib + "/*", "-Djava.security.properties=" + security)));
  }

  private String hygiene(List<String> options) throws Exception {
    List<String> arguments = new ArrayList<>(options);
    arguments.add(Jvm.program("Hygiene.java").toString());
    arguments.addAll(List.of(keyStore.toString(), PASSWORD, jar.toString()));
    return Jvm.run("java", arguments.toArray(String[]::new)).successful();
  }
}
