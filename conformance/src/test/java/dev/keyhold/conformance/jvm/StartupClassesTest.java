package dev.keyhold.conformance.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.Jvm;
import dev.keyhold.conformance.KeyholdConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backend that is configured and not used costs nothing: no class of an SDK is loaded. */
class StartupClassesTest {
  @TempDir Path folder;

  @Test
  void noClassOfTheAwsSdkIsLoadedAtTheStart() throws Exception {
    Path lib = Jvm.distribution();
    Path configuration =
        KeyholdConfig.in(folder)
            .line("backend.aws.type = aws-kms")
            .line("backend.aws.region = eu-west-1")
            .line("key.* = aws")
            .write();
    Path log = folder.resolve("classes.txt");
    String output =
        Jvm.run(
                "java",
                "-Xlog:class+load:file=" + log,
                "-cp",
                lib + "/*",
                Jvm.program("Startup.java").toString(),
                configuration.toString())
            .successful();
    assertTrue(output.contains("services "), output);
    List<String> loaded = Files.readAllLines(log);
    assertTrue(loaded.stream().anyMatch(line -> line.contains("awskms.AwsKmsBackend ")));
    assertEquals(
        List.of(), loaded.stream().filter(line -> line.contains("software.amazon")).toList());
  }

  @Test
  void theProviderNeedsNoSdk() throws Exception {
    Path root = Path.of(System.getProperty("keyhold.root", ".."));
    for (String module :
        List.of("provider", "keystore/spi", "keystore/software", "keystore/pkcs11")) {
      String pom = Files.readString(root.resolve(module).resolve("pom.xml"));
      assertTrue(!pom.contains("awssdk") && !pom.contains("aws-kms"), module);
    }
  }
}
