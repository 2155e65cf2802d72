package dev.keyhold.conformance.pairs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.Jvm;
import dev.keyhold.conformance.KeyholdConfig;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The JDK's keytool and jarsigner with private keys that stay in a backend. */
@ParameterizedClass
@EnumSource(
    value = BackendKind.class,
    names = {"SOFTWARE", "PKCS11"})
class SigningToolsTest {
  @TempDir Path folder;
  @Parameter BackendKind backend;

  private List<String> java;

  @BeforeEach
  void configure() throws Exception {
    Path configuration = KeyholdConfig.of(backend, folder).line("generate = b").write();
    try (Stream<Path> files = Files.list(Jvm.distribution())) {
      String jars =
          files.map(Path::toString).sorted().collect(Collectors.joining(File.pathSeparator));
      java =
          List.of(
              "-J-Djava.security.properties=" + Jvm.javaSecurity(folder, 1, configuration),
              "-J--class-path=" + jars);
    }
  }

  private Jvm.Result tool(String tool, String command) throws Exception {
    List<String> arguments = new ArrayList<>(java);
    arguments.addAll(Arrays.asList(command.split(" ", -1)));
    return Jvm.run(tool, arguments.toArray(String[]::new));
  }

  private String keytool(String command) throws Exception {
    return tool("keytool", command).successful();
  }

  @ParameterizedTest
  @CsvSource({"RSA, NONE", "EC, NONE", "RSA, aliases.khks", "EC, aliases.khks"})
  void aKeyIsMadeCertifiedAndSignsAJar(String algorithm, String place) throws Exception {
    String name = place.equals("NONE") ? place : folder.resolve(place).toString();
    String store = " -keystore " + name + " -storetype Keyhold -storepass changeit";
    String passes = store + " -keypass changeit";
    keytool("-genkeypair -alias code -keyalg " + algorithm + " -dname CN=code" + passes);
    assertTrue(keytool("-list" + store).contains("PrivateKeyEntry"));
    certify(store);
    assertTrue(keytool("-list -v -alias code" + store).contains("Certificate chain length: 2"));

    Path jar = folder.resolve("signed.jar");
    Path content = Files.writeString(folder.resolve("content.txt"), "content");
    Jvm.run("jar", "cf", jar.toString(), "-C", folder.toString(), content.getFileName().toString())
        .successful();
    tool("jarsigner", store.strip() + " " + jar + " code").successful();
    // by a JDK that has no Keyhold
    String verified =
        Jvm.run(
                "jarsigner",
                "-verify",
                "-strict",
                "-keystore",
                ca(),
                jar.toString(),
                "-storepass",
                "changeit")
            .output();
    assertTrue(verified.contains("jar verified"), verified);

    keytool("-delete -alias code" + store);
    assertFalse(keytool("-list" + store).contains("code"));
  }

  private String ca() {
    return folder.resolve("ca.p12").toString();
  }

  /** A request is signed by the key, a certificate by a CA that knows no Keyhold, and imported. */
  private void certify(String store) throws Exception {
    String ca = "-keystore " + ca() + " -storepass changeit -alias ca";
    Jvm.run("keytool", ("-genkeypair -keyalg EC -dname CN=ca -ext bc:c " + ca).split(" "))
        .successful();
    Path request = folder.resolve("request.pem");
    keytool("-certreq -alias code -file " + request + store);
    Path issued = folder.resolve("issued.pem");
    Jvm.run(
            "keytool",
            ("-gencert -rfc -ext eku=codeSigning -infile "
                    + request
                    + " -outfile "
                    + issued
                    + " "
                    + ca)
                .split(" "))
        .successful();
    Path root = folder.resolve("root.pem");
    Jvm.run("keytool", ("-exportcert -rfc -file " + root + " " + ca).split(" ")).successful();
    Path chain = folder.resolve("chain.pem");
    Files.writeString(chain, Files.readString(issued) + Files.readString(root));
    Jvm.Result imported =
        tool("keytool", "-importcert -noprompt -alias code -file " + chain + store);
    assertEquals(0, imported.exitCode(), imported.output());
  }
}
