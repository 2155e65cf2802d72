package dev.keyhold.conformance.refusal;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.Jvm;
import dev.keyhold.conformance.KeyholdConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM whose {@code crypto.policy} forbids AES-256 says so, and what to set. */
class LimitedPolicyTest {
  @TempDir Path folder;

  @Test
  void theErrorNamesThePolicy() throws Exception {
    Path configuration = KeyholdConfig.of(BackendKind.SOFTWARE, folder).write();
    Path limited = Files.writeString(folder.resolve("limited"), "crypto.policy=limited\n");
    Jvm.Result result =
        Jvm.run(
            "java",
            "-Djava.security.properties=" + limited,
            "-cp",
            Jvm.classPath(Jvm.distribution()),
            "dev.keyhold.cli.Main",
            "--config=" + configuration,
            "keys",
            "create",
            "orders-2");
    assertNotEquals(0, result.exitCode(), result.output());
    assertTrue(result.output().contains("crypto.policy=unlimited"), result.output());
  }
}
