package dev.keyhold.conformance.jvm;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyhold.conformance.GoogleFake;
import dev.keyhold.conformance.Jvm;
import dev.keyhold.demo.Demo;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code make demo} with keys in a cloud's stand-in. */
class CloudDemoTest {
  @Test
  void withKeysInAwsKms() throws Exception {
    Path moto = Path.of(System.getenv().getOrDefault("KEYHOLD_MOTO", "none"));
    assumeTrue(Files.isExecutable(moto), "moto is not installed; make test installs it");
    demo("aws-kms");
  }

  @Test
  void withKeysInGoogleCloudKms() throws Exception {
    demo("google-kms", "--endpoint", GoogleFake.endpoint());
  }

  private static void demo(String backend, String... options) throws Exception {
    List<String> arguments = new ArrayList<>();
    Path demo = Path.of(Demo.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    String jars = Jvm.classPath(Jvm.distribution());
    arguments.addAll(List.of("-cp", demo + File.pathSeparator + jars, Demo.class.getName()));
    arguments.addAll(List.of("--backend", backend));
    arguments.addAll(List.of(options));
    String shown = Jvm.runLong("java", arguments.toArray(String[]::new)).successful();
    assertTrue(shown.contains("found provider Keyhold by the key"), shown);
    assertTrue(shown.contains("refused by     javax.crypto.AEADBadTagException"), shown);
    assertTrue(shown.contains("the object from before still opens"), shown);
  }
}
